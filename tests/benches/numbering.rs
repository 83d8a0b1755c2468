//! What numbering costs who writes: consents recorded beside the sequencer, against consents recorded while nothing numbers them.

use assent_tests::engine::{self, Engine};

use crate::caller::{Caller, micros};
use crate::ground::{COPY, Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::{Run, median, table};
use crate::row::{Row, Scene};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Calls, Side, Work};

const NAME: &str = "numbering";

/// So seldom that a service of a run's length numbers nothing; a run is shorter.
const NEVER: (&str, &str) = ("FEED__SEQUENCER_INTERVAL_MILLIS", "60000");

/// The longest run: before a service of [`NEVER`] numbers for the first time.
const RUN_MAX: std::time::Duration = std::time::Duration::from_secs(40);

/// One call's items, and how many call at once.
const WAYS: [(&str, u64, usize); 2] =
    [("one consent per call, 64 callers", 1, 64), ("100 consents per call, 8 callers", 100, 8)];

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_numbering(options, sheet, engine));
    }
}

async fn measure_numbering(options: &Options, sheet: &Sheet, engine: Engine) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    caller.seed(micros()).await;
    caller.earliest(0).await;
    service.stop();
    ground.copy().await;
    println!(
        "\n== {}: {} profiles of tenant {TENANT} with a consent; {}",
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    for (what, items, callers) in WAYS {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let mut left = Vec::new();
        for round in 0..options.runs {
            let mut turns = [(SERVED, true), (COPY, false)];
            if round % 2 == 1 {
                turns.reverse();
            }
            for (database, numbers) in turns {
                let run = write(&ground, database, &key, options, (items, callers), numbers).await;
                if numbers {
                    with.push(run);
                    let waits =
                        ground.look(SERVED).await.column("SELECT CAST(count(*) AS TEXT) FROM pending").await;
                    left.push(waits.expect("a count").concat().parse().unwrap_or(f64::NAN));
                } else {
                    without.push(run);
                }
            }
        }
        println!("\nnumbering: {what}; no goal, what it costs who writes");
        table(&[("with", with.as_slice()), ("without", &without)]);
        let pairs = || with.iter().zip(&without);
        println!(
            "  ratio of rates with to without {:.2}; of CPU per item {:.2}; waiting when a run was over: {:.0}",
            median(pairs().map(|(with, without)| with.rate() / without.rate())),
            median(pairs().map(|(with, without)| with.cpu() / without.cpu())),
            median(left.into_iter())
        );
        let scene = Scene::of(&ground, &[("profiles", options.profiles)]).await;
        let row = Row::of(None, format!("{what}, numbered meanwhile")).on(&scene).runs(&with);
        let row = row.ceiling_runs("the same while nothing is numbered", &without, None);
        sheet.add(row.ratio(median(pairs().map(|(with, without)| with.rate() / without.rate()))));
    }
}

/// One run of a service of its own, which numbers or does not.
async fn write(
    ground: &Ground,
    database: &str,
    key: &str,
    options: &Options,
    (items, callers): (u64, usize),
    numbers: bool,
) -> Run {
    let settings: &[(&str, &str)] = if numbers { &[] } else { &[NEVER] };
    let service = Service::start_with(&ground.url(database), settings);
    let caller = Caller::at(&service.address, key, options.profiles).await;
    let calls = Calls { caller: &caller, service: service.process(), callers, items, work: Work::Grant };
    let side = Side::Calls(calls);
    side.run(ground, crate::turns::WARM).await;
    let run = side.run(ground, options.run.min(RUN_MAX)).await;
    drop(side);
    service.stop();
    run
}
