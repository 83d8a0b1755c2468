//! S1 to S4: calls that write, over a thousand or a million people who have a consent.

use assent_tests::engine::{self, Engine};

use crate::caller::{Caller, micros};
use crate::ceiling::{Ceiling, Given};
use crate::ground::{COPY, Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::Pairs;
use crate::row::Scene;
use crate::service::Service;
use crate::sheet::Sheet;
use crate::statements::Statements;
use crate::turns::{self, Calls, Side, Work};

/// One way to write.
struct Way {
    /// What it is called on the command line, and its file of the same row writes.
    name: &'static str,
    goal: &'static str,
    work: Work,
    callers: usize,
    items: u64,
    /// Whether its ceiling is a service that does nothing, and the row writes stand beside it.
    of_the_wire: bool,
    least: f64,
    /// What its ceiling reached when the goal was set, in items a second.
    seen: Option<f64>,
    least_on_sqlite: f64,
    seen_on_sqlite: Option<f64>,
}

const WAYS: [Way; 4] = [
    Way {
        name: "single",
        goal: "S1: one consent per call, 64 callers",
        work: Work::Grant,
        callers: 64,
        items: 1,
        of_the_wire: false,
        least: 0.8,
        seen: Some(11_500.0),
        least_on_sqlite: 0.8,
        seen_on_sqlite: None,
    },
    Way {
        name: "batch",
        goal: "S2: 100 consents per call, 8 callers",
        work: Work::Grant,
        callers: 8,
        items: 100,
        of_the_wire: false,
        least: 0.6,
        seen: None,
        least_on_sqlite: 0.6,
        seen_on_sqlite: None,
    },
    Way {
        name: "interaction",
        goal: "S3: one interaction per call, 64 callers",
        work: Work::Record,
        callers: 64,
        items: 1,
        of_the_wire: true,
        least: 0.5,
        seen: Some(55_000.0),
        least_on_sqlite: 0.5,
        seen_on_sqlite: Some(55_000.0),
    },
    Way {
        name: "interactions",
        goal: "S4 (S8 on SQLite): 1,000 interactions per call, 4 callers",
        work: Work::Record,
        callers: 4,
        items: 1_000,
        of_the_wire: false,
        least: 0.8,
        seen: Some(151_000.0),
        least_on_sqlite: 0.7,
        seen_on_sqlite: Some(170_000.0),
    },
];

/// What the ceilings are.
const WIRE: &str = "a service that does nothing, with the same message and callers";
const ROWS: &str = "the same row writes in one transaction, without the service";

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    let ways: Vec<&Way> = WAYS.iter().filter(|way| options.wants(way.name)).collect();
    if !ways.is_empty() {
        engine::run(measure_ways(options, sheet, engine, &ways));
    }
}

/// A database in which everybody has a consent, and its copy for the ceiling; the key to it, and how many turns the ceiling may take.
pub(crate) async fn peopled(options: &Options, engine: Engine) -> (Ground, String, u64) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    caller.declare("m1").await;
    caller.seed(micros()).await;
    // The month is there before the copy is made.
    caller.record(0, vec![caller.done(0, "m1", false, micros())]).await;
    service.stop();
    ground.copy().await;
    let turns = ground.hand_out(COPY, options.profiles).await;
    println!(
        "\n== {}: {} profiles of tenant {TENANT} with a consent; {}",
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    (ground, key, turns)
}

async fn measure_ways(options: &Options, sheet: &Sheet, engine: Engine, ways: &[&Way]) {
    let (ground, key, turns) = peopled(options, engine).await;
    let service = Service::start(&ground.url(SERVED));
    let noop = Service::start_noop();
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    let caller = caller.with_random_ids(options.random_ids);
    let to_noop = Caller::to(&noop.address, &key, options.profiles).with_random_ids(options.random_ids);
    let given = given(options, turns, ground.sample().await);
    let scene = Scene::of(&ground, &[("profiles", options.profiles)]).await;
    for way in ways {
        let file = Ceiling {
            name: way.name,
            database: COPY,
            callers: way.callers,
            items: way.items,
            given: given.clone(),
        };
        let (callers, items) = (way.callers, way.items);
        let calls = |caller, service: &Service| {
            let (service, work) = (service.process(), way.work.clone());
            Side::Calls(Calls { caller, service, callers, items, work })
        };
        let mut sides = vec![calls(&caller, &service)];
        if way.of_the_wire {
            sides.push(calls(&to_noop, &noop));
        }
        sides.push(Side::File(&file));
        let statements = Statements::counted(&ground, SERVED, options).await;
        let mut told = turns::take(&ground, &sides, options.runs, options.run).await.into_iter();
        let mut next = || told.next().expect("a list for each side");
        let (service, ceiling) = (next(), next());
        let beside = way.of_the_wire.then(|| ("rows", next()));
        let (least, seen) = match engine {
            Engine::Postgres => (way.least, way.seen),
            Engine::Sqlite => (way.least_on_sqlite, way.seen_on_sqlite),
        };
        let seen = seen.filter(|_| options.commit_delay == 0);
        let what = if way.of_the_wire { WIRE } else { ROWS };
        let pairs = Pairs { goal: way.goal, what, least, seen, service, ceiling, beside };
        pairs.print();
        sheet.add(pairs.row(
            &scene.with("callers", u64::try_from(callers).unwrap_or_default()).with("items", way.items),
        ));
        if let Some(statements) = statements {
            statements.print().await;
        }
    }
    noop.stop();
    service.stop();
}

pub(crate) fn given(
    options: &Options,
    turns: u64,
    [body, effects, states, history]: [String; 4],
) -> Vec<(&'static str, Given)> {
    let number = |number: u64| Given::Number(i64::try_from(number).expect("a small number"));
    vec![
        ("profiles", number(options.profiles)),
        ("turns", number(turns)),
        ("random_ids", number(u64::from(options.random_ids))),
        ("body", Given::Bytes(body)),
        ("effects", Given::Bytes(effects)),
        ("states", Given::Bytes(states)),
        ("history", Given::Bytes(history)),
    ]
}
