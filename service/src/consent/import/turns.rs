//! The lane of imports: how many run at once, and that their transactions come one at a time.
//!
//! While others write they are short, with a rest between, so that whoever records a single answer meanwhile waits for one
//! short transaction at most. While nobody does they are longer and follow each other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::clock::SharedClock;
use crate::config::Imports;
use crate::failure::{Failure, Outcome};
use crate::lane::Traffic;

/// How many times more lines a transaction writes while nobody else does: not so many that whoever comes then would wait for
/// long, on this replica or, where it cannot be seen from here, on another.
const ALONE: usize = 4;

/// The lane of a service.
#[derive(Clone)]
pub(in crate::consent) struct Turns {
    clock: SharedClock,
    traffic: Traffic,
    limits: Imports,
    places: Arc<Semaphore>,
    /// Whoever holds it has the turn; it says until when to rest first, on the clock's monotonic side.
    turn: Arc<Mutex<Duration>>,
}

/// The turn of one transaction, from when it is given until it is dropped.
pub(super) struct Turn {
    clock: SharedClock,
    rests_until: OwnedMutexGuard<Duration>,
    began: Duration,
    rest_percent: u32,
    /// How many lines the transaction may write.
    pub(super) lines: usize,
}

/// A place on the lane; who drops it leaves.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Turns {
    /// A lane with that many places and that much rest from `traffic`.
    pub(in crate::consent) fn new(limits: &Imports, clock: SharedClock, traffic: Traffic) -> Self {
        let places = Arc::new(Semaphore::new(limits.concurrent));
        Self { clock, traffic, limits: *limits, places, turn: Arc::default() }
    }

    /// A place for one more import.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn enter(&self) -> Outcome<Place> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map(|permit| Place { _permit: permit }).map_err(|_| Failure::Overloaded)
    }

    /// Waits for the turn, and until the transaction before has been rested from.
    pub(super) async fn next(&self) -> Turn {
        let rests_until = Arc::clone(&self.turn).lock_owned().await;
        let rest = rests_until.saturating_sub(self.clock.monotonic());
        if !rest.is_zero() {
            self.clock.sleep(rest).await;
        }
        let began = self.clock.monotonic();
        let Imports { lines_per_transaction: short, rest_percent, .. } = self.limits;
        let (lines, rest_percent) = if self.traffic.is_quiet(began) {
            (short.saturating_mul(ALONE), 0)
        } else {
            (short, rest_percent)
        };
        Turn { clock: SharedClock::clone(&self.clock), rests_until, began, rest_percent, lines }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = self.clock.monotonic();
        let rest = now.saturating_sub(self.began).saturating_mul(self.rest_percent) / 100;
        *self.rests_until = now.saturating_add(rest);
    }
}

#[cfg(test)]
mod tests {
    use assent_domain::time::Instant;

    use super::*;
    use crate::clock::{Clock, ManualClock};

    fn lane(concurrent: usize, rest_percent: u32) -> (Arc<ManualClock>, Turns) {
        let clock = Arc::new(ManualClock::at(Instant::from_micros(0).unwrap()));
        let limits = Imports { concurrent, lines_per_transaction: 50, rest_percent };
        (Arc::clone(&clock), Turns::new(&limits, clock, Traffic::default()))
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
    async fn a_transaction_beside_others_is_short_and_rested_from_in_proportion() {
        let (clock, turns) = lane(1, 50);
        turns.traffic.came(clock.monotonic());
        let turn = turns.next().await;
        assert_eq!(turn.lines, 50);
        clock.advance(Duration::from_millis(40));
        drop(turn);
        let next = tokio::spawn({
            let turns = turns.clone();
            async move { drop(turns.next().await) }
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
    async fn a_transaction_while_nobody_else_writes_is_longer_and_not_rested_from() {
        let (clock, turns) = lane(1, 50);
        let turn = turns.next().await;
        assert_eq!(turn.lines, 200);
        clock.advance(Duration::from_millis(40));
        drop(turn);
        let next = turns.next().await;
        assert_eq!((next.lines, clock.monotonic()), (200, Duration::from_millis(40)));
    }

    #[tokio::test]
    async fn one_transaction_is_under_way_at_a_time() {
        let (_, turns) = lane(2, 0);
        let first = turns.next().await;
        let second = tokio::spawn({
            let turns = turns.clone();
            async move { drop(turns.next().await) }
        });
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!second.is_finished());
        drop(first);
        second.await.unwrap();
    }
}
