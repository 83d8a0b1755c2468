//! The service in a process of its own, so that its CPU is told apart from its caller's: this program once more.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::OnceLock;

use assent_service::cli::Cli;
use clap::Parser;

use crate::noop;

/// Stands on the command line of the process that serves.
pub(crate) const ORDER: &str = "serve";

/// Whether this process is one that serves, `order` being what it is to do.
pub(crate) fn is_asked_for(order: &str) -> bool {
    std::env::args().nth(1).as_deref() == Some(order)
}

/// Serves as the binary does, until it is told to end.
pub(crate) fn run() {
    let ended = Cli::parse().run(std::env::vars());
    assert_eq!(ended, ExitCode::SUCCESS, "the service failed");
}

/// What is in the environment of every service besides what the measurement wants there.
static GIVEN: OnceLock<Vec<(String, String)>> = OnceLock::new();

/// Gives every service that starts from now on those variables.
pub(crate) fn give(variables: Vec<(String, String)>) {
    GIVEN.set(variables).expect("they are given once");
}

/// A running service. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Service {
    process: Child,
    pub(crate) address: String,
}

impl Service {
    pub(crate) fn start(url: &str) -> Self {
        Self::start_with(url, &[])
    }

    /// One with some settings as in the environment.
    pub(crate) fn start_with(url: &str, settings: &[(&str, &str)]) -> Self {
        Self::told(ORDER, assent_tests::app::environment(url, settings))
    }

    /// One that does nothing.
    pub(crate) fn start_noop() -> Self {
        Self::told(noop::ORDER, Vec::new())
    }

    /// The real binary, as an operator starts it.
    pub(crate) fn start_binary(binary: &Path, url: &str) -> Self {
        Self::begun(Command::new(binary), ORDER, assent_tests::app::environment(url, &[]))
    }

    fn told(order: &str, variables: Vec<(String, String)>) -> Self {
        let program = std::env::current_exe().expect("a program from a file");
        Self::begun(Command::new(program), order, variables)
    }

    fn begun(mut command: Command, order: &str, variables: Vec<(String, String)>) -> Self {
        command.arg(order).env_clear().envs(variables);
        command.envs(GIVEN.get().into_iter().flatten().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("a program that is there starts");
        let mut told = BufReader::new(process.stderr.take().expect("a pipe, as asked for")).lines();
        let mut log = String::new();
        let address = loop {
            let line = told.next().unwrap_or_else(|| panic!("the service ended:\n{log}")).expect("text");
            match line.split("address=").nth(1).filter(|_| line.contains("serving")) {
                Some(rest) => break rest.split_whitespace().next().unwrap_or_default().to_owned(),
                None => log.push_str(&line),
            }
        };
        // What it says later is read, so that it never waits for a reader, and shown: it should say nothing.
        std::thread::spawn(move || told.map_while(Result::ok).for_each(|line| println!("  service: {line}")));
        Self { process, address }
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) {
        let order = format!("kill -s TERM {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &order]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the service is there to be ended");
        self.process.wait().expect("a child is waited for");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
