//! A database, a service and a receiver of what it tells, all of which can be searched to the last file.

use std::fs;
use std::path::{Path, PathBuf};

use assent_tests::app::environment;
use assent_tests::engine::{Engine, empty_on};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings, dumped};
use assent_tests::process;
use assent_tests::receiver::Receiver;
use tempfile::TempDir;

use super::caller::Caller;
use super::service::Service;

/// The database's name on PostgreSQL.
const DATABASE: &str = "canary";

/// The ground.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) engine: Engine,
    /// `data` (of SQLite), `work`, `logs` and `journal`.
    folder: TempDir,
    cluster: Option<Cluster>,
    /// Until it was ended to see all that it received.
    pub(super) receiver: Option<Receiver>,
    environment: Vec<(String, String)>,
    pub(super) url: String,
    pub(super) service: Service,
    runs: usize,
    /// What callers were answered, as bytes.
    pub(super) exports: Vec<Vec<u8>>,
}

impl Ground {
    /// An empty database of the engine and a service on it. `more` stands in the service's environment too.
    pub(super) async fn start(engine: Engine, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::Builder::new().prefix("assent-canary-").tempdir().expect("a temporary folder");
        for name in ["data", "work", "logs", "journal"] {
            fs::create_dir(folder.path().join(name)).expect("a folder of our own");
        }
        let (cluster, url) = match engine {
            Engine::Sqlite => {
                let file = folder.path().join("data/assent.db");
                (None, format!("sqlite://{}?mode=rwc", file.display()))
            }
            Engine::Postgres => {
                let cluster = Cluster::start(settings());
                let url = empty_on(&cluster, DATABASE).await;
                (Some(cluster), url)
            }
        };
        let receiver = Receiver::start();
        let endpoint = receiver.endpoint();
        let journal = folder.path().join("journal");
        let settings = [
            ("ERASURE__JOURNAL", journal.to_str().expect("a plain name")),
            ("TELEMETRY__OTLP_ENDPOINT", endpoint.as_str()),
            ("TELEMETRY__LOG_LEVEL", "trace"),
            ("TELEMETRY__METRICS_INTERVAL_SECONDS", "1"),
            // An erasure is complete when the longest transaction is over.
            ("DATABASE__STATEMENT_TIMEOUT_SECONDS", "2"),
            ("DATABASE__TRANSACTION_TIMEOUT_SECONDS", "3"),
        ];
        let mut environment = environment(&url, &settings);
        if engine == Engine::Sqlite {
            // It makes its keys itself.
            environment.retain(|(name, _)| !name.starts_with("ASSENT_SECRETS__"));
        } else {
            assert!(process::run(&["migrate"], &borrowed(&environment)).status.success());
        }
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let service =
            Service::start(&folder.path().join("work"), &folder.path().join("logs"), 0, &environment);
        let (receiver, exports) = (Some(receiver), Vec::new());
        Self { engine, folder, cluster, receiver, environment, url, service, runs: 1, exports }
    }

    /// Kills the service.
    pub(super) fn kill(&mut self) {
        self.service.kill();
    }

    /// Starts the next service.
    pub(super) fn start_again(&mut self) {
        let (work, logs) = (self.folder("work"), self.folder("logs"));
        self.service = Service::start(&work, &logs, self.runs, &self.environment);
        self.runs += 1;
    }

    /// Makes a key with those roles.
    pub(super) fn key(&self, tenant: &str, roles: &str) -> String {
        let made = ["keys", "make", "--tenant", tenant, "--roles", roles];
        let told = process::run(&made, &borrowed(&self.environment));
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).expect("plain text").trim().to_owned()
    }

    /// Somebody who calls with that key.
    pub(super) fn caller(&self, key: &str) -> Caller {
        Caller::at(&self.service.address, key)
    }

    /// A look past the service.
    pub(super) async fn look(&self) -> Look {
        Look::at(&self.url).await.expect("the database opens")
    }

    /// Runs one order after another, past the service.
    pub(super) async fn order(&self, orders: &[&str]) {
        let mut look = self.look().await;
        for order in orders {
            look.run(order).await.unwrap_or_else(|error| panic!("{order}: {error}"));
        }
    }

    /// Puts everything that the database only remembers on the disk, so that a search sees it. Nothing is cleared away.
    pub(super) async fn write_out(&self) {
        if self.engine == Engine::Postgres {
            self.order(&["CHECKPOINT"]).await;
        }
    }

    /// PostgreSQL's statistics hold values of columns, and it gathers them when it likes: the worst that may happen before
    /// somebody is erased. SQLite's are gathered by whoever asks it to, which the service does not.
    pub(super) async fn gather_statistics(&self) {
        if self.engine == Engine::Postgres {
            self.order(&["ANALYZE"]).await;
        }
    }

    /// What an operator does after an erasure, so that nothing stays on the disk either: every table is written anew, on
    /// PostgreSQL with new statistics, and nothing of the old log is left.
    ///
    /// PostgreSQL gathers none of a table that has become empty, as the queue of removals does, and keeps those of before.
    ///
    /// On SQLite the service overwrites what it deletes and cuts the log by itself. That leaves about one deleted key in ten
    /// thousand in the file: where SQLite moves rows from page to page it does not always overwrite the gap.
    pub(super) async fn clear_away(&self) {
        match self.engine {
            Engine::Sqlite => self.order(&["VACUUM"]).await,
            Engine::Postgres => {
                let outdated =
                    "DELETE FROM pg_statistic USING pg_class WHERE starelid = oid AND reltuples = 0";
                self.order(&["ANALYZE", outdated, "VACUUM FULL"]).await;
            }
        }
        self.cut_log().await;
    }

    /// Leaves nothing in the database's log of what was written so far.
    pub(super) async fn cut_log(&self) {
        match self.engine {
            Engine::Sqlite => {
                for _ in 0..200 {
                    self.order(&["PRAGMA wal_checkpoint(TRUNCATE)"]).await;
                    let log = fs::metadata(self.data().join("assent.db-wal"));
                    // A reader in its midst keeps it from being cut.
                    if log.map_or(0, |log| log.len()) == 0 {
                        return;
                    }
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                panic!("the log is never cut");
            }
            Engine::Postgres => {
                let forget = ["ALTER SYSTEM SET wal_keep_size = 0", "SELECT pg_reload_conf()"];
                let switch = ["CHECKPOINT", "SELECT pg_switch_wal()"];
                let keep = ["ALTER SYSTEM RESET wal_keep_size", "SELECT pg_reload_conf()"];
                self.order(&[&forget[..], &switch, &switch, &switch, &["CHECKPOINT"], &keep].concat()).await;
            }
        }
    }

    /// Every file that the database wrote.
    pub(super) fn data(&self) -> PathBuf {
        self.cluster.as_ref().map_or_else(|| self.folder("data"), |own| Path::new(&own.server()).join("data"))
    }

    /// How many lines the journal of erasures has, those that say which key its marks are made with left out.
    pub(super) fn journalled(&self) -> usize {
        let files = fs::read_dir(self.folder("journal")).expect("a folder").flatten();
        let texts = files.map(|file| fs::read_to_string(file.path()).expect("a text"));
        texts.map(|text| text.lines().filter(|line| !line.starts_with("assent ")).count()).sum()
    }

    /// `data` (of SQLite), `work`, `logs` or `journal`.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What PostgreSQL's server wrote about itself.
    pub(super) fn server_log(&self) -> Option<PathBuf> {
        self.cluster.as_ref().map(|cluster| Path::new(&cluster.server()).join("log"))
    }

    /// A dump as an operator makes it.
    pub(super) async fn dump(&self) -> Vec<u8> {
        if let Some(cluster) = &self.cluster {
            return dumped(&cluster.server(), DATABASE);
        }
        let apart = tempfile::tempdir().expect("a temporary folder");
        let file = apart.path().join("copy.db");
        self.order(&[&format!("VACUUM INTO '{}'", file.display())]).await;
        fs::read(file).expect("the copy")
    }
}

/// Its log keeps everything until it is told otherwise, and then nothing: a segment that is used again would still hold
/// what it held. Neither log nor values are packed so that a word is torn apart (LZ4 leaves its first one whole). Nobody cuts its power.
fn settings() -> Settings {
    let lines = [
        "wal_compression = off",
        "wal_keep_size = 4GB",
        "wal_recycle = off",
        "default_toast_compression = lz4",
        "log_error_verbosity = verbose",
        "log_lock_waits = on",
    ];
    Settings { fsync: false, lines: lines.map(str::to_owned).to_vec() }
}

fn borrowed(environment: &[(String, String)]) -> Vec<(&str, &str)> {
    environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
