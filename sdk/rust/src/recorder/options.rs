//! How much a recorder holds, and when a batch leaves.

use std::time::Duration;

use crate::batch::{BYTES, ITEMS};

/// The least that `max_bytes` can be: many times what the largest interaction takes that the service accepts.
const BYTES_MIN: usize = 64 * 1024;

/// How much a recorder holds at most, when a batch leaves, and whether it ever gives up.
///
/// A batch leaves at once while nothing is on its way: a single interaction is on record after one round trip. While something is,
/// what comes gathers, and leaves when a batch is full, when the first of it has waited for `linger`, or when all that was on its
/// way is acknowledged. So the busier it is the larger are the batches, and `linger` matters only in between: it bounds what
/// gathering may add to an interaction's way.
///
/// ```
/// use std::time::Duration;
/// use assent_sdk::recorder::RecorderOptions;
///
/// let options = RecorderOptions::default().max_items(50_000).max_bytes(64 << 20).linger(Duration::from_millis(5));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecorderOptions {
    pub(super) max_items: usize,
    pub(super) max_bytes: usize,
    pub(super) batch_items: usize,
    pub(super) batch_bytes: usize,
    pub(super) linger: Duration,
    pub(super) give_up_after: Option<Duration>,
}

impl Default for RecorderOptions {
    /// 20,000 interactions, 32 MiB, batches as large as the contract takes, 10 ms; nothing is ever given up.
    fn default() -> Self {
        Self {
            max_items: 20_000,
            max_bytes: 32 << 20,
            batch_items: ITEMS,
            batch_bytes: BYTES,
            linger: Duration::from_millis(10),
            give_up_after: None,
        }
    }
}

impl RecorderOptions {
    /// The most interactions held, waiting and not acknowledged together; 1 at least.
    #[must_use]
    pub fn max_items(mut self, items: usize) -> Self {
        self.max_items = items.clamp(1, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// The most bytes of memory that what is held may take; 64 KiB at least. An interaction counts with its texts and what stands
    /// beside them, about 900 bytes in all for a typical one. Beside this the transport holds what is on its way out: two batches at
    /// most.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes.clamp(BYTES_MIN, tokio::sync::Semaphore::MAX_PERMITS);
        self
    }

    /// The most interactions of a batch, 1 to 1,000; 1,000 unless said.
    #[must_use]
    pub fn batch_items(mut self, items: usize) -> Self {
        self.batch_items = items.clamp(1, ITEMS);
        self
    }

    /// The most bytes of a batch, where something in between takes less than the service's 4 MiB. An interaction that is larger by
    /// itself is a batch of its own.
    #[must_use]
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        self.batch_bytes = bytes.clamp(1, BYTES);
        self
    }

    /// How long the first interaction of a batch may wait for others while something is on its way; 10 ms unless said.
    #[must_use]
    pub const fn linger(mut self, time: Duration) -> Self {
        self.linger = time;
        self
    }

    /// Gives up what was taken that long ago while the service cannot be reached or fails; looked at after each failed attempt, while
    /// the next one is waited for, and where one cannot be judged for now. Without it nothing is given up: what is held waits, and the
    /// recorder is full at last.
    #[must_use]
    pub const fn give_up_after(mut self, time: Duration) -> Self {
        self.give_up_after = Some(time);
        self
    }
}
