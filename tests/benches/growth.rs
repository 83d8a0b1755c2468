//! S10: what an operation costs when there is ten times and a hundred times as much, and how long it takes to drop a month.
//!
//! People and interactions grow together: twenty interactions each. Every size has a database server of its own, on a copy
//! of its kept seed; the sizes take turns. The cost is the CPU of service and database.

mod month;

use std::sync::Arc;
use std::time::Duration;

use assent_tests::engine::{self, Engine};

use crate::caller::Caller;
use crate::gate::{CAMPAIGN, MESSAGE};
use crate::ground::{Ground, SERVED};
use crate::options::Options;
use crate::report::{Run, median, met, table};
use crate::row::{Row, Scene, Wanted, rounded};
use crate::seed::{self, Seeded, WINDOWS};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Calls, Side, WARM, Work};

const NAME: &str = "growth";

/// How many times the cost at the smallest size one may be.
const COST_MAX: f64 = 1.3;

/// How many people are planned for, so that there is something to report.
const PLANNED: u64 = 1_000;

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_growth(options, sheet, engine));
    }
}

/// What is done at every size. What reads comes first: what writes makes the sizes larger.
fn works(seeded: Seeded) -> [(&'static str, usize, u64, Work); 6] {
    let asked = Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect());
    [
        ("wait blocks, 1,000 per call, 2 callers (S5)", 2, 1_000, Work::Wait(asked)),
        ("GetConsents, 1,000 profiles per call, 2 callers", 2, 1_000, Work::Consents),
        ("GetCampaignReport, 2 callers", 2, 1, Work::Report { campaign: CAMPAIGN }),
        ("one consent per call, 64 callers (S1)", 64, 1, Work::Grant),
        ("one interaction per call, 64 callers (S3)", 64, 1, Work::Record),
        ("1,000 interactions per call, 4 callers (S4)", 4, 1_000, Work::Record),
    ]
}

async fn measure_growth(options: &Options, sheet: &Sheet, engine: Engine) {
    let mut sizes = Vec::new();
    for interactions in steps(options.interactions) {
        sizes.push(Size::start(engine, options, interactions).await);
    }
    let largest = sizes.last().expect("a size at least");
    let scene = Scene::of(&largest.ground, &[("interactions", largest.interactions)]).await;
    let scene = scene.with("profiles", largest.seeded.people);
    println!("\nS10: growth on {}; {}", engine.name(), largest.ground.durability().await);
    for work in 0..works(largest.seeded).len() {
        measure_work(options, sheet, &scene, &sizes, work).await;
    }
    let largest = sizes.pop().expect("a size at least");
    for size in sizes {
        size.service.stop();
    }
    if engine == Engine::Postgres {
        let run = options.run;
        month::measure(sheet, &scene, &largest.ground, &largest.caller, largest.seeded, run).await;
    }
    largest.service.stop();
}

/// A hundredth, a tenth and all of it, each enough for a thousand people.
fn steps(interactions: u64) -> Vec<u64> {
    let mut steps: Vec<u64> =
        [interactions / 100, interactions / 10, interactions].map(|step| step.max(20_000)).to_vec();
    steps.dedup();
    steps
}

/// A database of one size, with a service on it.
struct Size {
    interactions: u64,
    seeded: Seeded,
    ground: Ground,
    service: Service,
    caller: Caller,
}

impl Size {
    async fn start(engine: Engine, options: &Options, interactions: u64) -> Self {
        let (ground, seeded, _) = seed::ground_of(engine, options, interactions).await;
        let key = ground.make_key(SERVED).await;
        let service = Service::start(&ground.url(SERVED));
        let caller = Caller::at(&service.address, &key, seeded.people).await;
        caller.declare_campaign(CAMPAIGN, MESSAGE).await;
        caller.plan(0, &caller.somebody(PLANNED), MESSAGE, true).await;
        Self { interactions, seeded, ground, service, caller }
    }

    /// As long as it takes to ask for each person once in thousands: from then on memory holds what it will hold.
    fn warm(&self) -> Duration {
        WARM.max(Duration::from_micros(25 * self.seeded.people))
    }
}

async fn measure_work(options: &Options, sheet: &Sheet, scene: &Scene, sizes: &[Size], work: usize) {
    let mut name = "";
    let mut sides = Vec::new();
    for size in sizes {
        let (what, callers, items, work) = works(size.seeded)[work].clone();
        name = what;
        let calls = Calls { caller: &size.caller, service: size.service.process(), callers, items, work };
        sides.push((&size.ground, Side::Calls(calls)));
    }
    for (size, (ground, side)) in sizes.iter().zip(&sides) {
        side.run(ground, size.warm()).await;
    }
    let mut told = vec![Vec::new(); sides.len()];
    for round in 0..options.runs {
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for place in order {
            let (ground, side) = &sides[place];
            told[place].push(side.run(ground, options.run).await);
        }
    }
    println!("\nS10: {name}");
    let names: Vec<String> = sizes.iter().map(|size| short(size.interactions)).collect();
    let rows: Vec<_> = names.iter().map(String::as_str).zip(told.iter().map(Vec::as_slice)).collect();
    table(&rows);
    let (Some(many), [few, ..]) = (told.last(), told.as_slice()) else { return };
    let pairs = || many.iter().zip(few);
    let cost = median(pairs().map(|(many, few)| many.cost() / few.cost()));
    let time = median(pairs().map(|(many, few)| few.rate() / many.rate()));
    let fewest = names.first().map_or("", String::as_str);
    println!(
        "  cost against {fewest} interactions: CPU of service and database {cost:.2} (goal {COST_MAX}: {}), time {time:.2}",
        met(cost <= COST_MAX)
    );
    let at: Vec<_> = sizes.iter().zip(&told).map(|(size, runs)| at(size, runs)).collect();
    let row =
        Row::of(Some("S10"), format!("{name}: cost against {fewest} interactions")).on(scene).runs(many);
    let row = row.value(cost, "times").more("time", rounded(time)).more("sizes", at);
    sheet.add(row.wants("value", Wanted::AtMost(COST_MAX), cost));
}

/// What an operation took at one size.
fn at(size: &Size, runs: &[Run]) -> serde_json::Value {
    let of = |value: fn(&Run) -> f64| rounded(median(runs.iter().map(value)));
    serde_json::json!({
        "interactions": size.interactions,
        "profiles": size.seeded.people,
        "rate": of(Run::rate),
        "cpu_us": of(Run::cost),
        "p99_ms": of(|run| run.slowest.map_or(f64::NAN, |call| call.as_secs_f64() * 1e3)),
    })
}

/// As a word of a table: 20 M, 200 k.
fn short(count: u64) -> String {
    match count {
        count if count >= 1_000_000 => format!("{} M", count / 1_000_000),
        count => format!("{} k", count / 1_000),
    }
}
