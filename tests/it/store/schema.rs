//! The schema: what was never migrated, what is ahead, and going back.

use assent_migrations::{Migrator, MigratorTrait, SCHEMA};
use assent_store::{Store, StoreError, StoreOptions};
use assent_tests::engine::{Engine, empty};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{home, open};

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
