//! Whether calls were on a lane a moment ago, for work that can wait and should not stand in their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long no call may have come for the service to count as quiet.
const QUIET: Duration = Duration::from_secs(5);

/// When the latest call came, on whatever lane that reports to it.
#[derive(Clone, Debug, Default)]
pub struct Traffic {
    /// In microseconds of the clock's monotonic side, from 1; 0: never.
    latest: Arc<AtomicU64>,
}

impl Traffic {
    /// A call came.
    pub fn came(&self, now: Duration) {
        // No order with anything else is needed: who reads it late is a little less considerate.
        self.latest.fetch_max(micros(now), Ordering::Relaxed);
    }

    /// Whether none came lately.
    #[must_use]
    pub fn is_quiet(&self, now: Duration) -> bool {
        let latest = self.latest.load(Ordering::Relaxed);
        latest == 0 || u128::from(micros(now).saturating_sub(latest)) >= QUIET.as_micros()
    }
}

/// The microseconds of a time, from 1.
fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_quiet_until_a_call_comes_and_again_five_seconds_later() {
        let (traffic, second) = (Traffic::default(), Duration::from_secs(1));
        assert!(traffic.is_quiet(Duration::ZERO));
        traffic.came(Duration::ZERO);
        assert!(!traffic.is_quiet(Duration::ZERO));
        traffic.came(second);
        assert!(!traffic.is_quiet(second * 5));
        assert!(traffic.is_quiet(second * 6));
    }
}
