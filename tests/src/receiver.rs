//! A receiver of OpenTelemetry that others wrote (rotel, from PyPI): it takes what the service sends by OTLP over gRPC
//! and writes it down in its own words, which are read here.
//!
//! Between the two stands a wire that keeps every byte that passes, since a text leaves out what its writer does not know.

mod received;
mod wire;

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

pub use received::{Point, Received, Span};
use wire::Wire;

/// The running receiver. Dropped, it is killed.
#[derive(Debug)]
pub struct Receiver {
    process: Child,
    lines: mpsc::Receiver<String>,
    received: Received,
    wire: Wire,
}

impl Receiver {
    /// Starts a receiver and waits until it listens.
    ///
    /// # Panics
    /// When its Python environment, which `tests/run` makes, is not there, or it does not listen within a minute.
    #[must_use]
    pub fn start() -> Self {
        let program = program();
        // Its ports must be named, and another process may be quicker to take them.
        for _ in 0..10 {
            let (grpc, http) = (free_address(), free_address());
            let mut command = Command::new(&program);
            command.args(["start", "--exporter", "blackhole", "--batch-timeout", "50ms"]);
            command.args([
                "--debug-log",
                "traces",
                "--debug-log",
                "metrics",
                "--debug-log-verbosity",
                "detailed",
            ]);
            command.arg("--otlp-grpc-endpoint").arg(grpc.to_string());
            command.arg("--otlp-http-endpoint").arg(http.to_string());
            command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
            let mut process = command.spawn().expect("the receiver starts");
            let told = BufReader::new(process.stdout.take().expect("a pipe, as asked for"));
            let (sender, lines) = mpsc::channel();
            std::thread::spawn(move || {
                for line in told.lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
            if listens(&mut process, &lines, grpc) {
                return Self { process, lines, received: Received::default(), wire: Wire::to(grpc) };
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        panic!("the receiver does not listen");
    }

    /// Where it listens, for `telemetry.otlp_endpoint`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.wire.address())
    }

    /// Waits until what it received shows something.
    ///
    /// # Panics
    /// When a minute passes in which nothing more comes.
    pub fn wait_for(&mut self, what: &str, shown: impl Fn(&Received) -> bool) {
        while !shown(&self.received) {
            match self.lines.recv_timeout(Duration::from_secs(60)) {
                Ok(line) => self.received.take(&line),
                Err(error) => panic!("no {what} came ({error}):\n{:#?}", self.received),
            }
        }
    }

    /// Ends it, and gives all that it received.
    ///
    /// # Panics
    /// When it does not end.
    #[must_use]
    pub fn end(mut self) -> Received {
        let order = format!("kill -s TERM {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &order]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the receiver is there to be ended");
        while let Ok(line) = self.lines.recv() {
            self.received.take(&line);
        }
        let mut received = std::mem::take(&mut self.received);
        received.bytes = self.wire.bytes();
        received
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until somebody takes connections there; `false`: the process ended instead, or a minute passed.
fn listens(process: &mut Child, lines: &mpsc::Receiver<String>, address: SocketAddr) -> bool {
    for _ in 0..6000 {
        if TcpStream::connect(address).is_ok() {
            // Not if it is another's port.
            return matches!(process.try_wait(), Ok(None));
        }
        match lines.recv_timeout(Duration::from_millis(10)) {
            Ok(line) if line.contains("Failed") => return false,
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    false
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address")
}

fn program() -> PathBuf {
    let libraries = crate::target().join("python").join("lib");
    let found = std::fs::read_dir(&libraries).into_iter().flatten().flatten();
    let mut programs = found.map(|python| python.path().join("site-packages/rotel/rotel-agent"));
    programs.find(|program| program.is_file()).expect("the receiver is there: tests/run installs it")
}
