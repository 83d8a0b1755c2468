//! The service and the client are killed while interactions are streamed: every batch that was acknowledged is there, none is there
//! by half, and when the rest is sent again each interaction is recorded once.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use assent_tests::engine::{Database, fresh};
use assent_tests::look::Look;
use assent_tests::process::Process;
use assent_tests::streamed::numbered::EACH;
use assent_tests::{apply, every_engine, marks};

use super::chance::Chance;
use super::kill_import::free_address;
use super::recorded::Recorded;
use super::recorders::settle;
use super::{channel, length, settled_down};

/// How many batches there are; each kill meets another part of them.
const BATCHES: u64 = 1_500;

/// A client in a process of its own.
struct Streamer {
    process: Child,
    told: Lines<BufReader<ChildStdout>>,
}

impl Streamer {
    fn start(address: &str, from: u64) -> Self {
        let program = assent_tests::target().join("debug").join("stream-batches");
        assert!(program.is_file(), "it is not built: cargo build -p assent-tests --bins");
        let mut command = Command::new(program);
        command.args([address, &from.to_string(), &(BATCHES - 1).to_string()]).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("the program starts");
        let told = BufReader::new(process.stdout.take().expect("a pipe, as asked for")).lines();
        Self { process, told }
    }

    /// The next acknowledgement: which batch, how many of it were recorded and how many were known. A last line may be cut.
    fn next(&mut self) -> Option<[u64; 3]> {
        let line = self.told.next()?.ok()?;
        let words: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        words.try_into().ok()
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().expect("a child is waited for");
    }
}

impl Drop for Streamer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the clients were told.
#[derive(Default)]
struct Acknowledged {
    next: u64,
    recorded: u64,
    known: u64,
}

impl Acknowledged {
    fn take(&mut self, [number, recorded, known]: [u64; 3]) {
        assert_eq!(number, self.next, "in order, and each once");
        assert_eq!(recorded + known, EACH, "all of a batch is judged");
        self.next += 1;
        self.recorded += recorded;
        self.known += known;
    }
}

fn serve(database: &Database, address: &str) -> Process {
    let mut process = Process::serve(database, &[("LISTEN__ADDRESS", address)]);
    assert_eq!(process.address(), address);
    process
}

/// How many interactions of each batch there are, by when they occurred.
async fn there(database: &Database) -> BTreeMap<u64, u64> {
    let mut look = Look::at(database.url()).await.expect("the database answers");
    let rows = look.column("SELECT CAST(occurred_at AS TEXT) FROM interaction").await.expect("rows");
    let mut batches = BTreeMap::new();
    for row in rows {
        let at: i64 = row.parse().expect("a number");
        let nth = u64::try_from(at - (assent_tests::app::START - 86_400_000_000)).expect("ours");
        *batches.entry(nth / EACH).or_default() += 1;
    }
    batches
}

async fn hold_against(database: &Database, acknowledged: &Acknowledged) {
    let there = there(database).await;
    assert!(there.values().all(|count| *count == EACH), "a batch is there by half: {there:?}");
    for number in 0..acknowledged.next {
        assert!(there.contains_key(&number), "batch {number} was acknowledged and is lost");
    }
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn a_stream_that_is_killed_on_either_side_loses_nothing_and_records_nothing_twice(engine: Engine) {
    let (rounds, seed) = length();
    let database = fresh(engine).await;
    let address = free_address();
    let mut service = serve(&database, &address);
    settle(&channel(&address)).await;
    let mut chance = Chance::seeded(seed);
    let mut acknowledged = Acknowledged::default();
    let mut streamer = Streamer::start(&address, 0);
    let (mut of_service, mut of_client) = (0, 0);
    for _ in 0..rounds {
        for _ in 0..=chance.below(60) {
            streamer.next().into_iter().for_each(|told| acknowledged.take(told));
        }
        std::thread::sleep(Duration::from_micros(chance.below(30_000)));
        if chance.below(2) == 0 {
            service.kill();
            of_service += 1;
        } else {
            streamer.kill();
            of_client += 1;
        }
        // What it said before it ended.
        while let Some(told) = streamer.next() {
            acknowledged.take(told);
        }
        settled_down(database.url()).await;
        hold_against(&database, &acknowledged).await;
        if service.has_ended() {
            service = serve(&database, &address);
        }
        streamer = Streamer::start(&address, acknowledged.next);
    }
    while let Some(told) = streamer.next() {
        acknowledged.take(told);
    }
    assert_eq!(acknowledged.next, BATCHES, "all are acknowledged in the end");
    hold_against(&database, &acknowledged).await;
    let recorded = Recorded::take(&channel(&address), database.url(), &[]).await;
    assert_eq!(recorded.count() as u64, BATCHES * EACH, "each once");
    let Acknowledged { recorded, known, .. } = acknowledged;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    println!(
        "{of_service} kills of the service, {of_client} of the client, {recorded} told recorded, {known} known"
    );
}
