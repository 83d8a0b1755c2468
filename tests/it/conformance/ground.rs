//! What a course stands on: one database and the replicas that serve it. PostgreSQL is a cluster of its own with two
//! processes and one replica within; a file of SQLite takes one replica at a time, by turns a process and one within.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assent_service::clock::{Clock, SystemClock};
use assent_store::{Sequencer, StepSql};
use assent_tests::app::environment;
use assent_tests::engine::{Engine, empty_on};
use assent_tests::look::Look;
use assent_tests::postgres::{Cluster, Settings, Stop};
use assent_tests::process::{self, Process};
use tempfile::TempDir;

use super::directory::Directory;
use super::replica::{self, Within};
use crate::faults::{channel, settle};

/// How far the clock of the replica within is set back, each time.
const BACK: Duration = Duration::from_secs(3_600);

/// How far in the past a course begins: longer than changes are kept.
const PAST: Duration = Duration::from_secs(40 * 86_400);

/// The database of the course and its name among the cluster's.
const NAME: &str = "feed";

pub(super) struct Ground {
    pub(super) engine: Engine,
    pub(super) url: String,
    pub(super) directory: Arc<Directory>,
    /// Who was killed, in order, in words.
    pub(super) kills: Vec<String>,
    pub(super) cluster: Option<Cluster>,
    processes: Vec<(Process, String)>,
    within: Vec<Within>,
    folder: TempDir,
}

impl Ground {
    /// A fresh database and one replica, within this process, that numbers by those statements and lives in the past.
    pub(super) async fn make(engine: Engine, numbering: StepSql) -> Self {
        let folder = tempfile::Builder::new().prefix("assent-feed-").tempdir().expect("a temporary folder");
        let (cluster, url) = match engine {
            Engine::Sqlite => {
                (None, format!("sqlite://{}?mode=rwc", folder.path().join("feed.db").display()))
            }
            Engine::Postgres => {
                let cluster = Cluster::start(Settings::default());
                let url = empty_on(&cluster, NAME).await;
                let environment = environment(&url, &[]);
                let borrowed: Vec<_> =
                    environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                assert!(process::run(&["migrate"], &borrowed).status.success(), "the schema is made");
                (Some(cluster), url)
            }
        };
        let directory = Arc::new(Directory::default());
        let (kills, processes, within) = (Vec::new(), Vec::new(), Vec::new());
        let mut ground = Self { engine, url, directory, kills, cluster, processes, within, folder };
        ground.enter_within(numbering).await;
        ground.within[0].clock.set_back(PAST);
        settle(&channel(&ground.an_address())).await;
        ground
    }

    /// The present, as soon as what was written in the past is trimmed: with two processes on PostgreSQL, and the replica
    /// within an hour behind them; on SQLite with a process in its place.
    pub(super) async fn go_to_present(&mut self) {
        self.within[0].clock.set_forward(PAST);
        self.trimmed().await;
        if self.engine == Engine::Sqlite {
            self.stop_within().await;
            self.enter_process();
        } else {
            self.set_clock_back();
            self.enter_process();
            self.enter_process();
        }
    }

    /// Waits until housekeeping has taken something off the feed.
    async fn trimmed(&self) {
        let mut look = self.look().await;
        for _ in 0..3_000 {
            let oldest = "SELECT CAST(max(oldest_position) AS TEXT) FROM feed_head";
            if look.column(oldest).await.is_ok_and(|told| told != ["1"]) {
                return;
            }
            SystemClock::new().sleep(Duration::from_millis(20)).await;
        }
        panic!("nothing is ever trimmed");
    }

    /// The present, where all replicas are within: on PostgreSQL there are two.
    pub(super) async fn stay_within(&mut self, numbering: StepSql) {
        self.within[0].clock.set_forward(PAST);
        if self.engine == Engine::Postgres {
            self.enter_within(numbering).await;
        }
    }

    pub(super) async fn look(&self) -> Look {
        Look::at(&self.url).await.expect("the database opens")
    }

    /// The address of a replica that is not killed just now.
    pub(super) fn an_address(&self) -> String {
        let within = self.within.first().map(|within| within.address.clone());
        within.or_else(|| self.processes.first().map(|(_, address)| address.clone())).expect("a replica")
    }

    fn enter_process(&mut self) {
        let (process, address) = replica::process(&self.url);
        self.directory.enter(&address);
        self.processes.push((process, address));
    }

    async fn enter_within(&mut self, numbering: StepSql) {
        let within = Within::start(&self.url, numbering).await;
        self.directory.enter(&within.address);
        self.within.push(within);
    }

    /// Sets the clock of the replica within back, if one serves.
    pub(super) fn set_clock_back(&self) {
        if let Some(within) = self.within.first() {
            within.clock.set_back(BACK);
        }
    }

    /// Kills a process of the service by SIGKILL; callers find out by themselves. It is started again at once.
    pub(super) fn kill_process(&mut self, which: usize) {
        let which = which % self.processes.len();
        let (mut process, address) = self.processes.remove(which);
        self.kills.push(format!("service {}", process.id()));
        process.kill();
        self.directory.leave(&address);
        self.enter_process();
    }

    /// On SQLite: after the process was killed, the service within, an hour behind, takes its place for a while.
    pub(super) async fn kill_and_stand_in(&mut self, meanwhile: impl AsyncFnOnce(&Directory)) {
        let (mut process, address) = self.processes.remove(0);
        self.kills.push(format!("service {}", process.id()));
        process.kill();
        self.directory.leave(&address);
        self.enter_within(Sequencer::sql()).await;
        self.set_clock_back();
        meanwhile(&self.directory).await;
        self.stop_within().await;
        self.enter_process();
    }

    async fn stop_within(&mut self) {
        let within = self.within.remove(0);
        self.directory.leave(&within.address);
        within.stop().await;
    }

    /// Brings PostgreSQL down and starts it again.
    pub(super) fn kill_postgres(&mut self, how: Stop) {
        let cluster = self.cluster.as_ref().expect("a cluster");
        self.kills.push(format!("postgres {} ({how:?})", cluster.process()));
        cluster.stop(how);
        cluster.restart();
    }

    /// Copies the database as it is now; PostgreSQL is down meanwhile.
    pub(super) async fn back_up(&self) {
        match &self.cluster {
            None => {
                let copy = format!("VACUUM INTO '{}'", self.backup().display());
                self.look().await.run(&copy).await.expect("a copy");
            }
            Some(cluster) => {
                cluster.stop(Stop::Fast);
                cluster.copy_to(&self.backup());
                cluster.restart();
            }
        }
    }

    /// Puts the copy in the database's place. PostgreSQL's replicas stay and are not told; SQLite's process is killed
    /// before.
    pub(super) fn restore(&mut self) {
        if let Some(cluster) = &self.cluster {
            cluster.stop(Stop::Fast);
            cluster.replace_by(&self.backup());
            cluster.restart();
            return;
        }
        let (mut process, address) = self.processes.remove(0);
        self.kills.push(format!("service {}", process.id()));
        process.kill();
        self.directory.leave(&address);
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(self.folder.path().join(format!("feed.db{end}")));
        }
        std::fs::rename(self.backup(), self.folder.path().join("feed.db")).expect("the copy is there");
        self.enter_process();
    }

    /// A file beside the database, for whoever keeps something.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn backup(&self) -> PathBuf {
        self.folder.path().join("backup")
    }

    /// Ends all that serves, in order.
    pub(super) async fn end(&mut self) {
        for within in self.within.drain(..) {
            self.directory.leave(&within.address);
            within.stop().await;
        }
        for (mut process, address) in self.processes.drain(..) {
            self.directory.leave(&address);
            process.terminate();
        }
    }
}
