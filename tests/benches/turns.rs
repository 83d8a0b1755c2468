//! The sides of a measurement, taking turns.

use std::sync::Arc;
use std::time::Duration;

use crate::caller::{Asking, Called, Caller, Reading};
use crate::ceiling::Ceiling;
use crate::ground::Ground;
use crate::machine::{Machine, Spent};
use crate::report::Run;

/// How long every side runs before anything is counted.
pub(crate) const WARM: Duration = Duration::from_secs(1);

/// What is run again and again.
pub(crate) enum Side<'a> {
    /// Calls to a service in a process of its own.
    Calls(Calls<'a>),
    /// A committed file, by the engine's own program.
    File(&'a Ceiling),
}

/// Calls of one kind.
pub(crate) struct Calls<'a> {
    pub(crate) caller: &'a Caller,
    /// The service's process.
    pub(crate) service: u32,
    /// How many at once.
    pub(crate) callers: usize,
    /// How many items each has.
    pub(crate) items: u64,
    pub(crate) work: Work,
}

/// What a call does.
#[derive(Clone)]
pub(crate) enum Work {
    Grant,
    Record,
    /// One of those questions about everybody.
    Wait(Arc<Vec<Asking>>),
    /// The plan of a message, with or without the sends.
    Plan {
        message: &'static str,
        records: bool,
    },
    /// The same questions as wait blocks.
    Engagement(Arc<Vec<Asking>>),
    /// A page of changes, on from the one before.
    Export(Arc<Reading>),
    /// What a campaign came to.
    Report {
        campaign: &'static str,
    },
}

/// Runs the sides for that long each, `runs` times, there and back: what comes first in one round is last in the
/// next. One list of runs for each side.
pub(crate) async fn take(ground: &Ground, sides: &[Side<'_>], runs: usize, time: Duration) -> Vec<Vec<Run>> {
    for side in sides {
        side.run(ground, WARM).await;
    }
    let mut told = vec![Vec::new(); sides.len()];
    for round in 0..runs {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for place in order {
            told[place].push(sides[place].run(ground, time).await);
        }
    }
    told
}

impl Side<'_> {
    /// Runs it once for that long.
    pub(crate) async fn run(&self, ground: &Ground, time: Duration) -> Run {
        let process = match self {
            Self::Calls(calls) => Some(calls.service),
            Self::File(_) => None,
        };
        let before = Before {
            machine: Machine::now(),
            caller: Spent::by(std::process::id()),
            service: process.map(Spent::by).unwrap_or_default(),
            database: ground.spent(),
        };
        let called = match self {
            Self::Calls(calls) => calls.run(time).await,
            Self::File(ceiling) => {
                let (transactions, elapsed) = ceiling.run(ground, time);
                Called { items: transactions * ceiling.items, elapsed, calls: Vec::new() }
            }
        };
        let now = Spent::by(std::process::id());
        let caller = (now.own - before.caller.own) + (now.waited_for - before.caller.waited_for);
        let service = process.map(Spent::by).unwrap_or_default().own - before.service.own;
        let database = ground.spent().saturating_sub(before.database);
        let noise = Machine::noise_since(before.machine, caller + service + database);
        let (mut calls, items, elapsed) = (called.calls, called.items, called.elapsed);
        calls.sort_unstable();
        let (half, slowest) = (quantile(&calls, 0.5), quantile(&calls, 0.99));
        Run { items, elapsed, caller, service, database, noise, half, slowest }
    }
}

impl Calls<'_> {
    async fn run(&self, time: Duration) -> Called {
        let (items, work) = (self.items, self.work.clone());
        let call = move |caller: Caller, number| {
            let work = work.clone();
            async move {
                match work {
                    Work::Grant => caller.grant_some(number, items).await,
                    Work::Record => caller.record_some(number, items).await,
                    Work::Wait(asked) => {
                        caller.wait(number, &caller.somebody(items), one_of(&caller, &asked)).await;
                        items
                    }
                    Work::Engagement(asked) => {
                        caller.engagement(number, &caller.somebody(items), one_of(&caller, &asked)).await;
                        items
                    }
                    Work::Plan { message, records } => {
                        caller.plan(number, &caller.somebody(items), message, records).await;
                        items
                    }
                    Work::Export(reading) => caller.read_on(number, &reading).await,
                    Work::Report { campaign } => {
                        caller.report(number, campaign).await;
                        items
                    }
                }
            }
        };
        self.caller.call(self.callers, time, call).await
    }
}

fn one_of<'a>(caller: &Caller, asked: &'a [Asking]) -> &'a Asking {
    &asked[usize::try_from(caller.random()).unwrap_or_default() % asked.len()]
}

struct Before {
    machine: Machine,
    caller: Spent,
    service: Spent,
    database: Duration,
}

/// What that share of sorted times does not exceed; `None` without any.
pub(crate) fn quantile(sorted: &[Duration], share: f64) -> Option<Duration> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.checked_sub(1)?).copied()
}
