//! What befalls the database beside kills: pauses and rollbacks inside transactions, a person's row that a stranger
//! holds, connections that are ended, a long transaction elsewhere in the cluster, and a trim of all but the latest.

use std::time::Duration;

use assent_domain::id::TenantId;
use assent_domain::time::Span;
use assent_service::clock::{Clock, SystemClock};
use assent_store::{Store, StoreOptions};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::marks;

use super::ground::Ground;
use super::write::shared;

/// A transaction that writes or numbers dawdles now and then before it goes on, or is rolled back and run again.
/// SQLite has nothing to wait with inside a statement; there a stranger holds the file instead.
const DAWDLING: &str = "
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF random() < 0.05 THEN PERFORM pg_sleep(random() * 0.06); END IF;
        IF random() < 0.01 THEN RAISE EXCEPTION 'rolled back' USING ERRCODE = '40001'; END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER dawdle AFTER INSERT ON pending FOR EACH STATEMENT EXECUTE FUNCTION dawdle();
    CREATE TRIGGER dawdle AFTER INSERT ON ledger FOR EACH STATEMENT EXECUTE FUNCTION dawdle();";

/// Lets transactions dawdle from now on.
pub(super) async fn dawdle(ground: &Ground) {
    if ground.engine == Engine::Postgres {
        ground.look().await.run(DAWDLING).await.expect("triggers");
    }
}

/// Ends that.
pub(super) async fn hurry(ground: &Ground) {
    if ground.engine == Engine::Postgres {
        let drop = "DROP TRIGGER dawdle ON pending; DROP TRIGGER dawdle ON ledger;";
        ground.look().await.run(drop).await.expect("no triggers");
    }
}

/// A stranger holds the row of somebody whom all write about for that long; on SQLite the whole file.
pub(super) async fn hold(ground: &Ground, number: u64, span: Duration) {
    let mut stranger = ground.look().await;
    let begun = match ground.engine {
        Engine::Sqlite => stranger.run("PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE").await,
        Engine::Postgres => {
            let who = marks::id(&shared(&ground.directory, number));
            let row = format!("BEGIN; SELECT 1 FROM profile WHERE profile = '{who}' FOR UPDATE");
            stranger.run(&row).await
        }
    };
    if begun.is_ok() {
        SystemClock::new().sleep(span).await;
        let _ = stranger.run("ROLLBACK").await;
    }
}

/// Ends a few of the service's connections to PostgreSQL; says the process of each.
pub(super) async fn end_connections(ground: &Ground) -> Vec<String> {
    if ground.engine == Engine::Sqlite {
        return Vec::new();
    }
    let end = "SELECT CAST(pid AS TEXT) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid() AND pg_terminate_backend(pid) LIMIT 3";
    // Where the server goes down meanwhile, all of them end.
    ground.look().await.column(end).await.unwrap_or_default()
}

/// How much of the feed a trim leaves: whoever reads in good time has read what went.
const LATEST: Span = Span::from_secs(5);

/// Takes all but the latest off the feed, as housekeeping takes what has outlived its retention.
pub(super) async fn trim(ground: &Ground, tenant: &str) {
    let store = Store::connect(&StoreOptions::new(&ground.url)).await.expect("the database opens");
    let tenant = TenantId::new(tenant.to_owned()).expect("a tenant");
    let kept_from = SystemClock::new().now().minus(LATEST);
    let trimmed = store.trim_feed(&tenant, kept_from).await.expect("a trim");
    store.close().await;
    println!("trimmed: {}", if trimmed { "all but the latest" } else { "there was nothing" });
}

/// A long transaction in another database of the cluster, until it is dropped; SQLite has no other one.
pub(super) async fn elsewhere(ground: &Ground) -> Option<Look> {
    let cluster = ground.cluster.as_ref()?;
    let mut admin = Look::at(&cluster.url("postgres")).await.expect("the cluster answers");
    // From an earlier one.
    let _ = admin.run("CREATE DATABASE elsewhere").await;
    let mut long = Look::at(&cluster.url("elsewhere")).await.expect("the cluster answers");
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; \
                 CREATE TEMP TABLE held (n INT); INSERT INTO held VALUES (1);";
    long.run(begin).await.expect("a long transaction begins");
    Some(long)
}
