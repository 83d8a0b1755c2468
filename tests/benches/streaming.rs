//! S4 by streams: the same batches as `interactions`, numbered, with as many of each stream on their way as the service is set to, beside
//! the same in calls and from the same file.

use assent_tests::engine::{self, Engine};

use crate::caller::Caller;
use crate::ceiling::Ceiling;
use crate::ground::{COPY, Ground, SERVED};
use crate::options::Options;
use crate::report::{Pairs, Run, table};
use crate::row::{Row, Scene};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Calls, Side, WARM, Work};
use crate::writing::{given, peopled};

const NAME: &str = "streamed";

/// How many streams, or callers, at once, and how many interactions a batch has.
const STREAMS: usize = 4;
const ITEMS: u64 = 1_000;

/// The setting that is tried, and the one that would stop it short.
const WINDOW: &str = "INTERACTIONS__STREAM_WINDOW_BATCHES";
const ROOM: (&str, &str) = ("INTERACTIONS__STREAMED_MAX", "1000000");

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_windows(options, sheet, engine));
    }
}

async fn measure_windows(options: &Options, sheet: &Sheet, engine: Engine) {
    let (ground, key, turns) = peopled(options, engine).await;
    let file = Ceiling {
        name: "interactions",
        database: COPY,
        callers: STREAMS,
        items: ITEMS,
        given: given(options, turns, ground.sample().await),
    };
    let file = Side::File(&file);
    file.run(&ground, WARM).await;
    let (mut ceiling, mut calls) = (Vec::new(), Vec::new());
    let mut streamed = vec![Vec::new(); options.windows.len()];
    for round in 0..options.runs {
        let mut order: Vec<usize> = (0..options.windows.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        ceiling.push(file.run(&ground, options.run).await);
        for place in order {
            let window = options.windows[place];
            streamed[place].push(write(&ground, &key, options, window, Work::Stream).await);
        }
        calls.push(write(&ground, &key, options, 1, Work::Record).await);
    }
    let scene = Scene::of(&ground, &[("profiles", options.profiles), ("items", ITEMS)]).await;
    let scene = scene.with("streams", u64::try_from(STREAMS).unwrap_or_default());
    let (least, seen) = match engine {
        Engine::Postgres => (0.8, Some(151_000.0)),
        Engine::Sqlite => (0.7, Some(170_000.0)),
    };
    for (window, service) in options.windows.iter().zip(streamed) {
        let what = "the same row writes in one transaction, without the service";
        let goal = "S4 (S8 on SQLite): 1,000 interactions per batch, 4 streams";
        let ceiling = ceiling.clone();
        let pairs = Pairs { goal, what, least, seen, service, ceiling, beside: None };
        println!("\na window of {window}");
        pairs.print();
        sheet.add(pairs.row(&scene.with("window", *window)));
    }
    println!("\nthe same in calls");
    table(&[("calls", calls.as_slice())]);
    let row = Row::of(None, "1,000 interactions per call, 4 callers, beside streams").on(&scene);
    sheet.add(row.runs(&calls));
}

/// One run of a service of its own, which lets streams have so much on its way.
async fn write(ground: &Ground, key: &str, options: &Options, window: u64, work: Work) -> Run {
    let service = Service::start_with(&ground.url(SERVED), &[(WINDOW, &window.to_string()), ROOM]);
    let caller = Caller::at(&service.address, key, options.profiles).await;
    let caller = caller.with_random_ids(options.random_ids);
    let process = service.process();
    let side = Side::Calls(Calls { caller: &caller, service: process, callers: STREAMS, items: ITEMS, work });
    side.run(ground, WARM).await;
    let run = side.run(ground, options.run).await;
    drop(side);
    service.stop();
    run
}
