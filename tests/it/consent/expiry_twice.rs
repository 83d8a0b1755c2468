//! Two replicas of the service on one database, at the same work at the same time. PostgreSQL alone: SQLite has one.

use std::sync::Arc;
use std::time::Duration;

use assent_domain::time::Instant;
use assent_service::app::App;
use assent_service::clock::{ManualClock, SharedClock};
use assent_service::config::Config;
use assent_service::entropy::{SeededEntropy, SharedEntropy};
use assent_tests::app::environment;
use assent_tests::client::Client;
use assent_tests::engine::{Database, Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::marks;
use tokio::sync::oneshot;
use tonic::transport::Endpoint;

use super::*;

/// A replica by that clock: its caller, what stops it, and its end.
async fn replica(
    database: &Database,
    clock: &Arc<ManualClock>,
    seed: u64,
) -> (Client, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let config = Config::load(None, environment(database.url(), &[])).expect("settings of the tests");
    let entropy: SharedEntropy = Arc::new(SeededEntropy::new(seed));
    let shared: SharedClock = Arc::clone(clock) as SharedClock;
    let app = App::build(config, shared, entropy).await.expect("the service starts");
    let endpoint = Endpoint::try_from(format!("http://{}", app.address())).expect("an address");
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(async move {
        app.run(async { drop(stopped.await) }).await.expect("the service serves");
    });
    (Client::new(endpoint.connect_lazy(), Engine::Postgres, None, None).once(), stop, ended)
}

#[test]
fn two_replicas_write_each_grant_that_ran_out_once() {
    run(async {
        let database = fresh(Engine::Postgres).await;
        let clock = Arc::new(ManualClock::at(Instant::from_micros(START).expect("a date")));
        let (client, stop_one, one) = replica(&database, &clock, 1).await;
        let (_, stop_other, other) = replica(&database, &clock, 2).await;

        let notice = story::settle_in(&client, "ours").await;
        let asked = v1::PolicyOverride {
            id: marks::id("short"),
            base_policy_id: "strict".to_owned(),
            expires_after_days: Some(10),
            ..v1::PolicyOverride::default()
        };
        let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
        client.settings().put_policy_override(put).await.expect("an override is stored");
        let evidence = || Some(story::evidence(&notice, "ours"));
        let yes = |number: u32| story::item(&format!("p{number}"), Answer::Grant, START, evidence());
        let batch = story::batch((0..995).map(yes).collect());
        client.consents().upsert_consents(batch).await.expect("a batch is answered");

        clock.advance(Duration::from_secs(10 * 86_400));
        let mut look = Look::at(database.url()).await.expect("the database opens");
        let mut turns = 0;
        // With those who settled in there are a thousand.
        while count(&mut look, "profile_version = 2").await < 1_000 {
            clock.advance(Duration::from_secs(40));
            turns += 1;
            assert!(turns < 10_000, "it never ends");
        }
        for _ in 0..50 {
            clock.advance(Duration::from_secs(40));
            assert_eq!(count(&mut look, "TRUE").await, 2_000, "each grant and its end");
        }
        assert_eq!(count(&mut look, "profile_version > 2").await, 0);
        for stop in [stop_one, stop_other] {
            drop(stop);
        }
        for ended in [one, other] {
            ended.await.expect("the service ends in order");
        }
    });
}

async fn count(look: &mut Look, whose: &str) -> usize {
    let count = format!("SELECT CAST(count(*) AS TEXT) FROM record WHERE {whose}");
    look.column(&count).await.expect("a count")[0].parse().expect("a number")
}
