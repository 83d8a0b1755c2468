//! A long run of mixed work at a fixed rate, below what the machine can do: what calls take over time, beside what PostgreSQL has to
//! do for it, and what all of it comes to on disk and on the processor.

mod pace;
mod pressure;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use assent_tests::engine::{self, Engine};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::caller::{Caller, OVER, micros};
use crate::ground::{Ground, SERVED, TENANT};
use crate::memory::Memory;
use crate::options::Options;
use crate::report::precise;
use crate::row::{Row, Scene, rounded};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Taken, Watch, Work, quantile};
use pace::{Kind, Told};
use pressure::{Pressure, Sample};

const NAME: &str = "soak";

/// How long an interval is whose percentiles are told; of a short run, a second.
const INTERVAL: Duration = Duration::from_secs(10);

/// In microseconds.
const DAY: i64 = 86_400_000_000;

/// What consents are kept in; in what else there is, interactions are.
const CONSENTS: [&str; 7] = ["record", "pending", "ledger", "feed_head", "request", "profile", "notice"];

/// How many calls of each kind a second, at 100 %: 20,000 interactions in thousands and 1,000 alone, 500 consents, 20,000 wait
/// blocks, which is four fifths of what two cores can do, caller included.
const RATES: [f64; 4] = [20.0, 1_000.0, 500.0, 20.0];

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    // SQLite has neither checkpoints of its own accord nor vacuums to look at.
    if options.wants(NAME) && engine == Engine::Postgres {
        engine::run(soak(options, sheet, engine));
    }
}

fn kinds(options: &Options) -> [Kind; 4] {
    let kind =
        |place: usize, name, items, work| Kind { name, work, items, rate: RATES[place] * options.load };
    [
        kind(0, "1,000 interactions", 1_000, Work::Record),
        kind(1, "one interaction", 1, Work::Record),
        kind(2, "one consent", 1, Work::Grant),
        kind(3, "1,000 wait blocks", 1_000, Work::Lately { message: "m1" }),
    ]
}

async fn soak(options: &Options, sheet: &Sheet, engine: Engine) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    let caller = caller.with_random_ids(options.random_ids);
    caller.declare("m1").await;
    caller.seed(micros() - 2 * DAY).await;
    // What wait blocks find at the beginning, and the month.
    let earlier = micros() - 2 * OVER;
    caller
        .record(0, (0..1_000).map(|person| caller.done(person, "m1", person % 3 == 0, earlier)).collect())
        .await;
    caller.record(0, vec![caller.done(0, "m1", false, micros())]).await;
    let mut look = ground.look(SERVED).await;
    look.run("VACUUM (FREEZE, ANALYZE)").await.expect("a quiet database");
    look.run("CHECKPOINT").await.expect("a checkpoint");
    let mut pressure = Pressure::of(look).await;
    let kinds = kinds(options);
    println!(
        "\nsoak: {} s on {}, {} profiles of tenant {TENANT}; {}",
        options.run.as_secs(),
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    let (before, sizes) = (pressure.sample().await, pressure.sizes().await);
    let watch = Watch::begin(&ground, Some(service.process()));
    let mut log = Log::new(kinds.clone(), before.clone());
    let begun = Instant::now();
    let (tell, mut told) = mpsc::unbounded_channel();
    let mut calling = tokio::task::JoinSet::new();
    for (number, kind) in kinds.iter().cloned().enumerate() {
        calling.spawn(pace::keep(caller.clone(), number, kind, begun, options.run, tell.clone()));
    }
    drop(tell);
    let length = if options.run >= 3 * INTERVAL { INTERVAL } else { Duration::from_secs(1) };
    let mut next = begun + length;
    loop {
        match tokio::time::timeout_at(next.into(), told.recv()).await {
            Ok(Some(one)) => log.note(one),
            Ok(None) => break,
            Err(_) => {
                while next <= Instant::now() {
                    next += length;
                }
                let memory = Memory::of(service.process());
                log.interval(begun.elapsed(), pressure.sample().await, memory.resident);
            }
        }
    }
    calling.join_all().await;
    if log.current.iter().any(|calls| calls.count() > 0) {
        let memory = Memory::of(service.process());
        log.interval(begun.elapsed(), pressure.sample().await, memory.resident);
    }
    let elapsed = begun.elapsed();
    let taken = watch.end(&ground);
    let after = pressure.sample().await;
    let grown = grown(&sizes, &pressure.sizes().await);
    let scene = Scene::of(&ground, &[("profiles", options.profiles)]).await;
    let scene = scene.with("seconds", options.run.as_secs());
    log.tell(sheet, &scene, elapsed);
    let totals = Totals { log: &log, elapsed, taken, before, after, grown };
    totals.tell(sheet, &scene);
    service.stop();
}

fn grown(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let grown = |(name, size): (&String, &f64)| {
        let more = size - before.get(name).copied().unwrap_or(0.0);
        (more.abs() > 0.0).then(|| (name.clone(), more))
    };
    after.iter().filter_map(grown).collect()
}

/// What became of calls.
#[derive(Clone, Debug, Default)]
struct Calls {
    took: Vec<Duration>,
    missed: u64,
}

impl Calls {
    /// That share of them did not take longer, in milliseconds.
    fn within(&self, share: f64) -> f64 {
        quantile(&self.took, share).map_or(f64::NAN, |took| took.as_secs_f64() * 1e3)
    }

    fn count(&self) -> u64 {
        u64::try_from(self.took.len()).unwrap_or(u64::MAX)
    }
}

/// What became of all of them, interval by interval.
struct Log {
    kinds: [Kind; 4],
    all: Vec<Calls>,
    current: Vec<Calls>,
    /// Of each kind.
    intervals: Vec<Vec<Value>>,
    pressure: Vec<Value>,
    last: Sample,
}

impl Log {
    fn new(kinds: [Kind; 4], first: Sample) -> Self {
        let none = vec![Calls::default(); kinds.len()];
        let intervals = vec![Vec::new(); kinds.len()];
        Self { kinds, all: none.clone(), current: none, intervals, pressure: Vec::new(), last: first }
    }

    fn note(&mut self, told: Told) {
        for calls in [&mut self.all, &mut self.current] {
            match told.took {
                Some(took) => calls[told.kind].took.push(took),
                None => calls[told.kind].missed += 1,
            }
        }
    }

    fn interval(&mut self, at: Duration, sample: Sample, resident: f64) {
        println!("  {:>5.0} s  {}; service RSS {resident:.1} MB", at.as_secs_f64(), sample.line(&self.last));
        for (kind, place) in self.kinds.iter().zip(0..) {
            let mut calls = std::mem::take(&mut self.current[place]);
            calls.took.sort_unstable();
            println!("           {:<20} {}", kind.name, line(&calls));
            self.intervals[place].push(value(at, &calls));
        }
        let mut pressure = sample.value(&self.last);
        pressure["at_s"] = rounded(at.as_secs_f64());
        pressure["service_mb"] = rounded(resident);
        self.pressure.push(pressure);
        self.last = sample;
    }

    /// The whole run, call kind by call kind.
    fn tell(&mut self, sheet: &Sheet, scene: &Scene, elapsed: Duration) {
        println!("  all of it");
        for (place, kind) in self.kinds.iter().enumerate() {
            let calls = &mut self.all[place];
            calls.took.sort_unstable();
            println!("           {:<20} {}", kind.name, line(calls));
            let worst = |name: &str| {
                let of = self.intervals[place].iter().filter_map(|interval| interval[name].as_f64());
                rounded(of.fold(f64::NAN, f64::max))
            };
            let row =
                Row::of(None, format!("soak: {} a call", kind.name)).on(&scene.with("items", kind.items));
            let rate = precise(calls.count() * kind.items) / elapsed.as_secs_f64();
            let row = row.rate(rate).times(calls.within(0.5), calls.within(0.99));
            let row = row.more("p999_ms", rounded(calls.within(0.999))).more("missed", calls.missed);
            let row = row.more("worst_interval_p99_ms", worst("p99_ms"));
            sheet.add(row.more("intervals", self.intervals[place].clone()).count(1));
        }
    }

    /// How many items of some kinds were done.
    fn items(&self, kinds: &[usize]) -> f64 {
        kinds.iter().map(|kind| precise(self.all[*kind].count() * self.kinds[*kind].items)).sum()
    }
}

fn line(calls: &Calls) -> String {
    let [half, slow, slowest] = [0.5, 0.99, 0.999].map(|share| calls.within(share));
    let missed = if calls.missed > 0 { format!(", {} MISSED", calls.missed) } else { String::new() };
    format!(
        "{:>7} calls, p50 {half:>7.1} ms, p99 {slow:>7.1} ms, p99.9 {slowest:>7.1} ms{missed}",
        calls.count()
    )
}

fn value(at: Duration, calls: &Calls) -> Value {
    json!({
        "at_s": rounded(at.as_secs_f64()),
        "calls": calls.count(),
        "missed": calls.missed,
        "p50_ms": rounded(calls.within(0.5)),
        "p99_ms": rounded(calls.within(0.99)),
        "p999_ms": rounded(calls.within(0.999)),
    })
}

/// What a run came to in the end.
struct Totals<'a> {
    log: &'a Log,
    elapsed: Duration,
    taken: Taken,
    before: Sample,
    after: Sample,
    /// By how many bytes each table grew.
    grown: BTreeMap<String, f64>,
}

impl Totals<'_> {
    fn tell(&self, sheet: &Sheet, scene: &Scene) {
        let (interactions, consents) = (self.log.items(&[0, 1]), self.log.items(&[2]));
        let events = |name: &str| if CONSENTS.contains(&name) { consents } else { interactions };
        let bytes = |consents: bool| -> f64 {
            let of = self.grown.iter().filter(|(name, _)| CONSENTS.contains(&name.as_str()) == consents);
            of.map(|(name, bytes)| bytes / events(name)).sum()
        };
        let (each, consent) = (bytes(false), bytes(true));
        let wal = self.after.since(&self.before, "wal_bytes") / (interactions + consents);
        let seconds = self.elapsed.as_secs_f64();
        let cores = [self.taken.service, self.taken.database].map(|spent| spent.as_secs_f64() / seconds);
        let day = (interactions + consents) / seconds / (cores[0] + cores[1]) * 86_400.0;
        println!("  {}", self.after.line(&self.before));
        for (name, bytes) in &self.grown {
            let of = if CONSENTS.contains(&name.as_str()) { "a consent" } else { "an interaction" };
            println!(
                "           {name:<20} {:>8.1} MB, {:>6.1} bytes {of}",
                bytes / 1e6,
                bytes / events(name)
            );
        }
        println!(
            "  on disk {each:.0} bytes an interaction, {consent:.0} bytes a consent; {wal:.0} bytes of WAL each; cores: service {:.2}, \
             database {:.2}: {:.0} million events a day and core, the wait blocks included",
            cores[0],
            cores[1],
            day / 1e6
        );
        let row = Row::of(None, "soak: events a day and core of service and database")
            .on(scene)
            .value(day / 1e6, "M");
        let row = row
            .more("bytes_an_interaction", rounded(each))
            .more("bytes_a_consent", rounded(consent))
            .more("wal_bytes_an_event", rounded(wal))
            .more("cores_service", rounded(cores[0]))
            .more("cores_database", rounded(cores[1]))
            .more("interactions", interactions)
            .more("consents", consents)
            .more("tables_grown_by", json!(self.grown))
            .more("whole", self.after.value(&self.before));
        sheet.add(row.more("intervals", self.log.pressure.clone()).count(1));
    }
}
