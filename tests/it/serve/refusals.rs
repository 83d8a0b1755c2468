//! What stops the start, and the sentence that says so.

use assent_tests::engine::{Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::process::{self, Process};

use super::told;

#[test]
fn every_problem_of_the_configuration_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("assent.toml");
    std::fs::write(&file, "[limits]\nconcurent_calls = 1\n").expect("a file");
    let file = file.to_str().expect("plain text");
    let wrong = [("ASSENT_LISTEN__ADDRESS", "nowhere"), ("ASSENT_DATABASE__URL", "mysql://hunter2@host")];
    for command in ["serve", "check-config", "migrate"] {
        let refused = process::run(&["--config", file, command], &wrong);
        assert!(!refused.status.success());
        let told = told(&refused);
        for path in ["limits.concurent_calls", "listen.address", "database.url"] {
            assert!(told.contains(path), "{path} is missing in {told}");
        }
        assert!(!told.contains("hunter2"), "{told}");
    }
    let usable = process::run(&["check-config"], &[]);
    assert!(usable.status.success(), "{}", told(&usable));
}

#[test]
fn an_address_that_others_can_reach_needs_a_key() {
    let database = run(fresh(Engine::Sqlite));
    let mut refused = Process::serve(&database, &[("LISTEN__ADDRESS", "0.0.0.0:0")]);
    assert!(!refused.wait().success());
    refused.wait_for_line("assent keys make");
}

#[test]
fn a_schema_that_it_does_not_know_stops_the_start() {
    for engine in Engine::ALL {
        let database = run(fresh(engine));
        run(async {
            let mut look = Look::at(database.url()).await.expect("a connection");
            look.run("UPDATE schema_marker SET schema_number = 99, oldest_service = 99")
                .await
                .expect("a marker");
        });
        let mut refused = Process::serve(&database, &[]);
        assert!(!refused.wait().success(), "{}", engine.name());
        refused.wait_for_line("schema 99");
    }
}

#[test]
fn another_key_for_tombstones_stops_the_start_for_the_erased_would_be_strangers() {
    for engine in Engine::ALL {
        let database = run(fresh(engine));
        Process::serve(&database, &[]).address();
        let other = "77".repeat(32);
        let mut refused = Process::serve(&database, &[("SECRETS__TOMBSTONE_KEY", &other)]);
        assert!(!refused.wait().success(), "{}", engine.name());
        refused.wait_for_line("secrets.tombstone_key) is not the one");
        Process::serve(&database, &[]).address();
    }
}

#[test]
fn a_file_of_keys_that_cannot_be_read_stops_the_start_and_stays() {
    let database = run(fresh(Engine::Sqlite));
    let secrets = format!("{}.secrets", database.file().expect("a file").display());
    std::fs::write(&secrets, "cursor_key = \"short\"").expect("a file");
    let url = database.url();
    let settings = [("ASSENT_DATABASE__URL", url), ("ASSENT_LISTEN__ADDRESS", "127.0.0.1:0")];
    let mut refused = Process::start(&["serve"], &settings);
    assert!(!refused.wait().success());
    refused.wait_for_line("does not hold keys");
    assert_eq!(std::fs::read_to_string(&secrets).expect("still there"), "cursor_key = \"short\"");
}
