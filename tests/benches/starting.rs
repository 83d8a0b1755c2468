//! S9: how long the real binary takes until it answers, and the memory that it holds, idle and loaded.
//!
//! It is started as an operator starts it: on nothing (a file that is not there yet, a database that `assent migrate` has just
//! made), and on what the kept seed holds. The clock runs from exec.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use assent_sdk::{Paging, Serving};
use assent_tests::engine::{self, Engine};

use crate::caller::{Caller, micros};
use crate::ground::{Ground, SERVED};
use crate::memory::Memory;
use crate::options::Options;
use crate::report::{median, met};
use crate::row::{Row, Scene, Wanted, rounded};
use crate::seed::{self, Seeded, WINDOWS};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::turns::{Calls, Work, at_once};

const NAME: &str = "start";

/// How long a start may take on SQLite, in seconds.
const READY_MAX: f64 = 1.0;

/// How much memory the service may hold when nobody calls, and when many do, in millions of bytes.
const IDLE_MAX: f64 = 40.0;
const LOADED_MAX: f64 = 200.0;

/// How long nobody calls before that is looked at.
const QUIET: Duration = Duration::from_secs(5);

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if !options.wants(NAME) {
        return;
    }
    match binary() {
        Some(binary) => engine::run(measure_start(options, sheet, engine, &binary)),
        None if options.names(NAME) => {
            panic!("the binary is not built: cargo build --release -p assent-service")
        }
        None => {
            println!("\nS9: NOT measured, the binary is not built: cargo build --release -p assent-service")
        }
    }
}

/// What an operator starts, of the same build as this program.
fn binary() -> Option<PathBuf> {
    let program = std::env::current_exe().expect("a program from a file");
    let binary = program.ancestors().nth(2).expect("target/profile/deps/program").join("assent");
    binary.is_file().then_some(binary)
}

async fn measure_start(options: &Options, sheet: &Sheet, engine: Engine, binary: &Path) {
    let (ground, seeded, _) = seed::ground(engine, options).await;
    let key = ground.make_key(SERVED).await;
    let sizes = [("interactions", options.interactions), ("profiles", seeded.people)];
    let scene = Scene::of(&ground, &sizes).await;
    println!("\nS9: the binary on {}, {} runs", engine.name(), options.runs);
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for round in 0..options.runs {
        new.push(Ready::on_nothing(&ground, binary, &format!("new{round}")).await);
        let (service, ready) = Ready::of(binary, &ground.url(SERVED), Some(&key)).await;
        again.push(ready);
        service.stop();
    }
    for (what, runs) in [("on nothing", new), ("on what there is", again)] {
        sheet.add(told(what, &runs, engine).on(&scene).count(options.runs));
    }
    measure_memory(options, sheet, &scene, binary, &ground, &key, seeded).await;
}

/// How long one start took, each from exec.
struct Ready {
    /// Until a call was answered.
    answered: Duration,
    /// Until health said SERVING.
    serving: Duration,
    /// What `assent migrate` took before, if it was needed.
    migrated: Option<Duration>,
}

impl Ready {
    /// Starts the binary on a database, and gives it as soon as it answers.
    async fn of(binary: &Path, url: &str, key: Option<&str>) -> (Service, Self) {
        let begun = Instant::now();
        let service = Service::start_binary(binary, url);
        let options = assent_sdk::Options::new(format!("http://{}", service.address));
        let options = match key {
            Some(key) => options.api_key(key),
            None => options,
        };
        let client = assent_sdk::Client::connect_lazily(options).expect("options that fit");
        client.settings().profile_tables(Paging::default()).await.expect("a call is answered");
        let answered = begun.elapsed();
        while client.health().check().await.expect("health is told") != Serving::Yes {}
        (service, Self { answered, serving: begun.elapsed(), migrated: None })
    }

    /// The same on a database that nobody used before.
    async fn on_nothing(ground: &Ground, binary: &Path, database: &str) -> Self {
        ground.create(database).await;
        let url = ground.url(database);
        let migrated = (ground.engine() == Engine::Postgres).then(|| migrate(binary, &url));
        let (service, ready) = Self::of(binary, &url, None).await;
        service.stop();
        Self { migrated, ..ready }
    }
}

fn migrate(binary: &Path, url: &str) -> Duration {
    let begun = Instant::now();
    let mut command = Command::new(binary);
    command.arg("migrate").env_clear().envs(assent_tests::app::environment(url, &[]));
    let done = command.stdin(Stdio::null()).output().expect("the binary starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    begun.elapsed()
}

fn told(what: &str, runs: &[Ready], engine: Engine) -> Row {
    let of = |time: fn(&Ready) -> Option<Duration>| {
        median(runs.iter().filter_map(time).map(|time| time.as_secs_f64()))
    };
    let (answered, serving) = (of(|ready| Some(ready.answered)), of(|ready| Some(ready.serving)));
    let migrated = of(|ready| ready.migrated);
    let goal = Wanted::Below(READY_MAX);
    let verdict = match engine {
        Engine::Sqlite => format!(" (goal {READY_MAX}: {})", met(goal.is_met_by(serving))),
        Engine::Postgres => String::new(),
    };
    let before =
        if migrated.is_nan() { String::new() } else { format!(", migrated before in {migrated:.3} s") };
    println!(
        "  {what:<17} first call answered after {answered:.3} s, SERVING after {serving:.3} s{verdict}{before}"
    );
    let row = Row::of(Some("S9"), format!("ready, {what}")).value(serving, "s");
    let row = row.more("answered_s", rounded(answered)).more("migrated_s", rounded(migrated));
    match engine {
        Engine::Sqlite => row.wants("value", goal, serving),
        Engine::Postgres => row,
    }
}

/// Idle, under S3, S4 and S5 at once, and when they are over.
async fn measure_memory(
    options: &Options,
    sheet: &Sheet,
    scene: &Scene,
    binary: &Path,
    ground: &Ground,
    key: &str,
    seeded: Seeded,
) {
    let (service, _) = Ready::of(binary, &ground.url(SERVED), Some(key)).await;
    let process = service.process();
    tokio::time::sleep(QUIET).await;
    let idle = Memory::of(process);
    let caller = Caller::at(&service.address, key, seeded.people).await;
    // What has to be made once is made.
    caller.record(0, vec![caller.done(0, "m1", false, micros())]).await;
    let asked = Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect());
    let calls = |callers, items, work| Calls { caller: &caller, service: process, callers, items, work };
    let kinds =
        [calls(64, 1, Work::Record), calls(4, 1_000, Work::Record), calls(2, 1_000, Work::Wait(asked))];
    let called = at_once(&kinds, options.run).await;
    let loaded = Memory::of(process);
    tokio::time::sleep(QUIET).await;
    let after = Memory::of(process);
    service.stop();

    let rates: Vec<f64> = called.iter().map(|called| called.rate()).collect();
    println!(
        "  meanwhile {:.0} interactions/s one a call, {:.0}/s in thousands, {:.0} wait blocks/s, for {:.0} s",
        rates[0],
        rates[1],
        rates[2],
        options.run.as_secs_f64()
    );
    let goals = [
        ("idle", idle, Some((idle.resident, IDLE_MAX))),
        ("loaded", loaded, Some((loaded.highest, LOADED_MAX))),
        ("afterwards", after, None),
    ];
    for (what, memory, goal) in goals {
        let verdict =
            goal.map_or_else(String::new, |(value, most)| format!(" (goal {most}: {})", met(value < most)));
        println!(
            "  {what:<11} RSS {:>6.1} MB, highest {:>6.1} MB{verdict}, PSS {:.1} MB, anonymous {:.1} MB, {:.0} threads",
            memory.resident, memory.highest, memory.proportional, memory.anonymous, memory.threads
        );
        let value = goal.map_or(memory.resident, |(value, _)| value);
        let row = Row::of(Some("S9"), format!("memory, {what}")).on(scene).value(value, "MB").count(1);
        let row = row
            .more("resident_mb", rounded(memory.resident))
            .more("highest_mb", rounded(memory.highest))
            .more("proportional_mb", rounded(memory.proportional))
            .more("anonymous_mb", rounded(memory.anonymous))
            .more("threads", memory.threads);
        let row = row.more("rates_meanwhile", rates.iter().copied().map(rounded).collect::<Vec<_>>());
        sheet.add(match goal {
            Some((value, most)) => row.wants("value", Wanted::Below(most), value),
            None => row,
        });
    }
}
