//! The binary as an operator meets it: how it starts, what it refuses, how it ends.

pub(crate) mod keys;
mod refusals;
pub(crate) mod tls;

use assent_tests::engine::{Engine, empty, fresh, run};
use assent_tests::process::{self, Process};

/// The text of what a command wrote to standard error.
fn told(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("plain text")
}

#[test]
fn with_no_configuration_it_makes_its_own_file_and_serves() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("assent.db").display());
    let settings = [("ASSENT_DATABASE__URL", url.as_str()), ("ASSENT_LISTEN__ADDRESS", "127.0.0.1:0")];
    let mut serving = Process::start(&["serve"], &settings);
    serving.address();
    assert!(serving.log().contains("there is no API key"), "an open service says so");
    assert!(serving.terminate().success());
    for name in ["assent.db", "assent.db.lock", "assent.db.secrets"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
}

#[test]
fn a_second_serve_on_the_same_file_is_refused_and_the_first_goes_on() {
    let database = run(fresh(Engine::Sqlite));
    let mut first = Process::serve(&database, &[]);
    let address = first.address();
    let mut second = Process::serve(&database, &[]);
    assert!(!second.wait().success());
    second.wait_for_line("another `assent serve` is using");
    std::net::TcpStream::connect(&address).expect("the first still listens");
    // The lock is the system's: a service that was killed leaves none behind.
    first.kill();
    Process::serve(&database, &[]).address();
}

#[test]
fn sigterm_ends_it_within_the_drain_whoever_stays_connected() {
    let database = run(fresh(Engine::Sqlite));
    let mut serving = Process::serve(&database, &[("SHUTDOWN__DRAIN_SECONDS", "1")]);
    let address = serving.address();
    // A connection that says nothing: it must not keep the service alive.
    let _idle = std::net::TcpStream::connect(address).expect("a connection");
    let (done, ended) = std::sync::mpsc::channel();
    let waiter = std::thread::spawn(move || {
        let status = serving.terminate();
        let _ = done.send(());
        status
    });
    ended.recv_timeout(std::time::Duration::from_secs(20)).expect("it ends within its bound");
    assert!(waiter.join().expect("the waiter").success());
}

#[test]
fn postgresql_is_migrated_by_its_own_command() {
    let database = run(empty(Engine::Postgres));
    let mut early = Process::serve(&database, &[]);
    assert!(!early.wait().success());
    early.wait_for_line("the database has no schema");

    let environment = assent_tests::app::environment(database.url(), &[]);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for _ in 0..2 {
        let migrated = process::run(&["migrate"], &environment);
        assert!(migrated.status.success(), "{}", told(&migrated));
    }
    Process::serve(&database, &[]).address();
}
