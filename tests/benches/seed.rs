//! What wait blocks look into: millions of recorded interactions, made once, kept, and copied for each measurement.
//!
//! People and their consents are made by calls, the interactions by one statement for each round of everybody: each row
//! is a copy of one that the service wrote, but for who, when and about which message. That a person is known by the
//! same number, and that wait blocks find what was made so and nothing else, is checked before it is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant as Clock;

use assent_domain::time::Instant;
use assent_migrations::SCHEMA;
use assent_store::{Store, StoreOptions};
use assent_tests::engine::Engine;

use crate::caller::{Asking, Caller, STRIDE, micros, profile};
use crate::ground::{Ground, SERVED, SMALL, hash};
use crate::options::Options;
use crate::service::Service;

const DAY: i64 = 86_400_000_000;

/// Over how long everything was done.
const SPAN: i64 = 84 * DAY;

/// How often everybody did something.
const ROUNDS: u64 = 20;

/// How long a wait block waits: longer than a round, so that it may see two things that a person did.
pub(crate) const LONG: i64 = 7 * DAY;

/// The windows that are over, and followed by another round.
pub(crate) const WINDOWS: u64 = ROUNDS - 2;

/// How many interactions there are, of whom, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded {
    pub(crate) people: u64,
    pub(crate) turns: u64,
    /// When the first round began.
    pub(crate) from: i64,
    /// Between two interactions.
    apart: i64,
}

impl Seeded {
    fn of(interactions: u64, from: i64) -> Self {
        let people = interactions / ROUNDS;
        assert!(!people.is_multiple_of(STRIDE), "everybody has a turn in each round");
        let apart = SPAN / i64::try_from(people * ROUNDS).expect("fewer than microseconds");
        Self { people, turns: people / 1_000, from, apart }
    }

    /// Between the beginnings of two rounds.
    pub(crate) fn round(&self) -> i64 {
        self.apart * i64::try_from(self.people).expect("fewer than microseconds")
    }

    /// Whether somebody clicked in the message of a round, within a window that begins with it.
    pub(crate) fn asking(&self, round: u64) -> Asking {
        let start = self.from + self.round() * i64::try_from(round).expect("few rounds");
        Asking { message: format!("m{round}"), start, deadline: start + LONG }
    }
}

/// How many interactions the smaller database has: a hundredth, but enough for a thousand people; `None`: it would
/// be the same.
pub(crate) const fn fewer(interactions: u64) -> Option<u64> {
    let fewer = if interactions / 100 > 20_000 { interactions / 100 } else { 20_000 };
    if fewer < interactions { Some(fewer) } else { None }
}

/// A copy of databases with so many interactions, which are made first if they never were.
pub(crate) async fn ground(engine: Engine, options: &Options) -> (Ground, Seeded, Option<Seeded>) {
    ground_of(engine, options, options.interactions).await
}

/// The same with another number of interactions than is asked for.
pub(crate) async fn ground_of(
    engine: Engine,
    options: &Options,
    interactions: u64,
) -> (Ground, Seeded, Option<Seeded>) {
    let kept = folder().join(format!("{}-{interactions}-schema-{SCHEMA}", engine.name()));
    if !kept.exists() {
        make(engine, interactions, &kept).await;
    }
    let text = fs::read_to_string(kept.join("from")).expect("when the first round began");
    let from = text.trim().parse().expect("microseconds");
    let fewer = fewer(interactions).map(|fewer| Seeded::of(fewer, from));
    (Ground::from(engine, &kept.join("databases"), options), Seeded::of(interactions, from), fewer)
}

/// Beside what Cargo builds.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("a program from a file");
    let target = program.ancestors().nth(3).expect("target/profile/deps/program");
    target.join("benches")
}

async fn make(engine: Engine, interactions: u64, kept: &Path) {
    let begun = Clock::now();
    let ground = Ground::of_seed(engine);
    let from = micros() / DAY * DAY - SPAN;
    for (database, count) in [(SERVED, Some(interactions)), (SMALL, fewer(interactions))] {
        if let Some(count) = count {
            fill(&ground, database, Seeded::of(count, from)).await;
        }
    }
    let unfinished = kept.with_extension("unfinished");
    let _ = fs::remove_dir_all(&unfinished);
    fs::create_dir_all(&unfinished).expect("a new folder");
    fs::write(unfinished.join("from"), from.to_string()).expect("a new file");
    ground.keep(&unfinished.join("databases"));
    fs::rename(unfinished, kept).expect("it is finished");
    println!("\n{interactions} interactions on {} were made in {:.0?}", engine.name(), begun.elapsed());
}

async fn fill(ground: &Ground, database: &str, seeded: Seeded) {
    let key = ground.prepare(database).await;
    let url = ground.url(database);
    let store = Store::connect(&StoreOptions::new(&url)).await.expect("the database opens");
    for day in (0..=SPAN / DAY).step_by(30) {
        let at = Instant::from_micros(seeded.from + day * DAY).expect("a date within reach");
        store.make_months_ahead(at).await.expect("months");
    }
    store.close().await;

    let service = Service::start(&url);
    let caller = Caller::at(&service.address, &key, seeded.people).await;
    for round in 0..ROUNDS {
        caller.declare(&format!("m{round}")).await;
    }
    caller.seed(seeded.from - DAY).await;
    let done = [false, true].map(|click| caller.done(0, "m0", click, seeded.from));
    caller.record(0, done.to_vec()).await;
    service.stop();

    ground.hand_out(database, seeded.people).await;
    let mut look = ground.look(database).await;
    let written =
        look.column("SELECT DISTINCT CAST(person AS TEXT) FROM interaction").await.expect("two rows");
    assert_eq!(written, [hash(&profile(0)).to_string()], "a person is known by the number that we know too");
    look.run("CREATE TABLE bench_template AS SELECT * FROM interaction; DELETE FROM interaction")
        .await
        .expect("a template");
    let sql = ground.sql("seed");
    for round in 0..ROUNDS {
        let (first, last) = (round * seeded.people, (round + 1) * seeded.people - 1);
        let given = [
            (":round", round.to_string()),
            (":from", seeded.from.to_string()),
            (":first", first.to_string()),
            (":last", last.to_string()),
            (":apart", seeded.apart.to_string()),
            (":people", seeded.people.to_string()),
        ];
        let sql = given.iter().fold(sql.clone(), |sql, (name, value)| sql.replace(name, value));
        look.run(&sql).await.expect("a round of everybody");
    }
    match ground.engine() {
        Engine::Postgres => look.run("VACUUM (FREEZE, ANALYZE)").await.expect("a quiet database"),
        Engine::Sqlite => look.run("PRAGMA wal_checkpoint(TRUNCATE)").await.expect("a short log"),
    };
    check(ground, database, &key, seeded).await;
}

/// That wait blocks match whoever clicked, and nobody else.
async fn check(ground: &Ground, database: &str, key: &str, seeded: Seeded) {
    let service = Service::start(&ground.url(database));
    let caller = Caller::to(&service.address, key, seeded.people);
    let mut look = ground.look(database).await;
    for round in [0, WINDOWS - 1] {
        let people = caller.somebody(1_000);
        let matched = caller.wait(0, &people, &seeded.asking(round)).await;
        let mut matched: Vec<String> = matched.into_iter().map(|place| profile(people[place])).collect();
        let names: Vec<String> = people.iter().map(|person| format!("'{}'", profile(*person))).collect();
        let clicked = format!(
            "SELECT profile FROM interaction WHERE message = 'm{round}' AND kind = 2 AND profile IN ({})",
            names.join(",")
        );
        let mut clicked = look.column(&clicked).await.expect("who clicked");
        matched.sort_unstable();
        clicked.sort_unstable();
        assert!(clicked.len() > 100, "many clicked: {}", clicked.len());
        assert_eq!(matched, clicked, "who clicked in the message of round {round} is matched");
    }
    service.stop();
}
