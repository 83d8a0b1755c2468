//! S4b: interactions recorded and wait blocks evaluated at the same time, over the kept seed with its look-up index.
//!
//! The ceiling is the same two at the same time, from their files, on a copy of the database. How the machine is shared out between
//! the two differs from side to side, so what binds is the mean of both ratios.

use std::sync::Arc;
use std::time::Duration;

use assent_tests::engine::{self, Engine};

use crate::caller::{Called, Caller, micros};
use crate::ceiling::{Ceiling, Given};
use crate::ground::{COPY, Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::{Run, median, met, table};
use crate::row::{Row, Scene, Wanted};
use crate::seed::{self, LONG, Seeded, WINDOWS};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Calls, WARM, Watch, Work, at_once};

const NAME: &str = "together";

/// How many of each at once, and how many items a call has.
const RECORDERS: usize = 4;
const ASKERS: usize = 2;
const ITEMS: u64 = 1_000;

/// The least mean of both ratios.
const LEAST: f64 = 0.8;

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_both(options, sheet, engine));
    }
}

async fn measure_both(options: &Options, sheet: &Sheet, engine: Engine) {
    let (ground, seeded, _) = seed::ground(engine, options).await;
    let key = ground.make_key(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, seeded.people).await;
    // The month is there before the copy is made.
    caller.record(0, vec![caller.done(0, "m1", false, micros())]).await;
    service.stop();
    ground.copy().await;
    println!(
        "\n== {}: {} interactions of {} profiles of tenant {TENANT}; {}",
        engine.name(),
        options.interactions,
        seeded.people,
        ground.durability().await
    );
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, seeded.people).await.with_random_ids(options.random_ids);
    let asked = Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect());
    let calls =
        |callers, work| Calls { caller: &caller, service: service.process(), callers, items: ITEMS, work };
    let sides = Sides {
        ground: &ground,
        process: service.process(),
        calls: [calls(RECORDERS, Work::Record), calls(ASKERS, Work::Wait(asked))],
        files: files(options, seeded),
    };
    sides.calls(WARM).await;
    sides.files(WARM);
    let (mut served, mut reached) = (Vec::new(), Vec::new());
    for round in 0..options.runs {
        if round % 2 == 0 {
            served.push(sides.calls(options.run).await);
            reached.push(sides.files(options.run));
        } else {
            reached.push(sides.files(options.run));
            served.push(sides.calls(options.run).await);
        }
    }
    drop(sides);
    let scene =
        Scene::of(&ground, &[("interactions", options.interactions), ("profiles", seeded.people)]).await;
    tell(sheet, &scene, &served, &reached);
    service.stop();
}

/// The same two from their files.
fn files(options: &Options, seeded: Seeded) -> [Ceiling; 2] {
    let number = |number: u64| Given::Number(i64::try_from(number).expect("a small number"));
    let given = vec![
        ("turns", number(seeded.turns)),
        ("random_ids", number(u64::from(options.random_ids))),
        ("windows", number(WINDOWS)),
        ("from", Given::Number(seeded.from)),
        ("apart", Given::Number(seeded.round())),
        ("long", Given::Number(LONG)),
    ];
    [("interactions", RECORDERS), ("wait-blocks", ASKERS)].map(|(name, callers)| Ceiling {
        name,
        database: COPY,
        callers,
        items: ITEMS,
        given: given.clone(),
    })
}

/// One run of a side: interactions and wait blocks each, and both, to which the CPU belongs.
struct Both {
    each: [Run; 2],
    both: Run,
}

struct Sides<'a> {
    ground: &'a Ground,
    process: u32,
    calls: [Calls<'a>; 2],
    files: [Ceiling; 2],
}

impl Sides<'_> {
    async fn calls(&self, time: Duration) -> Both {
        let watch = Watch::begin(self.ground, Some(self.process));
        let called = at_once(&self.calls, time).await;
        Both::of(watch, self.ground, called.try_into().expect("two kinds"))
    }

    fn files(&self, time: Duration) -> Both {
        let watch = Watch::begin(self.ground, None);
        let called = std::thread::scope(|scope| {
            let begun = self.files.each_ref().map(|file| scope.spawn(move || file.run(self.ground, time)));
            begun.map(|file| {
                let (transactions, elapsed) = file.join().expect("a ceiling that ends");
                Called { items: transactions * ITEMS, elapsed, calls: Vec::new() }
            })
        });
        Both::of(watch, self.ground, called)
    }
}

impl Both {
    fn of(watch: Watch, ground: &Ground, called: [Called; 2]) -> Self {
        let taken = watch.end(ground);
        let items = called.iter().map(|called| called.items).sum();
        let elapsed = called.iter().map(|called| called.elapsed).max().unwrap_or_default();
        let both = taken.run(Called { items, elapsed, calls: Vec::new() });
        Self { each: called.map(|called| taken.run(called)), both }
    }
}

fn tell(sheet: &Sheet, scene: &Scene, served: &[Both], reached: &[Both]) {
    let of = |side: &[Both], kind: usize| side.iter().map(|both| both.each[kind]).collect::<Vec<_>>();
    let all = |side: &[Both]| side.iter().map(|both| both.both).collect::<Vec<_>>();
    println!(
        "\nS4b: 1,000 interactions per call, 4 callers, and 1,000 wait blocks per call, 2 callers, at once"
    );
    let kinds = ["interactions", "wait blocks"];
    for (kind, name) in kinds.into_iter().enumerate() {
        println!("  {name}; their CPU is that of both");
        table(&[("service", of(served, kind).as_slice()), ("ceiling", &of(reached, kind))]);
    }
    println!("  both");
    table(&[("service", all(served).as_slice()), ("ceiling", &all(reached))]);
    let ratio = |kind: usize| {
        median(served.iter().zip(reached).map(|(one, other)| one.each[kind].rate() / other.each[kind].rate()))
    };
    let ratios = [ratio(0), ratio(1)];
    let mean = median(served.iter().zip(reached).map(|(one, other)| {
        [0, 1].map(|kind| one.each[kind].rate() / other.each[kind].rate()).iter().sum::<f64>() / 2.0
    }));
    let verdict = met(mean >= LEAST);
    println!(
        "  ratios {:.2} and {:.2}, their mean {mean:.2} (goal {LEAST}: {verdict})",
        ratios[0], ratios[1]
    );
    let what = "the gated insert and the look-up at once, from their files";
    for (kind, name) in kinds.into_iter().enumerate() {
        let row = Row::of(Some("S4b"), format!("{name}, 1,000 per call, beside the other kind")).on(scene);
        let row = row.rates(&of(served, kind)).ratio(ratios[kind]);
        sheet.add(row.ceiling(what, median(of(reached, kind).iter().map(Run::rate))));
    }
    let row =
        Row::of(Some("S4b"), "both at once; the ratio is the mean of both").on(scene).runs(&all(served));
    let row = row.ceiling_runs(what, &all(reached), None).ratio(mean);
    sheet.add(row.wants("ratio", Wanted::AtLeast(LEAST), mean));
}
