//! The sides of a measurement, taking turns.

use std::sync::Arc;
use std::time::Duration;

use crate::caller::{Asking, Called, Caller, Reading};
use crate::ceiling::Ceiling;
use crate::ground::Ground;
use crate::machine::{Machine, Noise, Spent};
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
    /// The same batches by streams.
    Stream,
    /// One of those questions about everybody.
    Wait(Arc<Vec<Asking>>),
    /// About everybody whether they clicked in that message within the last hour.
    Lately {
        message: &'static str,
    },
    /// The plan of a message, with or without the sends.
    Plan {
        message: &'static str,
        records: bool,
    },
    /// The same questions as wait blocks.
    Engagement(Arc<Vec<Asking>>),
    /// What is on record of everybody.
    Consents,
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
        let watch = Watch::begin(ground, process);
        let called = match self {
            Self::Calls(calls) => calls.begin(time).await,
            Self::File(ceiling) => {
                let (transactions, elapsed) = ceiling.run(ground, time);
                Called { items: transactions * ceiling.items, elapsed, calls: Vec::new() }
            }
        };
        watch.end(ground).run(called)
    }
}

/// Runs calls of several kinds at the same time; what came of each.
pub(crate) async fn at_once(kinds: &[Calls<'_>], time: Duration) -> Vec<Called> {
    let begun: Vec<_> = kinds.iter().map(|calls| tokio::spawn(calls.begin(time))).collect();
    let mut called = Vec::new();
    for kind in begun {
        called.push(kind.await.expect("callers do not panic"));
    }
    called
}

impl Calls<'_> {
    fn begin(&self, time: Duration) -> impl Future<Output = Called> + Send + use<> {
        let (items, work) = (self.items, self.work.clone());
        let (caller, callers) = (self.caller.clone(), self.callers);
        async move {
            if matches!(work, Work::Stream) {
                return caller.stream(callers, time, items).await;
            }
            caller.call(callers, time, move |caller, number| work.clone().once(caller, number, items)).await
        }
    }
}

impl Work {
    /// One call; says how many items it had.
    pub(crate) async fn once(self, caller: Caller, number: usize, items: u64) -> u64 {
        match self {
            Self::Grant => caller.grant_some(number, items).await,
            Self::Record => caller.record_some(number, items).await,
            Self::Stream => unreachable!("a stream is more than a call"),
            Self::Wait(asked) => {
                caller.wait(number, &caller.somebody(items), one_of(&caller, &asked)).await;
                items
            }
            Self::Lately { message } => {
                let asking = Asking::lately(message);
                caller.wait(number, &caller.somebody(items), &asking).await;
                items
            }
            Self::Engagement(asked) => {
                caller.engagement(number, &caller.somebody(items), one_of(&caller, &asked)).await;
                items
            }
            Self::Plan { message, records } => {
                caller.plan(number, &caller.somebody(items), message, records).await;
                items
            }
            Self::Consents => {
                caller.read_consents(number, &caller.somebody(items)).await;
                items
            }
            Self::Export(reading) => caller.read_on(number, &reading).await,
            Self::Report { campaign } => {
                caller.report(number, campaign).await;
                items
            }
        }
    }
}

fn one_of<'a>(caller: &Caller, asked: &'a [Asking]) -> &'a Asking {
    &asked[usize::try_from(caller.random()).unwrap_or_default() % asked.len()]
}

/// What was spent until now, to be held against what will have been.
pub(crate) struct Watch {
    machine: Machine,
    caller: Spent,
    process: Option<u32>,
    service: Spent,
    database: Duration,
}

/// What was spent meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) caller: Duration,
    pub(crate) service: Duration,
    pub(crate) database: Duration,
    pub(crate) noise: Noise,
}

impl Watch {
    /// Begins to look, at the process of a service too.
    pub(crate) fn begin(ground: &Ground, process: Option<u32>) -> Self {
        Self {
            machine: Machine::now(),
            caller: Spent::by(std::process::id()),
            process,
            service: process.map(Spent::by).unwrap_or_default(),
            database: ground.spent(),
        }
    }

    pub(crate) fn end(self, ground: &Ground) -> Taken {
        let now = Spent::by(std::process::id());
        let caller = (now.own - self.caller.own) + (now.waited_for - self.caller.waited_for);
        let service = self.process.map(Spent::by).unwrap_or_default().own - self.service.own;
        let database = ground.spent().saturating_sub(self.database);
        let noise = Machine::noise_since(self.machine, caller + service + database);
        Taken { caller, service, database, noise }
    }
}

impl Taken {
    /// What came of that, and what it took.
    pub(crate) fn run(self, called: Called) -> Run {
        let Self { caller, service, database, noise } = self;
        let Called { items, elapsed, mut calls } = called;
        calls.sort_unstable();
        let (half, slowest) = (quantile(&calls, 0.5), quantile(&calls, 0.99));
        Run { items, elapsed, caller, service, database, noise, half, slowest }
    }
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
