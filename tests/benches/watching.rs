//! S7: from the acknowledgement of a change to a watcher who sees it, on the replica that wrote it and on another.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use assent_sdk::WatchChanges;
use assent_tests::engine::{self, Engine};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::caller::{Caller, micros};
use crate::ground::{Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::{median, met};
use crate::row::{Row, Scene, Wanted};
use crate::service::Service;
use crate::sheet::Sheet;

const NAME: &str = "watch";

/// How long 99 of 100 changes may take to be seen, in milliseconds.
const SEEN_MAX: f64 = 50.0;

/// How often calls are begun: so many of them that they come to the rate.
const TICK: Duration = Duration::from_millis(5);

/// How many calls may be under way: more are not begun, and the rate is missed.
const UNDER_WAY: usize = 512;

/// How long nothing happens before a change that comes alone.
const QUIET: Duration = Duration::from_millis(2_500);

/// How many changes come alone.
const ALONE: usize = 5;

/// How long a change may take to be seen before it counts as lost.
const LOST: Duration = Duration::from_secs(30);

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_watch(options, sheet, engine));
    }
}

async fn measure_watch(options: &Options, sheet: &Sheet, engine: Engine) {
    let ground = Ground::of(engine, options);
    let key = ground.prepare(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::at(&service.address, &key, options.profiles).await;
    caller.seed(micros()).await;
    println!(
        "\n== {}: {} profiles of tenant {TENANT} with a consent; {}",
        engine.name(),
        options.profiles,
        ground.durability().await
    );
    // SQLite has one process.
    let other = (engine == Engine::Postgres).then(|| Service::start(&ground.url(SERVED)));
    let mut places = vec![Place::watch("the same replica", &service.address, &key).await];
    if let Some(other) = &other {
        places.push(Place::watch("another replica", &other.address, &key).await);
    }
    let writer = Writer { caller, next: Arc::new(AtomicU64::new(0)) };
    // What has to be made once is made.
    seen(&mut places, writer.write(options.rate, Duration::from_secs(1)).await).await;

    let (mut rates, mut taken) = (Vec::new(), vec![Vec::new(); places.len()]);
    for _ in 0..options.runs {
        let begun = Instant::now();
        let acknowledged = writer.write(options.rate, options.run).await;
        rates
            .push(f64::from(u32::try_from(acknowledged.len()).expect("few")) / begun.elapsed().as_secs_f64());
        for (times, all) in seen(&mut places, acknowledged).await.into_iter().zip(&mut taken) {
            all.push(times);
        }
    }
    println!(
        "\nS7: acknowledged to seen, {} changes/s asked for, {:.0}/s made, {} runs",
        options.rate,
        median(rates.iter().copied()),
        options.runs
    );
    let rate = median(rates.into_iter());
    let sizes = [("profiles", options.profiles), ("changes_a_second", options.rate)];
    let scene = Scene::of(&ground, &sizes).await;
    for (place, runs) in places.iter().zip(&taken) {
        let of = |share| median(runs.iter().map(|times| quantile(times, share)));
        let worst = runs.iter().map(|times| quantile(times, 1.0)).fold(0.0, f64::max);
        let slow = of(0.99);
        println!(
            "  on {:<17} half within {:>6.1} ms, p99 {slow:>6.1} ms (goal {SEEN_MAX}: {}), all within {worst:.1} ms",
            place.name,
            of(0.5),
            met(slow < SEEN_MAX)
        );
        let row = Row::of(Some("S7"), format!("acknowledged to seen, on {}", place.name)).on(&scene);
        let row = row.rate(rate).times(of(0.5), slow).more("worst_ms", worst).count(options.runs);
        sheet.add(row.wants("p99_ms", Wanted::Below(SEEN_MAX), slow));
    }
    let mut alone = vec![Vec::new(); places.len()];
    for _ in 0..ALONE {
        tokio::time::sleep(QUIET).await;
        let one = HashMap::from([writer.one().await]);
        for (times, all) in seen(&mut places, one).await.into_iter().zip(&mut alone) {
            all.extend(times);
        }
    }
    for (place, mut times) in places.iter().zip(alone) {
        times.sort_by(f64::total_cmp);
        println!(
            "  on {:<17} one change after {:.1} s of nothing: {:.1} ms, the longest of {ALONE} {:.1} ms",
            place.name,
            QUIET.as_secs_f64(),
            quantile(&times, 0.5),
            quantile(&times, 1.0)
        );
    }
    drop(places);
    service.stop();
    if let Some(other) = other {
        other.stop();
    }
}

/// Who writes, each change under a name of its own.
struct Writer {
    caller: Caller,
    next: Arc<AtomicU64>,
}

impl Writer {
    /// That many changes a second for so long, one a call; when each was acknowledged.
    async fn write(&self, rate: u64, time: Duration) -> HashMap<String, Instant> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (places, mut calls) = (Arc::new(Semaphore::new(UNDER_WAY)), JoinSet::new());
        let (begun, mut sent) = (Instant::now(), 0.0);
        #[expect(clippy::cast_precision_loss, reason = "a rate")]
        let each = rate as f64 * TICK.as_secs_f64();
        while begun.elapsed() < time {
            ticks.tick().await;
            sent += each;
            while sent >= 1.0 {
                sent -= 1.0;
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let one = self.one();
                calls.spawn(async move {
                    let acknowledged = one.await;
                    drop(place);
                    acknowledged
                });
            }
        }
        calls.join_all().await.into_iter().collect()
    }

    fn one(&self) -> impl Future<Output = (String, Instant)> + Send + use<> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (caller, name) = (self.caller.clone(), format!("bench-{number}"));
        async move {
            caller.grant_named(usize::try_from(number).unwrap_or_default(), &name).await;
            (name, Instant::now())
        }
    }
}

/// Where somebody watches.
struct Place {
    name: &'static str,
    told: mpsc::UnboundedReceiver<(String, Instant)>,
    /// Ends with the place.
    _watching: JoinSet<()>,
}

impl Place {
    async fn watch(name: &'static str, address: &str, key: &str) -> Self {
        let options = assent_sdk::Options::new(format!("http://{address}")).api_key(key);
        let client = assent_sdk::Client::connect(options).await.expect("the service answers");
        let mut stream = client.changes().watch(WatchChanges::from_latest());
        let first = stream.next().await.expect("a stream begins");
        assert!(first.changes.is_empty(), "it begins with how far it has come");
        let ((tell, told), mut watching) = (mpsc::unbounded_channel(), JoinSet::new());
        watching.spawn(async move {
            loop {
                let batch = stream.next().await.expect("the stream goes on");
                let now = Instant::now();
                for name in batch.changes.into_iter().filter_map(|change| change.origin) {
                    if tell.send((name, now)).is_err() {
                        return;
                    }
                }
            }
        });
        Self { name, told, _watching: watching }
    }
}

/// How long each change took to be seen at each place, in milliseconds.
async fn seen(places: &mut [Place], acknowledged: HashMap<String, Instant>) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    for place in places {
        let (mut waited_for, mut times) = (acknowledged.clone(), Vec::new());
        while !waited_for.is_empty() {
            let told = tokio::time::timeout(LOST, place.told.recv()).await;
            let (name, at) = told.expect("every change is seen").expect("the watcher lives");
            if let Some(acknowledged) = waited_for.remove(&name) {
                // It may be seen before its writer heard that it is there.
                times.push(at.saturating_duration_since(acknowledged).as_secs_f64() * 1e3);
            }
        }
        times.sort_by(f64::total_cmp);
        all.push(times);
    }
    all
}

/// What that share of sorted figures does not exceed.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a place in a list"
    )]
    let place = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(place.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
