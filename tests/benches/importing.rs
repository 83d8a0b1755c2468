//! The lane of imports: how fast a list goes in against the ceiling of S2, what single answers take meanwhile, and whether the
//! memory of both ends stays flat however long the list is.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use assent_tests::engine::{self, Engine};
use assent_tests::list::{List, resident};

use crate::caller::{Called, Caller, TABLE, micros};
use crate::ceiling::Ceiling;
use crate::ground::{COPY, Ground, SERVED, TENANT};
use crate::options::Options;
use crate::row::{Row, Scene, Wanted};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::writing::given;

/// Stands on the command line of the process that imports.
pub(crate) const ORDER: &str = "import-a-list";

/// How many callers record single answers meanwhile.
const CALLERS: usize = 16;

/// How much longer 99 of 100 single answers may take during an import.
const MOST: f64 = 2.0;

/// How much more memory either end may hold at the end than at a tenth of the list.
const GROWTH: f64 = 1.2;

/// Imports the list that stands on the command line.
pub(crate) fn run() {
    let words: Vec<String> = std::env::args().skip(2).collect();
    let list = List::of_words(&words).expect("a list");
    engine::run(async move { list.import().await });
}

/// A process that imports.
struct Importer {
    process: Child,
    told: Lines<BufReader<ChildStdout>>,
}

impl Importer {
    fn start(service: &Service, key: &str, id: &str, lines: u64) -> Self {
        let list = List {
            address: service.address.clone(),
            key: key.to_owned(),
            table: TABLE.to_owned(),
            id: id.to_owned(),
            lines,
            chunk_lines: 1_000,
            even: true,
        };
        let mut command = Command::new(std::env::current_exe().expect("a program from a file"));
        command.arg(ORDER).args(list.words()).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("this program starts once more");
        let told = BufReader::new(process.stdout.take().expect("a pipe, as asked for")).lines();
        Self { process, told }
    }

    /// How many lines are durable; `None`: the import has ended.
    fn next(&mut self) -> Option<u64> {
        let line = self.told.next()?.expect("text");
        let lines = line.split("lines ").nth(1)?.split_whitespace().next()?;
        Some(lines.parse().expect("a number"))
    }

    fn stop(mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants("import") {
        engine::run(measure_import(options, sheet, engine));
    }
}

async fn measure_import(options: &Options, sheet: &Sheet, engine: Engine) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    caller.seed(micros()).await;
    service.stop();
    ground.copy().await;
    let turns = ground.hand_out(COPY, options.profiles).await;
    println!(
        "\n== {}: imports beside {} profiles of tenant {TENANT}; {}",
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;

    let mut alone = Vec::new();
    let mut beside = Vec::new();
    for round in 0..options.runs {
        alone.push(single(&caller, options.run).await);
        let mut importer = Importer::start(&service, &key, &format!("beside-{round}"), u64::MAX >> 20);
        let from = importer.next().expect("the import runs");
        let begun = Instant::now();
        let called = single(&caller, options.run).await;
        // What was told meanwhile waits in the pipe.
        let elapsed = begun.elapsed();
        importer.process.kill().expect("it runs");
        let to = std::iter::from_fn(|| importer.next()).last().unwrap_or(from);
        beside.push((called, rate(to - from, elapsed)));
        importer.stop();
    }
    let without = median(alone.iter().map(|called| slowest(called).as_secs_f64() * 1e3).collect());
    let with = median(beside.iter().map(|(called, _)| slowest(called).as_secs_f64() * 1e3).collect());
    let rates = [
        median(alone.iter().map(|called| rate(called.items, called.elapsed)).collect()),
        median(beside.iter().map(|(called, _)| rate(called.items, called.elapsed)).collect()),
        median(beside.iter().map(|(_, lines)| *lines).collect()),
    ];
    println!(
        "single answers, {CALLERS} callers: 99 of 100 within {without:.1} ms alone ({:.0}/s), {with:.1} ms beside an import \
         ({:.0}/s, and {:.0} lines/s): {:.2} of at most {MOST}{}",
        rates[0],
        rates[1],
        rates[2],
        with / without,
        verdict(with / without <= MOST)
    );
    let scene = Scene::of(&ground, &[("profiles", options.profiles), ("lines", options.lines)]).await;
    let row = Row::of(None, "single answers beside an import: p99 against that without").on(&scene);
    let row = row.value(with / without, "times").more("alone_p99_ms", without).more("beside_p99_ms", with);
    let row = row.more("alone_rate", rates[0]).more("beside_rate", rates[1]).more("lines_rate", rates[2]);
    sheet.add(row.wants("value", Wanted::AtMost(MOST), with / without).count(options.runs));

    let ceiling = Ceiling {
        name: "batch",
        database: COPY,
        callers: 8,
        items: 100,
        given: given(options, turns, ground.sample().await),
    };
    let (transactions, elapsed) = ceiling.run(&ground, options.run.max(Duration::from_secs(2)));
    let reach = rate(transactions * 100, elapsed);
    let lines = options.lines;
    let mut importer = Importer::start(&service, &key, "whole", lines);
    let begun = Instant::now();
    let mut early = None;
    let mut late = (0, 0);
    while let Some(durable) = importer.next() {
        if durable * 10 < lines {
            continue;
        }
        let now = [importer.process.id(), service.process()].map(resident);
        if let [Some(client), Some(server)] = now {
            early.get_or_insert((client, server));
            late = (client, server);
        }
    }
    let whole = rate(lines, begun.elapsed());
    importer.stop();
    println!(
        "an import of {lines} lines: {whole:.0} lines/s, the ceiling of S2 (8 writers of 100): {reach:.0}/s, ratio {:.2}",
        whole / reach
    );
    let row = Row::of(None, "ImportConsents, 1,000 lines a chunk").on(&scene).rate(whole).count(1);
    sheet.add(row.ceiling("the row writes of S2: 8 writers of 100", reach).ratio(whole / reach));
    let early = early.expect("a list of some length");
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    let growth = [late.0 as f64 / early.0 as f64, late.1 as f64 / early.1 as f64];
    println!(
        "memory at 10 % and at 100 %: client {} and {} KiB ({:.2}), service {} and {} KiB ({:.2}), of at most {GROWTH}{}",
        early.0,
        late.0,
        growth[0],
        early.1,
        late.1,
        growth[1],
        verdict(growth.iter().all(|grown| *grown <= GROWTH))
    );
    let most = growth.into_iter().fold(0.0, f64::max);
    let row = Row::of(None, "an import: memory against that at a tenth").on(&scene).value(most, "times");
    let row = row.more("client_kib", late.0).more("service_kib", late.1);
    sheet.add(row.wants("value", Wanted::AtMost(GROWTH), most));
    service.stop();
}

async fn single(caller: &Caller, time: Duration) -> Called {
    caller.call(CALLERS, time, |caller: Caller, number| caller.grant_some(number, 1)).await
}

fn slowest(called: &Called) -> Duration {
    let mut calls = called.calls.clone();
    calls.sort_unstable();
    calls.get(calls.len() * 99 / 100).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
fn rate(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

const fn verdict(good: bool) -> &'static str {
    if good { "" } else { ": MISSED" }
}
