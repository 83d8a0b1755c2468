//! The store's time, by the service's clock and randomness.

use std::time::Duration;

use assent_store::{Pace, Pause};

use crate::clock::SharedClock;
use crate::entropy::{SharedEntropy, scattered};

/// The service's clock as the store sees it.
pub(crate) struct ServicePace {
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
}

impl Pace for ServicePace {
    fn monotonic(&self) -> Duration {
        self.clock.monotonic()
    }

    fn pause(&self, about: Duration) -> Pause {
        self.clock.pause(scattered(about, self.entropy.as_ref()))
    }
}
