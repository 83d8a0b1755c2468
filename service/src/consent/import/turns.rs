//! The lane of imports: how many run at once, and that their transactions come one at a time with a rest between, so that
//! whoever records a single answer meanwhile waits for one short transaction at most.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::clock::SharedClock;
use crate::config::Imports;
use crate::failure::{Failure, Outcome};

/// The lane of a service.
#[derive(Clone)]
pub(in crate::consent) struct Turns {
    clock: SharedClock,
    places: Arc<Semaphore>,
    /// Whoever holds it has the turn; it says until when to rest first, on the clock's monotonic side.
    turn: Arc<Mutex<Duration>>,
    rest_percent: u32,
}

/// A place on the lane; who drops it leaves.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// A lane with that many places and that much rest.
    pub(in crate::consent) fn new(limits: &Imports, clock: SharedClock) -> Self {
        Self {
            clock,
            places: Arc::new(Semaphore::new(limits.concurrent)),
            turn: Arc::default(),
            rest_percent: limits.rest_percent,
        }
    }

    /// A place for one more import.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn enter(&self) -> Outcome<Place> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(|permit| Place { _permit: permit }).map_err(|_| Failure::Overloaded)
    }

    /// Does the work of one transaction when it is its turn and the one before it has been rested from.
    pub(super) async fn take<T>(&self, work: impl Future<Output = T>) -> T {
        let mut rests_until = self.turn.lock().await;
        let rest = rests_until.saturating_sub(self.clock.monotonic());
        if !rest.is_zero() {
            self.clock.sleep(rest).await;
        }
        let began = self.clock.monotonic();
        let done = work.await;
        let now = self.clock.monotonic();
        let rest = now.saturating_sub(began).saturating_mul(self.rest_percent) / 100;
        *rests_until = now.saturating_add(rest);
        done
    }
}

#[cfg(test)]
mod tests {
    use assent_domain::time::Instant;

    use super::*;
    use crate::clock::{Clock, ManualClock};

    fn lane(concurrent: usize, rest_percent: u32) -> (Arc<ManualClock>, Turns) {
        let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
        let limits = Imports { concurrent, lines_per_transaction: 1, rest_percent };
        (Arc::clone(&clock), Turns::new(&limits, clock))
    }

    #[test]
    fn a_lane_has_its_places_and_no_more() {
        let (_, turns) = lane(2, 0);
        let (first, _second) = (turns.enter().unwrap(), turns.enter().unwrap());
        assert!(matches!(turns.enter().err(), Some(Failure::Overloaded)));
        drop(first);
        assert!(turns.enter().is_ok());
    }

    #[tokio::test]
    async fn a_transaction_is_rested_from_in_proportion_before_the_next_one() {
        let (clock, turns) = lane(1, 50);
        turns.take(async { clock.advance(Duration::from_millis(40)) }).await;
        let next = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(async {}).await }
        });
        while !clock.sleeps_until(Duration::from_millis(60)) {
            tokio::task::yield_now().await;
        }
        assert!(!next.is_finished());
        clock.advance(Duration::from_millis(20));
        next.await.unwrap();
        assert_eq!(clock.monotonic(), Duration::from_millis(60));
    }

    #[tokio::test]
    async fn one_transaction_is_under_way_at_a_time() {
        let (_, turns) = lane(2, 0);
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let first = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(wait).await }
        });
        while turns.turn.try_lock().is_ok() {
            tokio::task::yield_now().await;
        }
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(async {}).await }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!second.is_finished());
        go.send(()).unwrap();
        first.await.unwrap().unwrap();
        second.await.unwrap();
    }
}
