//! A PostgreSQL cluster that a test may stop, kill and restart.
//!
//! The server is held by a small shell program (`watchdog.sh`) at the other end of a pipe. When this
//! process ends, even by SIGKILL, the pipe closes; then the watchdog stops the server and removes its folder.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use super::OWNER;
use super::install::{self, User};

/// What may differ between clusters.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether a commit waits for the disk. On, unless a test needs speed and kills nothing.
    pub fsync: bool,
    /// Further lines of `postgresql.conf`, such as `deadlock_timeout = 100ms`.
    pub lines: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { fsync: true, lines: Vec::new() }
    }
}

/// How a server is brought down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// As an operator would: open transactions are rolled back, connections closed.
    Fast,
    /// As `pg_ctl stop -m immediate`: no checkpoint, so that the next start recovers from the log.
    Immediate,
    /// As a loss of power: SIGKILL to every process at once.
    Kill,
}

impl Stop {
    const fn signal(self) -> &'static str {
        match self {
            Self::Fast => "INT",
            Self::Immediate => "QUIT",
            Self::Kill => "KILL",
        }
    }
}

/// A running cluster. Dropped, it is stopped and its folder removed before the drop returns.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    watchdog: Mutex<Watchdog>,
}

#[derive(Debug)]
struct Watchdog {
    process: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// Makes a cluster and starts its server; takes about a second and a half.
    #[must_use]
    pub fn start(settings: Settings) -> Self {
        Self::on_files(&settings, |folder, user| {
            make_files(&install::programs().join("initdb"), folder, user)
        })
    }

    /// Starts a server on a copy of the files that [`Cluster::keep`] put there.
    #[must_use]
    pub fn start_from(kept: &Path, settings: &Settings) -> Self {
        Self::on_files(settings, |folder, _| copy_files(kept, &folder.join("data")))
    }

    /// Ends the server and puts its files there, which must not exist.
    pub fn keep(self, there: &Path) {
        self.stop(Stop::Fast);
        copy_files(&self.folder.join("data"), there);
    }

    /// Copies the files of a server that is down; nothing may be there.
    pub fn copy_to(&self, there: &Path) {
        copy_files(&self.folder.join("data"), there);
    }

    /// Puts such a copy in the place of the files of a server that is down.
    ///
    /// # Panics
    /// When the files cannot be removed.
    pub fn replace_by(&self, copy: &Path) {
        let data = self.folder.join("data");
        fs::remove_dir_all(&data).expect("the cluster's own folder");
        copy_files(copy, &data);
    }

    fn on_files(settings: &Settings, make: impl FnOnce(&Path, Option<User>)) -> Self {
        let user = User::other_than_root();
        let folder =
            tempfile::Builder::new().prefix("assent-pg-").tempdir().expect("a temporary folder").keep();
        if let Some(user) = user {
            user.own(&folder);
        }
        let watchdog = Mutex::new(Watchdog::start(&install::programs().join("postgres"), &folder, user));
        let cluster = Self { folder, watchdog };
        make(&cluster.folder, user);
        configure(&cluster.folder, settings);
        cluster.restart();
        cluster
    }

    /// The folder of the socket, by which [`super::database_url`] names the server.
    #[must_use]
    pub fn server(&self) -> String {
        self.folder.to_str().expect("a temporary folder has a plain name").to_owned()
    }

    /// The address of one of its databases.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        super::database_url(&self.server(), database)
    }

    /// Brings the server down; returns when its processes are gone. The files stay.
    pub fn stop(&self, how: Stop) {
        self.order(how.signal());
    }

    /// Starts a stopped server; returns when it takes connections.
    ///
    /// # Panics
    /// When it is not ready within a minute; the server's log is in the message.
    pub fn restart(&self) {
        let process = self.order("start");
        let state = self.folder.join("data/postmaster.pid");
        for _ in 0..6_000 {
            if fs::read_to_string(&state).is_ok_and(|text| is_ready(&text, &process)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the server is not ready after a minute:\n{}", self.log());
    }

    /// The number of the server's first process, as its own file says; what it was when the server is down.
    ///
    /// # Panics
    /// When it was never started.
    #[must_use]
    pub fn process(&self) -> String {
        let state =
            fs::read_to_string(self.folder.join("data/postmaster.pid")).expect("a server was started");
        state.lines().next().unwrap_or_default().to_owned()
    }

    /// Holds the server as it is: connections stay open and nothing answers, as behind a dead network.
    pub fn freeze(&self) {
        self.order("freeze");
    }

    /// Ends [`Cluster::freeze`].
    pub fn thaw(&self) {
        self.order("thaw");
    }

    /// What the server wrote to its log so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn order(&self, order: &str) -> String {
        self.watchdog.lock().expect("orders do not panic").order(order)
    }
}

/// The server's own file says its process on the first line and its state on the eighth. A killed server
/// leaves the file behind, so that the process has to be looked at too.
fn is_ready(state: &str, process: &str) -> bool {
    let line = |number: usize| state.lines().nth(number).map(str::trim);
    line(0) == Some(process) && line(7) == Some("ready")
}

impl Watchdog {
    fn start(postgres: &Path, folder: &Path, user: Option<User>) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("watchdog.sh"), "watchdog"]).arg(postgres).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).current_dir(folder);
        // A group of its own, so that an interrupt at the terminal reaches the test and not the server.
        command.process_group(0);
        if let Some(user) = user {
            user.run(&mut command);
        }
        let mut process = command.spawn().expect("a shell");
        let orders = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().expect("a pipe, as asked for"));
        Self { process, orders, answers }
    }

    fn order(&mut self, order: &str) -> String {
        writeln!(self.orders.as_mut().expect("open until the drop"), "{order}")
            .expect("the watchdog listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the watchdog answers");
        answer.trim().to_owned()
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.orders = None;
        let _ = self.process.wait();
    }
}

/// Owners and modes included, without which the server refuses its files.
fn copy_files(from: &Path, to: &Path) {
    let copied = Command::new("cp").args(["-a", "--reflink=auto"]).arg(from).arg(to).status();
    assert!(copied.is_ok_and(|status| status.success()), "the cluster's files are copied");
}

fn make_files(initdb: &Path, folder: &Path, user: Option<User>) {
    let mut command = Command::new(initdb);
    command.arg("-D").arg(folder.join("data")).args(["-U", OWNER, "-A", "trust", "--no-sync"]);
    // Not bytewise, so that a column that forgot its COLLATE "C" sorts wrongly in a test.
    command.args(["-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=und"]);
    command.current_dir(folder);
    if let Some(user) = user {
        user.run(&mut command);
    }
    let made = command.output().expect("initdb runs");
    assert!(made.status.success(), "initdb failed:\n{}", String::from_utf8_lossy(&made.stderr));
}

/// Of a setting that stands there twice the last holds.
fn configure(folder: &Path, settings: &Settings) {
    let file = folder.join("data/postgresql.conf");
    let mut text = fs::read_to_string(&file).expect("initdb wrote it");
    let fsync = if settings.fsync { "on" } else { "off" };
    let own = [
        "listen_addresses = ''".to_owned(),
        format!("unix_socket_directories = '{}'", folder.display()),
        "max_connections = 300".to_owned(),
        "shared_buffers = 256MB".to_owned(),
        "wal_compression = lz4".to_owned(),
        format!("fsync = {fsync}"),
        "timezone = UTC".to_owned(),
        "log_timezone = UTC".to_owned(),
    ];
    for line in own.iter().chain(&settings.lines) {
        text.push_str(line);
        text.push('\n');
    }
    fs::write(&file, text).expect("the cluster's own folder");
}
