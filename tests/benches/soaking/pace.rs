//! Calls at a fixed rate, whoever is still waiting: how long each took counts from when it was due, so that a service that stands
//! still is seen to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio::time::MissedTickBehavior;

use crate::caller::Caller;
use crate::turns::Work;

/// How often it is looked whether calls are due.
const TICK: Duration = Duration::from_millis(2);

/// How many calls of a kind may be under way: what is due beyond that is not begun, and counted as missed.
const UNDER_WAY: usize = 1_024;

/// A kind of calls.
#[derive(Clone)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) work: Work,
    /// How many items a call has.
    pub(super) items: u64,
    /// How many calls a second.
    pub(super) rate: f64,
}

/// What became of a call that was due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// Which kind, in their order.
    pub(super) kind: usize,
    /// How long it took from when it was due; `None`: it was missed, not begun or not answered as it should be.
    pub(super) took: Option<Duration>,
}

/// Calls that often until the time is over, and then waits for the last.
pub(super) async fn keep(
    caller: Caller,
    number: usize,
    kind: Kind,
    begun: Instant,
    time: Duration,
    tell: mpsc::UnboundedSender<Told>,
) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let places = Arc::new(Semaphore::new(UNDER_WAY));
    let each = Duration::from_secs_f64(1.0 / kind.rate);
    let mut due = begun;
    let mut calls = number;
    while begun.elapsed() < time {
        ticks.tick().await;
        while due <= Instant::now() {
            let at = due;
            due += each;
            calls += 1;
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                let _ = tell.send(Told { kind: number, took: None });
                continue;
            };
            let (caller, work, items, tell) = (caller.clone(), kind.work.clone(), kind.items, tell.clone());
            let channel = calls;
            tokio::spawn(async move {
                // A call that fails panics, which ends nothing but itself.
                let done = tokio::spawn(work.once(caller, channel, items)).await;
                drop(place);
                let took = done.is_ok().then(|| at.elapsed());
                let _ = tell.send(Told { kind: number, took });
            });
        }
    }
    let all = u32::try_from(UNDER_WAY).expect("a small number");
    drop(places.acquire_many(all).await.expect("nobody closes it"));
}
