//! The service and the client are killed while a list is imported: every line is on record once, as if nothing had happened.

use std::io::{BufRead, BufReader, Lines};
use std::net::TcpListener;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use assent_tests::engine::{Database, Engine, fresh};
use assent_tests::list::List;
use assent_tests::look::Look;
use assent_tests::process::Process;
use assent_tests::{apply, every_engine, marks, story};

use super::census::verify;
use super::chance::Chance;
use super::{channel, length, settle, settled_down};

/// How many lines the list has; each kill meets another part of it.
const LINES: u64 = 4_000;

/// A client in a process of its own.
struct Importer {
    process: Child,
    told: Lines<BufReader<ChildStdout>>,
}

impl Importer {
    fn start(list: &List) -> Self {
        let program = assent_tests::target().join("debug").join("import-list");
        assert!(program.is_file(), "it is not built: cargo build -p assent-tests --bins");
        let mut command = Command::new(program);
        command.args(list.words()).env_clear().stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the program starts");
        let told = BufReader::new(process.stdout.take().expect("a pipe, as asked for")).lines();
        Self { process, told }
    }

    /// The next acknowledgement, or the totals at the end.
    fn next(&mut self) -> String {
        self.told.next().expect("the client goes on").expect("text")
    }

    /// What it says last.
    fn totals(mut self) -> String {
        let last = loop {
            let line = self.next();
            if let Some(totals) = line.strip_prefix("ended ") {
                break totals.to_owned();
            }
        };
        assert!(self.process.wait().expect("a child is waited for").success());
        last
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().expect("a child is waited for");
    }
}

impl Drop for Importer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn serve(database: &Database, address: &str) -> Process {
    // Slices that are small and rested from, so that kills meet the midst of chunks.
    let settings = [
        ("LISTEN__ADDRESS", address),
        ("IMPORT__LINES_PER_TRANSACTION", "20"),
        ("IMPORT__REST_PERCENT", "50"),
    ];
    let mut process = Process::serve(database, &settings);
    assert_eq!(process.address(), address);
    process
}

pub(super) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").to_string()
}

fn list(address: &str) -> List {
    List {
        address: address.to_owned(),
        key: String::new(),
        table: story::people(),
        id: marks::id("list"),
        lines: LINES,
        chunk_lines: 150,
        even: false,
    }
}

/// How many records there are of everybody, and which of each kind in which order of their dates.
async fn on_record(database: &Database) -> Vec<String> {
    let mut look = Look::at(database.url()).await.expect("the database answers");
    let of_everybody = "SELECT profile || ' ' || CAST(count(*) AS TEXT) || ' ' || CAST(max(profile_version) AS TEXT) \
                        FROM record GROUP BY profile ORDER BY 1";
    let states = match database.engine() {
        Engine::Sqlite => "SELECT profile || ' ' || hex(states) FROM profile ORDER BY 1",
        Engine::Postgres => "SELECT profile || ' ' || upper(encode(states, 'hex')) FROM profile ORDER BY 1",
    };
    let mut all = look.column(of_everybody).await.expect("records");
    // Record ids are made anew in each run; how long a state row is tells how many series it has.
    all.extend(look.column(states).await.expect("profiles").into_iter().map(|row| {
        let (who, states) = row.split_once(' ').expect("two columns");
        format!("{who} {}", states.len())
    }));
    all
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn an_import_that_is_killed_on_either_side_comes_to_the_same_as_one_that_is_not(engine: Engine) {
    let (rounds, seed) = length();
    let whole = {
        let database = fresh(engine).await;
        let address = free_address();
        let mut service = serve(&database, &address);
        settle(&channel(&address)).await;
        let totals = Importer::start(&list(&address)).totals();
        service.terminate();
        (totals, on_record(&database).await)
    };

    let database = fresh(engine).await;
    let address = free_address();
    let mut service = serve(&database, &address);
    settle(&channel(&address)).await;
    let mut chance = Chance::seeded(seed);
    let mut importer = Importer::start(&list(&address));
    let (mut of_service, mut of_client) = (0, 0);
    for _ in 0..rounds {
        for _ in 0..=chance.below(3) {
            importer.next();
        }
        std::thread::sleep(Duration::from_micros(chance.below(60_000)));
        if chance.below(2) == 0 {
            service.kill();
            settled_down(database.url()).await;
            service = serve(&database, &address);
            of_service += 1;
        } else {
            importer.kill();
            importer = Importer::start(&list(&address));
            of_client += 1;
        }
    }
    let totals = importer.totals();
    assert_eq!(
        (totals, on_record(&database).await),
        whole,
        "{of_service} kills of the service, {of_client} of the client"
    );
    let head = {
        let mut look = Look::at(database.url()).await.expect("the database answers");
        let records = look.column("SELECT CAST(count(*) AS TEXT) FROM record").await.expect("a count");
        records[0].parse().expect("a number")
    };
    verify(&channel(&address), head).await;
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
    println!("{of_service} kills of the service, {of_client} of the client, {head} records");
}
