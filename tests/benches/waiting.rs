//! S5: EvaluateWaitBlocks with 1,000 blocks, over millions of recorded interactions.

use std::sync::Arc;

use assent_tests::engine::{self, Engine};

use crate::caller::Caller;
use crate::ceiling::{Ceiling, Given};
use crate::ground::{Ground, SERVED, SMALL, TENANT};
use crate::options::Options;
use crate::report::{Pairs, Run, median, met};
use crate::row::{Row, Scene, Wanted, rounded};
use crate::seed::{self, LONG, Seeded, WINDOWS};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::statements::Statements;
use crate::turns::{self, Calls, Side, Work};

const NAME: &str = "wait-blocks";

/// How many calls at once: as many as the reference machine has cores.
const CALLERS: usize = 2;

/// How many blocks a call has.
const BLOCKS: u64 = 1_000;

/// How many times the cost over a hundredth of the interactions one may be.
const COST_MAX: f64 = 1.3;

/// How long a call may take, in milliseconds, but for one of a hundred.
const CALL_MAX: f64 = 50.0;

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_blocks(options, sheet, engine));
    }
}

async fn measure_blocks(options: &Options, sheet: &Sheet, engine: Engine) {
    let (ground, seeded, fewer) = seed::ground(engine, options).await;
    println!(
        "\n== {}: {} interactions of {} profiles of tenant {TENANT}; {}",
        engine.name(),
        options.interactions,
        seeded.people,
        ground.durability().await
    );
    let many = Asked::start(&ground, SERVED, seeded).await;
    let few = match fewer {
        Some(fewer) => Some(Asked::start(&ground, SMALL, fewer).await),
        None => None,
    };
    let number = |number: u64| Given::Number(i64::try_from(number).expect("a small number"));
    let file = Ceiling {
        name: NAME,
        database: SERVED,
        callers: CALLERS,
        items: BLOCKS,
        given: vec![
            ("turns", number(seeded.turns)),
            ("windows", number(WINDOWS)),
            ("from", Given::Number(seeded.from)),
            ("apart", Given::Number(seeded.round())),
            ("long", Given::Number(LONG)),
        ],
    };
    let mut sides = vec![many.side(), Side::File(&file)];
    sides.extend(few.as_ref().map(Asked::side));
    let statements = Statements::counted(&ground, SERVED, options).await;
    let mut told = turns::take(&ground, &sides, options.runs, options.run).await.into_iter();
    drop(sides);
    let (service, ceiling) = (told.next().expect("the service"), told.next().expect("the ceiling"));
    let (least, seen) = match engine {
        Engine::Postgres => (0.8, Some(205_000.0)),
        Engine::Sqlite => (0.7, None),
    };
    let goal = "S5 (S8 on SQLite): 1,000 wait blocks per call, 2 callers";
    let few_runs = told.next();
    let growth = few_runs.as_ref().map(|few| growth(&service, few));
    let slowest = service.iter().filter_map(|run| run.slowest).map(|call| call.as_secs_f64() * 1e3);
    let slowest = median(slowest);
    let what = "the look-up of the interactions alone";
    let beside = few_runs.map(|few| ("fewer", few));
    let pairs = Pairs { goal, what, least, seen, service, ceiling, beside };
    pairs.print();
    let sizes = [("interactions", options.interactions), ("profiles", seeded.people)];
    let scene = Scene::of(&ground, &sizes).await;
    sheet.add(pairs.row(&scene));
    let row = Row::of(Some("S5"), "the same: time of a call").on(&scene).runs(&pairs.service);
    sheet.add(row.wants("p99_ms", Wanted::Below(CALL_MAX), slowest));
    println!("  p99 of a call {slowest:.1} ms (goal {CALL_MAX}: {})", met(slowest < CALL_MAX));
    if let (Some((time, cpu)), Some(fewer)) = (growth, seed::fewer(options.interactions)) {
        println!(
            "  cost against {fewer} interactions: time {time:.2}, CPU {cpu:.2} (goal {COST_MAX}: {})",
            met(time <= COST_MAX)
        );
        let work = format!("the same: cost against that over {fewer} interactions");
        let row = Row::of(Some("S5"), work).on(&scene).value(time, "times").more("cpu", rounded(cpu));
        sheet.add(row.wants("value", Wanted::AtMost(COST_MAX), time).count(options.runs));
    }
    if let Some(statements) = statements {
        statements.print().await;
    }
    many.service.stop();
    if let Some(few) = few {
        few.service.stop();
    }
}

/// How many times as long a block takes, and how many times the CPU, as one of fewer interactions.
fn growth(many: &[Run], few: &[Run]) -> (f64, f64) {
    let pairs = || many.iter().zip(few);
    let time = median(pairs().map(|(many, few)| few.rate() / many.rate()));
    (time, median(pairs().map(|(many, few)| many.cpu() / few.cpu())))
}

/// A service over one of the databases, and who asks it.
struct Asked {
    service: Service,
    caller: Caller,
    work: Work,
}

impl Asked {
    async fn start(ground: &Ground, database: &str, seeded: Seeded) -> Self {
        let key = ground.make_key(database).await;
        let service = Service::start(&ground.url(database));
        let caller = Caller::to(&service.address, &key, seeded.people);
        let work = Work::Wait(Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect()));
        Self { service, caller, work }
    }

    fn side(&self) -> Side<'_> {
        Side::Calls(Calls {
            caller: &self.caller,
            service: self.service.process(),
            callers: CALLERS,
            items: BLOCKS,
            work: self.work.clone(),
        })
    }
}
