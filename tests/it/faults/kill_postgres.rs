//! PostgreSQL is killed while callers write; the service stays, and serves again by itself.

use std::time::Duration;

use assent_tests::app::environment;
use assent_tests::engine::{empty_on, run};
use assent_tests::marks;
use assent_tests::postgres::{Cluster, Settings, Stop};
use assent_tests::process::{self, Process};

use super::census::{Census, verify};
use super::chance::Chance;
use super::writers::{Writers, answers, send_again};
use super::{channel, length, settle, settled_down};

/// Calls do not wait long for a connection, or for a database that is gone.
pub(super) const IMPATIENT: [(&str, &str); 3] = [
    ("DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1"),
    ("DATABASE__STATEMENT_TIMEOUT_SECONDS", "2"),
    ("DATABASE__TRANSACTION_TIMEOUT_SECONDS", "3"),
];

/// A database of a cluster of its own, migrated as an operator would.
pub(super) async fn migrated_on(cluster: &Cluster) -> String {
    let url = empty_on(cluster, "faults").await;
    let environment = environment(&url, &[]);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(process::run(&["migrate"], &environment).status.success());
    url
}

/// A service on such a database.
pub(super) fn serve_on(cluster: &Cluster) -> (Process, String, String) {
    let url = run(migrated_on(cluster));
    let environment = environment(&url, &IMPATIENT);
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut service = Process::start(&["serve"], &environment);
    let address = service.address();
    (service, address, url)
}

/// Kills the database some time later, or stops it as hard as it can itself, and starts it again some time after.
pub(super) fn kill_and_restart(cluster: &Cluster, round: usize, chance: &mut Chance) {
    std::thread::sleep(Duration::from_micros(chance.below(400_000)));
    cluster.stop(if round.is_multiple_of(2) { Stop::Kill } else { Stop::Immediate });
    std::thread::sleep(Duration::from_micros(chance.below(300_000)));
    cluster.restart();
}

#[test]
fn a_killed_postgresql_loses_nothing_that_was_acknowledged() {
    let (rounds, seed) = length();
    let cluster = Cluster::start(Settings::default());
    let (_service, address, url) = serve_on(&cluster);
    run(async {
        let channel = channel(&address);
        settle(&channel).await;
        let mut chance = Chance::seeded(seed);
        let mut sent = Vec::new();
        for round in 0..rounds {
            let writers = Writers::start(std::slice::from_ref(&address), round, seed, answers);
            writers.wait_for(20);
            kill_and_restart(&cluster, round, &mut chance);
            // The same service, the same connections of its callers.
            writers.wait_for(20);
            sent.extend(writers.stop().await);
            settled_down(&url).await;
            let census = Census::take(&channel, &sent).await;
            census.hold_against(&sent);
            verify(&channel, census.head).await;
        }

        let unknown = sent.iter().filter(|sent| !sent.acknowledged()).count();
        assert!(unknown > 0, "nobody noticed that the database was killed");
        for sent in &mut sent {
            sent.told = Ok(send_again(&channel, &sent.request).await);
        }
        let after = Census::take(&channel, &sent).await;
        after.hold_against(&sent);
        let items: usize = sent.iter().map(|sent| sent.request.items.len()).sum();
        assert_eq!(after.head, items as u64, "a repeated request wrote again");
        verify(&channel, after.head).await;
        println!("{rounds} kills, {items} items, {unknown} requests without an answer");
    });
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}
