//! An acknowledged withdrawal binds every later call, on every replica, whatever is killed meanwhile.
//!
//! People of three tenants grant and deny by every way there is (calls, links, lists) while others record, plan, read and
//! ask about the same people, at replicas that are killed and started again, as PostgreSQL is. Each caller notes what it was
//! told and when; [`Timeline`] then says whether any of it could not have happened, and whether the database holds what it should.
//! What a caller does not learn is noted as such: it may have taken effect at any later time, or never.

mod answers;
mod caller;
mod deeds;
mod ground;
mod looks;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use assent_proto::v1::Disposition;
use assent_service::clock::{Clock as _, SystemClock};
use assent_tests::engine::{Database, Engine, fresh};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings};
use assent_tests::timeline::{Event, Key, Timeline, What};
use assent_tests::{apply, every_engine, marks};
use tokio::task::JoinSet;

use super::chance::Chance;
use super::kill_postgres::{IMPATIENT, kill_and_restart, migrated_on};
use super::kill_service::Replicas;
use super::{length, settled_down};
use caller::Caller;
use ground::{Ground, KEEPING, PEOPLE};

/// How many kills there are for one of the other tests.
const KILLS: usize = 2;

/// Every so many of them it is PostgreSQL that is killed.
const OF_POSTGRES: usize = 4;

/// Where the service keeps its data.
enum Place {
    Sqlite(Database),
    /// A cluster of its own, so that it can be killed.
    Postgres(Cluster, String),
}

impl Place {
    async fn make(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::Sqlite(fresh(engine).await),
            Engine::Postgres => {
                let cluster = Cluster::start(Settings::default());
                let url = migrated_on(&cluster).await;
                Self::Postgres(cluster, url)
            }
        }
    }

    fn url(&self) -> &str {
        match self {
            Self::Sqlite(database) => database.url(),
            Self::Postgres(_, url) => url,
        }
    }

    const fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(..) => Engine::Postgres,
        }
    }
}

/// What callers noted, and how often something was killed.
struct Heard {
    noted: Vec<Event>,
    /// Processes of the service, and PostgreSQL.
    kills: [usize; 2],
    slack: i64,
}

/// Lets all of them call at once until something was killed so many times.
async fn hear(place: &Place, rounds: usize, seed: u64) -> Heard {
    let mut replicas = Replicas::at(place.engine(), place.url(), &IMPATIENT);
    let ground = Arc::new(Ground::settle(place.engine(), place.url(), &replicas.addresses()).await);
    let mut seeds = Chance::seeded(seed);
    let mut callers = JoinSet::new();
    for tenant in 0..ground.tenants() {
        let mut caller = || Caller::new(&ground, tenant, Chance::seeded(seeds.below(u64::MAX)));
        for who in PEOPLE {
            callers.spawn(caller().wavers(who));
        }
        callers.spawn(caller().answers_for_others());
        callers.spawn(caller().records());
        callers.spawn(caller().records());
        callers.spawn(caller().plans());
        callers.spawn(caller().looks());
    }
    let clock = SystemClock::new();
    let (mut kills, mut chance) = ([0, 0], Chance::seeded(seed));
    for kill in 1..=KILLS * rounds {
        ground.wait_for(80 + chance.below(160)).await;
        if let (Place::Postgres(cluster, _), true) = (place, kill.is_multiple_of(OF_POSTGRES)) {
            kill_and_restart(cluster, kill / OF_POSTGRES, &mut chance);
            kills[1] += 1;
            continue;
        }
        let victims = replicas.kill(&mut chance);
        kills[0] += victims.len();
        clock.sleep(Duration::from_millis(chance.below(200))).await;
        replicas.start_again(victims);
        ground.listen(&replicas.addresses());
    }
    ground.wait_for(100).await;
    ground.end();
    let mut noted: Vec<Event> = callers.join_all().await.into_iter().flatten().collect();
    settled_down(place.url()).await;
    for tenant in 0..ground.tenants() {
        noted.extend(Caller::new(&ground, tenant, Chance::seeded(seed)).looks_at_everybody().await);
    }
    Heard { noted, kills, slack: ground.slack() }
}

/// Every row of every tenant.
async fn rows(place: &Place) -> BTreeSet<Key> {
    let id = match place.engine() {
        Engine::Sqlite => "lower(hex(interaction_id))",
        Engine::Postgres => "encode(interaction_id, 'hex')",
    };
    let sql = format!("SELECT tenant, {id}, CAST(occurred_at AS TEXT) FROM interaction");
    let mut look = Look::at(place.url()).await.expect("the database answers");
    let rows = look.rows(&sql).await.expect("the rows").into_iter().map(|row| {
        let [Some(tenant), Some(id), Some(occurred_at)] = row.as_slice() else { panic!("an empty column") };
        let occurred_at = occurred_at.parse().expect("a number");
        Key { tenant: ground::word_of(tenant), id: id.clone(), occurred_at }
    });
    rows.collect()
}

/// How many of what was noted are so.
fn count(noted: &[Event], is_so: impl Fn(&What) -> bool) -> usize {
    noted.iter().filter(|event| is_so(&event.what)).count()
}

fn first(of: &[impl ToString]) -> String {
    let first: Vec<String> = of.iter().take(5).map(ToString::to_string).collect();
    format!("{} in all, the first of them\n{}", of.len(), first.join("\n"))
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn an_acknowledged_withdrawal_binds_every_later_call_on_every_replica(engine: Engine) {
    let (rounds, seed) = length();
    println!("TEST_FAULT_SEED={seed} TEST_FAULT_ROUNDS={rounds}");
    let place = Place::make(engine).await;
    let Heard { noted, kills: [service, postgres], slack } = hear(&place, rounds, seed).await;

    let told =
        |told| count(&noted, |what| matches!(what, What::Reported { told: there, .. } if *there == told));
    let answers = count(&noted, |what| matches!(what, What::Granted { .. } | What::Denied { .. }));
    let unknown = noted.iter().filter(|event| event.call.answered.is_none()).count();
    let shown = count(&noted, |what| matches!(what, What::Shown(..)));
    let matched = count(&noted, |what| matches!(what, What::Matched(..)));
    let (recorded, exempted) = (told(Some(Disposition::Recorded)), told(Some(Disposition::Exempted)));
    let dropped = told(Some(Disposition::Discarded));
    let rows = rows(&place).await;
    let timeline = Timeline::of(noted, slack).keeping(KEEPING);
    let proof = timeline.proof();
    println!(
        "{service} kills of the service, {postgres} of PostgreSQL, {answers} answers, {recorded} recorded, \
         {exempted} exempted, {dropped} discarded, {shown} shown, {matched} matched, {unknown} unknown, {} rows, {proof:?}, slack {slack} µs",
        rows.len()
    );

    let breaches = timeline.breaches();
    assert!(breaches.is_empty(), "TEST_FAULT_SEED={seed}: breaches, {}", first(&breaches));
    let disagreements = timeline.disagreements(&rows);
    assert!(disagreements.is_empty(), "TEST_FAULT_SEED={seed}: disagreements, {}", first(&disagreements));
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());

    let elsewhere = engine == Engine::Sqlite || proof.elsewhere >= 20 * rounds;
    assert!(proof.bound >= 40 * rounds && elsewhere, "too little was bound to prove anything: {proof:?}");
    let enough = [answers, recorded, dropped, shown].iter().all(|count| *count >= 20 * rounds);
    assert!(enough && exempted > 0 && matched > 0 && unknown > 0, "too little happened to prove anything");
}
