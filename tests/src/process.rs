//! The real binary as a process of its own, for tests that kill it or speak to it as a stranger would.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::engine::Database;
use crate::marks;

/// The built binary, which `tests/run` (or `cargo build -p assent-service`) makes.
///
/// # Panics
/// When it is not there.
#[must_use]
pub fn binary() -> PathBuf {
    let path = crate::target().join("debug").join("assent");
    assert!(path.is_file(), "the binary is not built: cargo build -p assent-service");
    path
}

/// A command of the binary that sees nothing of this process's environment but the PATH.
#[must_use]
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

/// Runs a command of the binary to its end.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    command(arguments).envs(environment.iter().copied()).output().expect("the binary starts")
}

/// A running service. Dropped, it is killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Receiver<String>,
    log: Vec<String>,
}

impl Process {
    /// Starts the binary; what it logs is read along, and a mark in it is heard ([`marks::heard`]).
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(arguments);
        command.envs(environment.iter().copied()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let told = BufReader::new(child.stderr.take().expect("a pipe, as asked for"));
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in told.lines().map_while(Result::ok) {
                marks::overhear(&line);
                let _ = sender.send(line);
            }
        });
        Self { child, lines, log: Vec::new() }
    }

    /// Starts `assent serve` on a database, with settings as in the environment (`("LIMITS__CONCURRENT_CALLS", "1")`);
    /// it is not ready yet.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn serve(database: &Database, settings: &[(&str, &str)]) -> Self {
        let environment = crate::app::environment(database.url(), settings);
        let borrowed: Vec<_> =
            environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self::start(&["serve"], &borrowed)
    }

    /// Waits until it serves, and gives its address.
    ///
    /// # Panics
    /// When it ends or a minute passes before that; what it logged is in the message.
    pub fn address(&mut self) -> String {
        let line = self.wait_for_line("serving");
        let address = line.split("address=").nth(1).and_then(|rest| rest.split_whitespace().next());
        address.expect("the line says where").to_owned()
    }

    /// Waits for a line of the log that holds `words`, and gives it.
    ///
    /// # Panics
    /// When the process ends or a minute passes without it; what it logged is in the message.
    pub fn wait_for_line(&mut self, words: &str) -> String {
        while let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) {
            self.log.push(line.clone());
            if line.contains(words) {
                return line;
            }
        }
        panic!("no line with {words:?} came:\n{}", self.log.join("\n"));
    }

    /// What it logged so far.
    pub fn log(&mut self) -> String {
        self.log.extend(self.lines.try_iter());
        self.log.join("\n")
    }

    /// Its number among the processes.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    ///
    /// # Panics
    /// When it cannot be looked at.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a child is looked at").is_some()
    }

    /// Ends it at once, as a crash would, and waits until it is gone.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        self.child.wait().expect("a child is waited for");
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().expect("a child is waited for")
    }

    /// Sends it a signal by name, such as `STOP`.
    ///
    /// # Panics
    /// When there is no shell.
    pub fn signal(&self, name: &str) {
        let order = format!("kill -s {name} {}", self.child.id());
        let sent = Command::new("sh").args(["-c", &order]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the process is there to be signalled");
    }

    /// Waits until it ends by itself.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().expect("a child is waited for")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
