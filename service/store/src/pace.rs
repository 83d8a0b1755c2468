//! The store's time: how long it has, and the pauses between two tries.
//!
//! Both are handed in ([`crate::StoreOptions::pace`]): a clock and a source of randomness are not here.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// A pause that ends by itself. Dropping it gives it up.
pub type Pause = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells how time passes, and waits.
pub trait Pace: Send + Sync + 'static {
    /// Time passed since some fixed moment; it never goes back.
    fn monotonic(&self) -> Duration;

    /// A pause of about that long, such that two who were in each other's way do not come back together.
    fn pause(&self, about: Duration) -> Pause;
}

/// A pace that many hold.
pub type SharedPace = Arc<dyn Pace>;

/// Time stands still and a pause only lets others go first: for whoever has no clock to give.
pub(crate) struct Breathless;

impl Pace for Breathless {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn pause(&self, _: Duration) -> Pause {
        Box::pin(tokio::task::yield_now())
    }
}

impl fmt::Debug for dyn Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pace")
    }
}

/// About how long to wait before the run that follows on `failed` ones: from a millisecond, doubled each time.
pub(crate) fn pause_after(failed: u32) -> Duration {
    Duration::from_millis(1 << failed.saturating_sub(1).min(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_grows_from_a_millisecond_and_not_for_ever() {
        let pauses: Vec<_> = (1..10).map(|failed| pause_after(failed).as_millis()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 64, 64]);
    }
}
