//! The service is killed while callers write to it.

use std::time::Duration;

use assent_tests::app::environment;
use assent_tests::engine::{Database, Engine, fresh};
use assent_tests::process::Process;
use assent_tests::{apply, every_engine, marks};

use super::census::{Census, verify};
use super::chance::Chance;
use super::writers::{Writers, answers, send_again};
use super::{channel, length, settle, settled_down};

/// The replicas that serve one database, with their addresses.
pub(super) struct Replicas {
    environment: Vec<(String, String)>,
    running: Vec<(Process, String)>,
}

impl Replicas {
    /// One on SQLite, where a second is refused; two on PostgreSQL.
    pub(super) fn start(database: &Database) -> Self {
        Self::at(database.engine(), database.url(), &[])
    }

    /// The same, with settings of their own.
    pub(super) fn at(engine: Engine, url: &str, settings: &[(&str, &str)]) -> Self {
        let number = if engine == Engine::Sqlite { 1 } else { 2 };
        let environment = environment(url, settings);
        let running = (0..number).map(|_| serve(&environment)).collect();
        Self { environment, running }
    }

    pub(super) fn addresses(&self) -> Vec<String> {
        self.running.iter().map(|(_, address)| address.clone()).collect()
    }

    /// Kills one of them, or all; says which.
    pub(super) fn kill(&mut self, chance: &mut Chance) -> Vec<usize> {
        let number = self.running.len();
        let chosen = usize::try_from(chance.below(number as u64 + 1)).expect("a small number");
        let victims: Vec<usize> = (0..number).filter(|one| chosen == number || *one == chosen).collect();
        for victim in &victims {
            self.running[*victim].0.kill();
        }
        victims
    }

    pub(super) fn start_again(&mut self, victims: Vec<usize>) {
        for victim in victims {
            self.running[victim] = serve(&self.environment);
        }
    }
}

fn serve(environment: &[(String, String)]) -> (Process, String) {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut process = Process::start(&["serve"], &environment);
    let address = process.address();
    (process, address)
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_killed_service_loses_nothing_that_it_acknowledged(engine: Engine) {
    let (rounds, seed) = length();
    let database = fresh(engine).await;
    let mut replicas = Replicas::start(&database);
    settle(&channel(&replicas.addresses()[0])).await;
    let mut chance = Chance::seeded(seed);
    let mut sent = Vec::new();
    let mut lost_answers = 0;
    for round in 0..rounds {
        let writers = Writers::start(&replicas.addresses(), round, seed, answers);
        writers.wait_for(20);
        std::thread::sleep(Duration::from_micros(chance.below(400_000)));
        let victims = replicas.kill(&mut chance);
        sent.extend(writers.stop().await);
        settled_down(database.url()).await;
        replicas.start_again(victims);

        let channel = channel(&replicas.addresses()[0]);
        let census = Census::take(&channel, &sent).await;
        census.hold_against(&sent);
        verify(&channel, census.head).await;
        // Some callers ask again at once, what became of theirs; others only at the end.
        for sent in sent.iter_mut().filter(|sent| !sent.acknowledged()) {
            lost_answers += usize::from(census.holds(sent));
            if chance.below(2) == 0 {
                sent.told = Ok(send_again(&channel, &sent.request).await);
            }
        }
    }

    let channel = channel(&replicas.addresses()[0]);
    let before = Census::take(&channel, &sent).await;
    before.hold_against(&sent);
    for sent in &mut sent {
        let again = send_again(&channel, &sent.request).await;
        assert_eq!(again.results.len(), sent.request.items.len());
        sent.told = Ok(again);
    }
    let after = Census::take(&channel, &sent).await;
    after.hold_against(&sent);
    let items: usize = sent.iter().map(|sent| sent.request.items.len()).sum();
    assert_eq!(after.head, items as u64, "a repeated request wrote again");
    verify(&channel, after.head).await;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    println!("{rounds} kills, {items} items, {lost_answers} stored requests whose answer was lost");
}
