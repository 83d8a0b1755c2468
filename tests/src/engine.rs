//! The two engines, and a fresh database of either kind for one test.
//!
//! A test that must hold on both engines is written once and stamped twice:
//!
//! ```text
//! #[apply(every_engine)]
//! async fn a_commit_survives_a_restart(engine: Engine) {
//!     let database = fresh(engine).await;
//!     // …
//! }
//! ```
//!
//! which makes `a_commit_survives_a_restart::sqlite` and `a_commit_survives_a_restart::postgres`.
//!
//! Deliberately not here: the schema, which the store brings along; a test of another schema says how it is made.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};

use assent_store::{Store, StoreOptions};
use tempfile::TempDir;

use crate::look::Look;
use crate::postgres;

/// Where a service keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Engine {
    /// The embedded default: one file.
    Sqlite,
    /// Production: a database of the test run's own cluster.
    Postgres,
}

impl Engine {
    /// Both, in the order in which they are reported.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The word that stands in test names and in the matrix.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A database that belongs to one test and goes with it.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
    url: String,
    keep: Keep,
}

/// What has to be removed when the test is over.
#[derive(Debug)]
enum Keep {
    Folder(TempDir),
    Named { server: String, name: String },
}

impl Database {
    /// The engine it lives on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// The address by which the service opens it: `sqlite://…?mode=rwc` or `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The file of an SQLite database; nothing on PostgreSQL.
    #[must_use]
    pub fn file(&self) -> Option<std::path::PathBuf> {
        match &self.keep {
            Keep::Folder(folder) => Some(folder.path().join(SQLITE_FILE)),
            Keep::Named { .. } => None,
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Keep::Named { server, name } = &self.keep {
            postgres::admin::drop_database(server, name);
        }
    }
}

const SQLITE_FILE: &str = "assent.db";

/// A database without any table.
pub async fn empty(engine: Engine) -> Database {
    match engine {
        Engine::Sqlite => sqlite_file(),
        Engine::Postgres => {
            let server = postgres::shared_server();
            let name = next_name();
            postgres::admin::create_database(&server, &name, None).await;
            named(server, name)
        }
    }
}

/// A database with the schema of this release.
pub async fn fresh(engine: Engine) -> Database {
    fresh_with(engine, "assent", |url| async move {
        let store = Store::connect(&StoreOptions::new(url)).await.expect("an empty database opens");
        store.migrate().await.expect("an empty database takes the schema");
    })
    .await
}

/// A database with the schema that `migrate` makes when it is given the address of an empty one.
///
/// On PostgreSQL `migrate` is called once per cluster and `template`; each test then gets a copy, which
/// takes about a tenth of a second. Two ways to migrate need two template names (lower case, digits and `_`).
pub async fn fresh_with<F>(engine: Engine, template: &str, migrate: impl FnOnce(String) -> F) -> Database
where
    F: Future<Output = ()>,
{
    match engine {
        Engine::Sqlite => {
            let database = sqlite_file();
            migrate(database.url.clone()).await;
            database
        }
        Engine::Postgres => {
            let server = postgres::shared_server();
            postgres::admin::ensure_template(&server, template, migrate).await;
            let name = next_name();
            postgres::admin::create_database(&server, &name, Some(template)).await;
            named(server, name)
        }
    }
}

/// A copy of a database as it is now, as somebody who puts a backup back would have it. Whoever is connected to it
/// on PostgreSQL is sent away.
///
/// # Panics
/// When it cannot be copied.
pub async fn copy(database: &Database) -> Database {
    match &database.keep {
        Keep::Folder(_) => {
            let copy = sqlite_file();
            let file = copy.file().expect("a database of SQLite");
            let mut look = Look::at(&database.url).await.expect("the database opens");
            look.run(&format!("VACUUM INTO '{}'", file.display())).await.expect("the database is copied");
            copy
        }
        Keep::Named { server, name } => {
            let copy = next_name();
            postgres::admin::copy_database(server, &copy, name).await;
            named(server.clone(), copy)
        }
    }
}

/// Puts a copy in the place of a database, under its own address: the file of SQLite, which nobody may have open, or the whole
/// database on PostgreSQL, whoever is connected to it.
///
/// # Panics
/// When it cannot be put there.
pub async fn put_back(backup: Database, database: &Database) {
    match (&backup.keep, &database.keep) {
        (Keep::Named { name: copy, .. }, Keep::Named { server, name }) => {
            postgres::admin::replace_database(server, name, copy).await;
        }
        _ => {
            let (copy, file) = (backup.file().expect("a file"), database.file().expect("a file"));
            for ending in ["-wal", "-shm"] {
                // What was written after the copy is in none of them any more.
                let _ = std::fs::remove_file(file.with_file_name(format!("{SQLITE_FILE}{ending}")));
            }
            std::fs::copy(copy, file).expect("the copy is put there");
        }
    }
}

/// Takes charge of a database of a private cluster, so that a fault test can kill its server.
/// The database is empty; nothing is dropped at the end, because the cluster goes as a whole.
pub async fn empty_on(cluster: &postgres::Cluster, name: &str) -> String {
    postgres::admin::create_database(&cluster.server(), name, None).await;
    postgres::database_url(&cluster.server(), name)
}

fn sqlite_file() -> Database {
    let folder = tempfile::Builder::new().prefix("assent-sqlite-").tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join(SQLITE_FILE).display());
    Database { engine: Engine::Sqlite, url, keep: Keep::Folder(folder) }
}

fn named(server: String, name: String) -> Database {
    let url = postgres::database_url(&server, &name);
    Database { engine: Engine::Postgres, url, keep: Keep::Named { server, name } }
}

/// Unique among the processes of one run, which share a cluster.
fn next_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs one test to its end on a runtime of its own.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test)
}

/// Stamps an `async fn name(engine: Engine)` into `name::sqlite` and `name::postgres`.
/// Used as `#[apply(every_engine)]`.
#[macro_export]
macro_rules! every_engine {
    ($(#[$attribute:meta])* async fn $name:ident($engine:ident: Engine) $body:block) => {
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a test that names nothing from its module is rare but fine")]
            use super::*;

            async fn on($engine: $crate::engine::Engine) $body

            #[test]
            fn sqlite() {
                $crate::engine::run(on($crate::engine::Engine::Sqlite));
            }

            #[test]
            fn postgres() {
                $crate::engine::run(on($crate::engine::Engine::Postgres));
            }
        }
    };
}
