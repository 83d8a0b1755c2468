//! Everything of the client that depends on when and where it runs: the clock, waiting, and randomness. It stands here
//! alone, so that all else is a function of what it is given.

use std::time::Duration;

use uuid::Uuid;

/// A new UUID of version 7, so that ids grow with time.
#[expect(
    clippy::disallowed_methods,
    reason = "a caller has no clock or entropy of the service; this is the SDK's one source"
)]
pub(crate) fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A number of [0, 1), not secret: it only spreads retries of many clients. Without a source of randomness: 1/2.
#[expect(
    clippy::disallowed_methods,
    reason = "a caller has no entropy of the service; this is the SDK's one source"
)]
pub(crate) fn fraction() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_ne_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}

/// Waits between two attempts.
#[expect(
    clippy::disallowed_methods,
    reason = "a client that backs off has to wait; this is the SDK's one place for it"
)]
pub(crate) async fn wait(time: Duration) {
    tokio::time::sleep(time).await;
}

/// When something happened, by the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(tokio::time::Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(tokio::time::Instant::now())
    }

    /// The deadline that far from it.
    pub(crate) fn plus(self, time: Duration) -> Deadline {
        // Far beyond what a process lives, where the clock cannot count that far.
        Deadline(self.0.checked_add(time).unwrap_or_else(|| self.0 + Duration::from_secs(86_400 * 365)))
    }
}

/// The time left to one logical call, by the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Deadline(tokio::time::Instant);

impl Deadline {
    /// The deadline that far from now.
    pub(crate) fn after(time: Duration) -> Self {
        Moment::now().plus(time)
    }

    /// Whether it has come.
    pub(crate) fn passed(self) -> bool {
        self.left().is_zero()
    }

    /// What is left; zero when it has passed.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(tokio::time::Instant::now())
    }
}
