//! The real service, at its most talkative, with everything that it writes in files.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use assent_tests::process;
use flate2::Compression;
use flate2::write::GzEncoder;

/// A running service. Dropped, it is killed.
#[derive(Debug)]
pub(super) struct Service {
    child: Child,
    /// Where it listens.
    pub(super) address: String,
    log: PathBuf,
}

impl Service {
    /// Starts it in the working folder `work`; it writes its log, the one of that number, to the folder `logs`: in text
    /// where the number is even, else in JSON.
    pub(super) fn start(work: &Path, logs: &Path, number: usize, environment: &[(String, String)]) -> Self {
        let log = logs.join(format!("{number}.log"));
        let file = File::options().create(true).append(true).open(&log).expect("a file for the log");
        let mut command = process::command(&["serve"]);
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let format = if number.is_multiple_of(2) { "text" } else { "json" };
        command.env("ASSENT_TELEMETRY__LOG_FORMAT", format).env("TMPDIR", work).current_dir(work);
        command.stdout(Stdio::from(file.try_clone().expect("one more of it"))).stderr(Stdio::from(file));
        let mut child = command.spawn().expect("the binary starts");
        let address = address(&mut child, &log);
        Self { child, address, log }
    }

    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its log.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Ends it at once, as a crash would, and packs its log.
    pub(super) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        pack(&self.log);
    }

    /// Holds it as it is (`STOP`), or lets it go on (`CONT`).
    pub(super) fn signal(&self, name: &str) {
        let order = format!("kill -s {name} {}", self.id());
        let sent = std::process::Command::new("sh").args(["-c", &order]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the process is there to be signalled");
    }

    /// Asks it to end, and waits until it has told all that it had to tell.
    pub(super) fn terminate(&mut self) {
        self.signal("TERM");
        assert!(self.child.wait().expect("a child is waited for").success(), "it ends in order");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it says that it serves.
fn address(child: &mut Child, log: &Path) -> String {
    for _ in 0..6_000 {
        let told = fs::read_to_string(log).unwrap_or_default();
        let address = told.lines().find(|line| line.contains("serving")).and_then(|line| {
            let digits = line.split("127.0.0.1:").nth(1)?;
            Some(digits.split(|letter: char| !letter.is_ascii_digit()).next()?.to_owned())
        });
        if let Some(port) = address {
            return format!("127.0.0.1:{port}");
        }
        let ended = child.try_wait().expect("a child is looked at");
        assert!(ended.is_none(), "the service does not start:\n{told}");
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the service does not serve within a minute");
}

/// As whoever rotates logs does.
fn pack(log: &Path) {
    let told = fs::read(log).expect("a log");
    let packed = File::create(log.with_extension("log.gz")).expect("a file for the packed log");
    let mut packed = GzEncoder::new(packed, Compression::fast());
    packed.write_all(&told).and_then(|()| packed.finish()).expect("the log is packed");
    fs::remove_file(log).expect("the log is packed and gone");
}
