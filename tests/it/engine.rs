//! The ground itself: databases are fresh, apart from each other, and gone afterwards.

use assent_tests::engine::{Database, Engine, empty, empty_on, fresh, fresh_with};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings, Stop};
use assent_tests::{apply, every_engine};

async fn open(database: &Database) -> Look {
    Look::at(database.url()).await.expect("a fresh database opens")
}

async fn migrated(engine: Engine) -> Database {
    fresh_with(engine, "ground", |url| async move {
        let mut look = Look::at(&url).await.expect("an empty database opens");
        look.run("CREATE TABLE word (text TEXT NOT NULL)").await.expect("a table");
    })
    .await
}

#[apply(every_engine)]
async fn two_databases_share_nothing(engine: Engine) {
    let (one, other) = (migrated(engine).await, migrated(engine).await);
    let mut writer = open(&one).await;
    writer.run("INSERT INTO word VALUES ('here')").await.expect("a migrated table");

    let rows = open(&other).await.column("SELECT text FROM word").await.expect("a migrated table");

    assert!(rows.is_empty());
}

#[apply(every_engine)]
async fn a_fresh_database_has_the_schema(engine: Engine) {
    let database = fresh(engine).await;

    assert!(open(&database).await.column("SELECT tenant FROM api_key").await.expect("a table").is_empty());
}

#[apply(every_engine)]
async fn an_empty_database_has_no_table(engine: Engine) {
    let database = empty(engine).await;

    assert!(open(&database).await.column("SELECT text FROM word").await.is_err());
}

#[apply(every_engine)]
async fn a_database_goes_with_its_test(engine: Engine) {
    let database = migrated(engine).await;
    let url = database.url().replace("mode=rwc", "mode=rw");
    let _left_open = open(&database).await;

    drop(database);

    assert!(Look::at(&url).await.is_err());
}

#[tokio::test]
async fn a_commit_outlives_a_killed_server() {
    let cluster = Cluster::start(Settings::default());
    let url = empty_on(&cluster, "assent").await;
    let mut look = Look::at(&url).await.expect("a running server");
    look.run("CREATE TABLE word (text TEXT); INSERT INTO word VALUES ('kept')").await.expect("a commit");

    for how in [Stop::Kill, Stop::Immediate, Stop::Fast] {
        cluster.stop(how);
        assert!(Look::at(&url).await.is_err(), "the server is down");
        cluster.restart();

        let mut look = Look::at(&url).await.expect("a restarted server");
        assert_eq!(look.column("SELECT text FROM word").await.expect("a table"), ["kept"]);
    }
}

#[test]
fn nothing_is_left_of_a_dropped_cluster() {
    let cluster = Cluster::start(Settings { fsync: false, lines: Vec::new() });
    let folder = std::path::PathBuf::from(cluster.server());
    assert!(folder.is_dir());

    drop(cluster);

    assert!(!folder.exists());
}
