//! The ceiling: the same row writes without the service, by the engine's own program from a committed file.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use assent_tests::postgres::programs;

use crate::ground::Ground;

/// What the shell says after each transaction.
const DONE: &str = "done";

/// How many transactions the shell has been told of before it is waited for: it never waits for us, and when the
/// time is over it is soon at its end.
const AHEAD: u64 = 16;

/// Runs a file again and again.
#[derive(Debug)]
pub(crate) struct Ceiling {
    /// Of the files in `sql`.
    pub(crate) name: &'static str,
    /// In which database.
    pub(crate) database: &'static str,
    /// How many at once; SQLite has one writer.
    pub(crate) callers: usize,
    /// How many items each transaction has.
    pub(crate) items: u64,
    /// What the file is told, by name: a variable of `pgbench`, a row of `given` in the shell.
    pub(crate) given: Vec<(&'static str, Given)>,
}

/// Something that a file is told.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    Number(i64),
    /// In hexadecimal.
    Bytes(String),
}

impl Ceiling {
    /// Runs it for about that long, and says how many transactions it made and how long it took.
    pub(crate) fn run(&self, ground: &Ground, time: Duration) -> (u64, Duration) {
        match ground {
            Ground::Sqlite(_) => self.sqlite(&ground.file(self.database), time),
            Ground::Postgres(cluster) => self.postgres(&cluster.server(), time),
        }
    }

    fn postgres(&self, server: &str, time: Duration) -> (u64, Duration) {
        let mut command = Command::new(programs().join("pgbench"));
        command.args(["-n", "-M", "prepared", "-j", "2", "-U", "assent", "-h", server]);
        command.arg("-c").arg(self.callers.to_string()).arg("-T").arg(time.as_secs().to_string());
        for (name, value) in &self.given {
            command.arg("-D").arg(match value {
                Given::Number(number) => format!("{name}={number}"),
                Given::Bytes(bytes) => format!("{name}={bytes}"),
            });
        }
        let told = command.arg("-f").arg(file(self.name, "postgres")).arg(self.database).output();
        let told = told.expect("pgbench runs");
        let text = String::from_utf8_lossy(&told.stdout);
        let figure = |line: &str| {
            let rest = text.lines().find_map(|found| found.strip_prefix(line))?;
            rest.split(['/', ' ']).find_map(|word| word.parse::<f64>().ok())
        };
        let made = figure("number of transactions actually processed:");
        if made == Some(0.0) && told.status.success() {
            // So busy a machine that not even the connections were open by then.
            return self.postgres(server, time * 2);
        }
        let (Some(made), Some(rate), true) = (made, figure("tps ="), told.status.success()) else {
            panic!("pgbench failed:\n{text}{}", String::from_utf8_lossy(&told.stderr));
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let count = made as u64;
        (count, Duration::from_secs_f64(made / rate))
    }

    /// The shell has no loop of its own: it is told to read the file again until the time is over, and what it was
    /// told by then it finishes.
    fn sqlite(&self, database: &Path, time: Duration) -> (u64, Duration) {
        let mut command = Command::new("sqlite3");
        command.args(["-batch", "-bail"]).arg(database).stdin(Stdio::piped()).stdout(Stdio::piped());
        let begun = Instant::now();
        let mut shell = command.spawn().expect("the shell sqlite3 is installed (apt-get install sqlite3)");
        let mut orders = shell.stdin.take().expect("a pipe, as asked for");
        let mut answers = BufReader::new(shell.stdout.take().expect("a pipe, as asked for")).lines();
        let mut say = |order: String| writeln!(orders, "{order}").expect("the shell listens");
        say(format!(".read '{}'", file("settings", "sqlite").display()));
        for (name, value) in &self.given {
            say(match value {
                Given::Number(number) => format!("INSERT INTO given VALUES ('{name}', {number});"),
                Given::Bytes(bytes) => format!("INSERT INTO given VALUES ('{name}', x'{bytes}');"),
            });
        }
        // What a consent consists of, if it was given.
        say(format!(".read '{}'", file("sample", "sqlite").display()));
        let again = format!(".read '{}'\n.print {DONE}", file(self.name, "sqlite").display());
        let (mut told, mut done) = (0, 0);
        while begun.elapsed() < time {
            say(again.clone());
            told += 1;
            while told - done >= AHEAD {
                let answer = answers.next().expect("the shell answers").expect("text");
                done += u64::from(answer == DONE);
            }
        }
        drop(orders);
        answers.for_each(drop);
        let ended = shell.wait().expect("a child is waited for");
        assert!(ended.success(), "the shell failed");
        (told, begun.elapsed())
    }
}

/// A committed file of `sql`.
pub(crate) fn file(name: &str, dialect: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("benches/sql/{name}.{dialect}.sql"))
}
