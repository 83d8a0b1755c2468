//! The service and the client are killed while a recorder streams: whatever its caller was told is on record is there, each
//! interaction once, and in the end all of them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel as pipe};
use std::time::Duration;

use assent_tests::engine::{Database, Engine, fresh};
use assent_tests::feeder::Feeder;
use assent_tests::look::Look;
use assent_tests::process::Process;
use assent_tests::{apply, every_engine, marks, story};

use super::chance::Chance;
use super::kill_import::free_address;
use super::{channel, length, recorders, settled_down};

/// How many interactions there are; each kill meets others.
const INTERACTIONS: u64 = 6_000;

/// A client in a process of its own.
struct Client {
    process: Child,
    lines: Receiver<String>,
    /// The numbers of what it was told is on record.
    there: BTreeSet<u64>,
    ended: Option<String>,
}

impl Client {
    fn start(address: &str) -> Self {
        let program = assent_tests::target().join("debug").join("record-interactions");
        assert!(program.is_file(), "it is not built: cargo build -p assent-tests --bins");
        let feeder = Feeder {
            address: address.to_owned(),
            table: story::people(),
            interactions: INTERACTIONS,
            batch: 20,
        };
        let mut command = Command::new(program);
        command.args(feeder.words()).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        let told = BufReader::new(process.stdout.take().expect("a pipe, as asked for"));
        let (sender, lines) = pipe();
        std::thread::spawn(move || {
            for line in told.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { process, lines, there: BTreeSet::new(), ended: None }
    }

    /// Takes one line; false: there will be none.
    fn line(&mut self) -> bool {
        let line = self.lines.recv_timeout(Duration::from_secs(60));
        line.inspect(|line| self.heard(line)).is_ok()
    }

    fn heard(&mut self, line: &str) {
        match line.split_once(' ') {
            Some(("there", number)) => _ = self.there.insert(number.parse().expect("a number")),
            Some(("ended", counts)) => self.ended = Some(counts.to_owned()),
            _ => panic!("{line}"),
        }
    }

    /// Waits until it was told of so many more, or has ended.
    fn wait_for(&mut self, more: u64) {
        for _ in 0..more {
            if self.ended.is_some() {
                return;
            }
            assert!(self.line(), "the client goes on");
        }
    }

    /// Takes what it said until now.
    fn catch_up(&mut self) {
        while let Ok(line) = self.lines.try_recv() {
            self.heard(&line);
        }
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().expect("a child is waited for");
        while self.line() {}
    }

    /// How many it took, and how many of them were recorded and on record already.
    fn totals(mut self) -> [u64; 3] {
        while self.ended.is_none() && self.line() {}
        assert!(self.process.wait().expect("a child is waited for").success());
        let counts = self.ended.clone().expect("it said so");
        let counts: Vec<u64> = counts.split(',').map(|count| count.parse().expect("a number")).collect();
        counts.try_into().expect("three counts")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(database: &Database, address: &str) -> Process {
    let mut process = Process::serve(database, &[("LISTEN__ADDRESS", address)]);
    assert_eq!(process.address(), address);
    process
}

/// The ids that are on record, each once.
async fn on_record(database: &Database) -> BTreeSet<String> {
    let mut look = Look::at(database.url()).await.expect("the database answers");
    let sql = match database.engine() {
        Engine::Sqlite => "SELECT lower(hex(interaction_id)) FROM interaction",
        Engine::Postgres => "SELECT encode(interaction_id, 'hex') FROM interaction",
    };
    let rows = look.column(sql).await.expect("rows");
    let ids: BTreeSet<String> = rows.iter().cloned().collect();
    assert_eq!(ids.len(), rows.len(), "an interaction is there twice");
    ids
}

fn ids(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<String> {
    numbers.into_iter().map(|number| Feeder::interaction(number).id.to_string().replace('-', "")).collect()
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_recorder_that_is_killed_on_either_side_loses_nothing_it_was_told_of(engine: Engine) {
    let (rounds, seed) = length();
    let database = fresh(engine).await;
    let address = free_address();
    let mut service = serve(&database, &address);
    recorders::settle(&channel(&address)).await;
    let mut chance = Chance::seeded(seed);
    let mut client = Client::start(&address);
    let mut there = BTreeSet::new();
    let (mut of_service, mut of_client, mut stopped, mut runs) = (0, 0, 0, 1);
    for _ in 0..rounds {
        client.wait_for(1 + chance.below(900));
        std::thread::sleep(Duration::from_micros(chance.below(30_000)));
        let victim = chance.below(3);
        match victim {
            0 => {
                client.kill();
                of_client += 1;
            }
            1 => {
                service.kill();
                of_service += 1;
            }
            _ => {
                // It acknowledges what it has read, and the recorder goes on with the next.
                assert!(service.terminate().success());
                stopped += 1;
            }
        }
        client.catch_up();
        there.append(&mut client.there.clone());
        settled_down(database.url()).await;
        let found = on_record(&database).await;
        let lost = ids(there.iter().copied()).difference(&found).count();
        assert_eq!(lost, 0, "of {} that were told to be there", there.len());
        // Whichever is gone is started again; a client that came to its end begins anew.
        if victim > 0 {
            service = serve(&database, &address);
        }
        if victim == 0 || client.ended.is_some() {
            client = Client::start(&address);
            runs += 1;
        }
    }
    let [taken, recorded, duplicate] = client.totals();
    assert_eq!((taken, recorded + duplicate), (INTERACTIONS, INTERACTIONS));
    assert_eq!(on_record(&database).await, ids(1..=INTERACTIONS));
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    println!(
        "{of_service} kills and {stopped} stops of the service, {of_client} kills of the client, {runs} runs; \
         {} were told to be there by the last kill, {duplicate} of the last run were on record already",
        there.len()
    );
}
