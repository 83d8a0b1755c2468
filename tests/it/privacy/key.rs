//! The key by which the erased are known again: with another one nobody would be, so nothing is served with it.

use std::sync::Arc;

use assent_domain::time::Instant;
use assent_service::app::App;
use assent_service::clock::ManualClock;
use assent_service::config::Config;
use assent_service::entropy::SeededEntropy;
use assent_store::{Store, StoreError, StoreOptions, TombstoneKey};
use assent_tests::app::environment;
use assent_tests::engine::fresh;
use assent_tests::{apply, every_engine};

use super::*;

/// Starts the service with that key, to be let go at once; absent: with the one of the tests.
async fn starts(url: &str, key: Option<&str>) -> Result<(), String> {
    let mut settings = environment(url, &[]);
    for (name, value) in &mut settings {
        if let (true, Some(key)) = (name.ends_with("TOMBSTONE_KEY"), key) {
            key.clone_into(value);
        }
    }
    let config = Config::load(None, settings).expect("settings of the tests");
    let clock = Arc::new(ManualClock::at(Instant::from_micros(START).expect("a date")));
    let app = App::build(config, clock, Arc::new(SeededEntropy::new(1))).await;
    app.map(drop).map_err(|error| error.to_string())
}

#[apply(every_engine)]
async fn a_database_is_served_with_the_key_that_it_was_first_served_with_and_no_other(engine: Engine) {
    let database = fresh(engine).await;
    starts(database.url(), None).await.expect("the first key");
    starts(database.url(), None).await.expect("the same key");
    let refused = starts(database.url(), Some(&"71".repeat(32))).await.expect_err("another key");
    assert!(!refused.contains("7171"), "{refused}");
    starts(database.url(), None).await.expect("the first key again");

    let with = async |key: u8| {
        let mut options = StoreOptions::new(database.url());
        options.tombstones = Some(TombstoneKey::new([key; 32]));
        Store::connect(&options).await.expect("the database opens").check_tombstone_key().await
    };
    assert_eq!(with(0x70).await, Ok(()));
    assert_eq!(with(0x71).await, Err(StoreError::KeyChanged));
}
