//! S1 and S2: UpsertConsents with one item from 64 callers, and with 100 items from 8.

use std::time::Duration;

use assent_tests::engine::{self, Engine};

use crate::caller::Caller;
use crate::ceiling::Ceiling;
use crate::ground::{Ground, SERVED, TENANT};
use crate::machine::{Machine, Spent};
use crate::options::Options;
use crate::report::{Pairs, Run};
use crate::service::Service;

/// One way to write consents.
struct Way {
    name: &'static str,
    goal: &'static str,
    least: f64,
    callers: usize,
    items: u64,
    /// What the ceiling reached on PostgreSQL when the goal was set, in items a second.
    seen: Option<f64>,
}

const WAYS: [Way; 2] = [
    Way {
        name: "single",
        goal: "S1: one item per call, 64 callers",
        least: 0.8,
        callers: 64,
        items: 1,
        seen: Some(11_500.0),
    },
    Way {
        name: "batch",
        goal: "S2: 100 items per call, 8 callers",
        least: 0.6,
        callers: 8,
        items: 100,
        seen: None,
    },
];

/// How long both sides run before anything is counted.
const WARM: Duration = Duration::from_secs(1);

pub(crate) fn measure(options: &Options, engine: Engine) {
    let ways: Vec<&Way> = WAYS.iter().filter(|way| options.wants(way.name)).collect();
    if !ways.is_empty() {
        engine::run(measure_ways(options, engine, &ways));
    }
}

async fn measure_ways(options: &Options, engine: Engine, ways: &[&Way]) {
    let ground = Ground::of(engine, options.commit_delay);
    let key = ground.prepare().await;
    let service = Service::start(&ground.url(SERVED));
    Caller::at(&service.address, &key, options.profiles).await.seed().await;
    service.stop();
    ground.copy().await;
    println!(
        "\n== {}: {} profiles of tenant {TENANT} with a consent; {}",
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    for way in ways {
        let ceiling = Ceiling {
            name: way.name,
            callers: way.callers,
            profiles: options.profiles,
            sample: ground.sample().await,
        };
        let sides = Sides { way, ground: &ground, service: &service, caller: &caller, ceiling: &ceiling };
        sides.of_service(WARM).await;
        sides.of_ceiling(WARM);
        let (mut served, mut bare) = (Vec::new(), Vec::new());
        for run in 0..options.runs {
            if run % 2 == 0 {
                served.push(sides.of_service(options.run).await);
                bare.push(sides.of_ceiling(options.run));
            } else {
                bare.push(sides.of_ceiling(options.run));
                served.push(sides.of_service(options.run).await);
            }
        }
        let seen = way.seen.filter(|_| engine == Engine::Postgres && options.commit_delay == 0);
        Pairs { goal: way.goal, least: way.least, seen, service: served, ceiling: bare }.print();
    }
    service.stop();
}

struct Sides<'a> {
    way: &'a Way,
    ground: &'a Ground,
    service: &'a Service,
    caller: &'a Caller,
    ceiling: &'a Ceiling,
}

impl Sides<'_> {
    async fn of_service(&self, time: Duration) -> Run {
        let before = self.before();
        let (items, elapsed) = self.caller.call(self.way.callers, self.way.items, time).await;
        self.after(&before, items, elapsed)
    }

    fn of_ceiling(&self, time: Duration) -> Run {
        let before = self.before();
        let (transactions, elapsed) = self.ceiling.run(self.ground, time);
        self.after(&before, transactions * self.way.items, elapsed)
    }

    fn before(&self) -> Before {
        Before {
            machine: Machine::now(),
            caller: Spent::by(std::process::id()),
            service: Spent::by(self.service.process()),
            database: self.ground.spent(),
        }
    }

    fn after(&self, before: &Before, items: u64, elapsed: Duration) -> Run {
        let now = Spent::by(std::process::id());
        let caller = (now.own - before.caller.own) + (now.waited_for - before.caller.waited_for);
        let service = Spent::by(self.service.process()).own - before.service.own;
        let database = self.ground.spent().saturating_sub(before.database);
        let noise = Machine::noise_since(before.machine, caller + service + database);
        Run { items, elapsed, caller, service, database, noise }
    }
}

struct Before {
    machine: Machine,
    caller: Spent,
    service: Spent,
    database: Duration,
}
