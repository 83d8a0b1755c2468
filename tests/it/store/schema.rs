//! The schema: what was never migrated, what is ahead, what a service from before finds, and going back.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::TenantId;
use assent_migrations::{Migrator, MigratorTrait, SCHEMA, marker, migrate};
use assent_store::{Store, StoreError, StoreOptions};
use assent_tests::engine::{Database, Engine, empty};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};
use sea_orm::DatabaseConnection;

use super::people::{at, home, open};

#[apply(every_engine)]
async fn a_database_that_was_never_migrated_is_refused(engine: Engine) {
    let database = empty(engine).await;
    let store = open(database.url()).await;
    assert_eq!(store.check_schema().await, Err(StoreError::SchemaMissing));
    store.migrate().await.unwrap();
    assert_eq!(store.check_schema().await, Ok(()));
    store.migrate().await.unwrap();
}

#[apply(every_engine)]
async fn a_schema_the_program_does_not_know_is_refused_and_named(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let next = format!("UPDATE schema_marker SET schema_number = {}, oldest_service = {SCHEMA}", SCHEMA + 1);
    look.run(&next).await.unwrap();
    assert_eq!(home.store.check_schema().await, Ok(()), "the next schema, only expanded");
    look.run("UPDATE schema_marker SET schema_number = 9, oldest_service = 9").await.unwrap();
    let unknown = StoreError::SchemaUnknown { found: 9, known: SCHEMA };
    assert_eq!(home.store.check_schema().await, Err(unknown.clone()));
    assert_eq!(home.store.migrate().await, Err(unknown.clone()), "and nothing is changed in it");
    assert!(
        unknown.to_string().contains("schema 9") && unknown.to_string().contains(&format!("schema {SCHEMA}"))
    );
}

#[apply(every_engine)]
async fn every_change_can_be_taken_back_and_made_again(engine: Engine) {
    let home = home(engine).await;
    let database = sea_orm::Database::connect(home.database.url()).await.unwrap();
    Migrator::down(&database, None).await.unwrap();
    assert_eq!(home.store.check_schema().await, Err(StoreError::SchemaMissing));
    home.store.migrate().await.unwrap();
    assert_eq!(home.store.check_schema().await, Ok(()));
}

#[test]
fn both_spellings_of_a_postgresql_address_open_it_and_no_other_does() {
    assent_tests::engine::run(async {
        let database = empty(Engine::Postgres).await;
        let rest = database.url().split_once("://").unwrap().1;
        for scheme in ["postgres", "postgresql"] {
            open(&format!("{scheme}://{rest}")).await.close().await;
        }
        let unknown = Store::connect(&StoreOptions::new("mysql://root@127.0.0.1/assent")).await;
        assert_eq!(unknown.err(), Some(StoreError::Address));
    });
}

#[test]
fn a_database_nobody_answers_for_is_unavailable() {
    assent_tests::engine::run(async {
        let mut options = StoreOptions::new("postgres://nobody@127.0.0.1:1/nothing");
        options.acquire_timeout = std::time::Duration::from_millis(300);
        assert_eq!(Store::connect(&options).await.err(), Some(StoreError::Unavailable));
    });
}

/// A database that has all changes up to that one.
async fn as_of(engine: Engine, last: &str) -> (Database, DatabaseConnection) {
    let database = empty(engine).await;
    let connection = sea_orm::Database::connect(database.url()).await.unwrap();
    let migrations = Migrator::migrations();
    let place = migrations.iter().position(|migration| migration.name() == last).unwrap();
    Migrator::up(&connection, Some(u32::try_from(place + 1).unwrap())).await.unwrap();
    (database, connection)
}

/// The mark of the schema before this one.
const BEFORE: &str = "m0040_mark_schema_5";

/// Of each column of each table: its type, and whether a row may be made without naming it.
async fn columns(look: &mut Look) -> BTreeMap<String, (String, bool)> {
    let sql = match look {
        Look::Sqlite(_) => {
            "SELECT t.name || '.' || c.name, c.type, CAST(c.\"notnull\" = 0 OR c.dflt_value IS NOT NULL AS TEXT) \
             FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
        }
        Look::Postgres(_) => {
            "SELECT table_name || '.' || column_name, data_type || COALESCE(collation_name, ''), \
             CASE WHEN is_nullable = 'YES' OR column_default IS NOT NULL THEN '1' ELSE '0' END \
             FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let rows = look.rows(sql).await.unwrap().into_iter().map(|row| row.into_iter().map(Option::unwrap));
    rows.map(|mut row| (row.next().unwrap(), (row.next().unwrap(), row.next().unwrap() == "1"))).collect()
}

/// The indexes, as they were made.
async fn indexes(look: &mut Look) -> BTreeSet<String> {
    let sql = match look {
        Look::Sqlite(_) => {
            "SELECT tbl_name || ': ' || sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        }
        Look::Postgres(_) => {
            "SELECT tablename || ': ' || indexdef FROM pg_indexes WHERE schemaname = 'public'"
        }
    };
    look.column(sql).await.unwrap().into_iter().collect()
}

#[apply(every_engine)]
async fn this_schema_only_adds_to_the_one_before(engine: Engine) {
    let (database, connection) = as_of(engine, BEFORE).await;
    let mut look = Look::at(database.url()).await.unwrap();
    let before = (columns(&mut look).await, indexes(&mut look).await);
    assert!(before.0.len() > 100 && before.1.len() > 5, "the search finds what is there");
    migrate(&connection).await.unwrap();
    let after = (columns(&mut look).await, indexes(&mut look).await);
    let table = |column: &str| column.split('.').next().unwrap().to_owned();
    let known: BTreeSet<_> = before.0.keys().map(|column| table(column)).collect();
    for (column, kind) in &before.0 {
        assert_eq!(after.0.get(column), Some(kind), "{column}");
    }
    for (column, (_, optional)) in after.0.iter().filter(|(column, _)| !before.0.contains_key(*column)) {
        assert!(
            *optional || !known.contains(&table(column)),
            "{column} is not named by a service from before"
        );
    }
    assert_eq!(before.1.difference(&after.1).collect::<Vec<_>>(), Vec::<&String>::new());
    let binds =
        |index: &&String| index.contains("UNIQUE") && known.contains(index.split(':').next().unwrap());
    assert_eq!(after.1.difference(&before.1).find(binds), None);
    let marker = marker(&connection).await.unwrap().unwrap();
    assert_eq!(marker.schema, SCHEMA);
    assert!(marker.serves(SCHEMA - 1) && !marker.serves(SCHEMA - 2));
}

/// How a service of schema 5 begins a feed, and moves its head.
const OPENED: &str =
    "INSERT INTO feed_head (tenant, incarnation, position, chain, recorded_up_to, updated_at) VALUES";
const ADVANCED: &str = "UPDATE feed_head SET position = 7, recorded_up_to = 5, updated_at = 5 WHERE tenant";

fn zeros(look: &Look, bytes: usize) -> String {
    let zeros = "00".repeat(bytes);
    if matches!(look, Look::Sqlite(_)) { format!("X'{zeros}'") } else { format!("'\\x{zeros}'") }
}

#[apply(every_engine)]
async fn what_a_service_of_schema_5_writes_this_one_reads_and_what_this_one_trims_stays(engine: Engine) {
    let (database, connection) = as_of(engine, BEFORE).await;
    let mut look = Look::at(database.url()).await.unwrap();
    let head = |look: &Look, tenant: &str| {
        format!("{OPENED} ('{tenant}', {}, 0, {}, 1, 1)", zeros(look, 16), zeros(look, 32))
    };
    look.run(&head(&look, "tenant-a")).await.unwrap();
    migrate(&connection).await.unwrap();
    look.run(&head(&look, "tenant-b")).await.unwrap();
    let store = open(database.url()).await;
    for tenant in ["tenant-a", "tenant-b"] {
        let id = TenantId::new(tenant).unwrap();
        look.run(&format!("{ADVANCED} = '{tenant}'")).await.unwrap();
        let oldest = async || store.feed_head(&id).await.unwrap().unwrap().oldest_position;
        assert_eq!(oldest().await, 1, "{tenant}");
        assert_eq!(store.trim_feed(&id, at(0)).await, Ok(true));
        look.run(&format!("{ADVANCED} = '{tenant}'")).await.unwrap();
        assert_eq!(oldest().await, 8, "{tenant}");
    }
}

/// Of which columns of the queue of removals PostgreSQL holds values, after it has looked at all of them.
async fn sampled(look: &mut Look) -> Vec<String> {
    look.run("ANALYZE").await.unwrap();
    let sampled = "SELECT CAST(attname AS TEXT) FROM pg_statistic JOIN pg_attribute ON attrelid = starelid AND attnum = staattnum \
                   WHERE starelid = 'removal'::regclass AND attname IN ('profile', 'person', 'record_id') ORDER BY attname";
    look.column(sampled).await.unwrap()
}

#[test]
fn postgresql_keeps_no_values_of_whom_removals_name_and_loses_those_it_had() {
    assent_tests::engine::run(async {
        let (database, connection) = as_of(Engine::Postgres, "m0041_add_oldest_position").await;
        let mut look = Look::at(database.url()).await.unwrap();
        let fill = "INSERT INTO removal (tenant, record_id, series, profile_table, profile, person, effective_at, erases, next_at, last_at) \
                    SELECT 't', decode(lpad(to_hex(i), 32, '0'), 'hex'), 0, 'c', 'person-' || (i % 10), i % 10, i, 1, i, i \
                    FROM generate_series(1, 1000) AS s (i)";
        assert_eq!(look.run(fill).await.unwrap(), 1_000);
        assert_eq!(sampled(&mut look).await, ["person", "profile", "record_id"]);
        let named = "SELECT CAST(count(*) AS TEXT) FROM pg_stats WHERE most_common_vals::text LIKE '%person-%' \
                     OR histogram_bounds::text LIKE '%person-%'";
        assert_eq!(look.column(named).await.unwrap(), ["1"], "the search finds what is there");

        let place = "SELECT CAST(relfilenode AS TEXT) FROM pg_class WHERE relname IN ('removal', 'removal_pkey', 'removal_due')";
        let before = look.column(place).await.unwrap();
        migrate(&connection).await.unwrap();
        assert_eq!(look.column(place).await.unwrap(), before, "nothing is written anew");
        assert_eq!(look.column(named).await.unwrap(), ["0"], "what was known before is gone");
        assert_eq!(sampled(&mut look).await, ["record_id"]);
        assert_eq!(look.column(named).await.unwrap(), ["0"]);

        let since =
            Migrator::migrations().iter().rev().position(|one| one.name() == "m0041_add_oldest_position");
        Migrator::down(&connection, since.map(|since| u32::try_from(since).unwrap())).await.unwrap();
        assert_eq!(sampled(&mut look).await, ["person", "profile", "record_id"], "as it was");
        migrate(&connection).await.unwrap();
        assert_eq!(sampled(&mut look).await, ["record_id"]);
        assert_eq!(look.column("SELECT CAST(count(*) AS TEXT) FROM removal").await.unwrap(), ["1000"]);
    });
}
