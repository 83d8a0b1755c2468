//! PostgreSQL for the tests: clusters of their own, in a temporary folder, reached by a Unix socket only.
//!
//! A run has one shared cluster. The program `with-postgres` starts it and passes its address on in
//! [`SERVER_VARIABLE`]; a test process that finds no address there starts a cluster for itself.
//! A fault test starts a [`Cluster`] of its own and may stop, kill and restart it.
//!
//! No server outlives the process that asked for it, however that process ends: see [`cluster`].

pub mod admin;
pub mod cluster;
mod install;

use std::sync::OnceLock;

pub use cluster::{Cluster, Settings, Stop};
pub use install::programs;

/// The environment variable that carries the shared cluster's address to the test processes. Not an `ASSENT_` one:
/// those are the service's own settings.
pub const SERVER_VARIABLE: &str = "TEST_POSTGRES_SERVER";

/// The folder of the shared cluster's socket. Starts a cluster for this process if the run has none.
#[must_use]
pub fn shared_server() -> String {
    // Never dropped, being a static: the end of the process closes its pipe, which ends the cluster.
    static OWN: OnceLock<Cluster> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "the only word from the program that started the run")]
    let given = std::env::var(SERVER_VARIABLE);
    given.unwrap_or_else(|_| OWN.get_or_init(|| Cluster::start(Settings::default())).server())
}

/// The address of a database on the server whose socket lies in the folder `server`.
#[must_use]
pub fn database_url(server: &str, database: &str) -> String {
    format!("postgres://{OWNER}@localhost:{PORT}/{database}?host={server}")
}

/// A database as `pg_dump` writes it down: as SQL, packed by gzip.
///
/// # Panics
/// When it cannot be dumped.
#[must_use]
pub fn dumped(server: &str, database: &str) -> Vec<u8> {
    let mut command = std::process::Command::new(programs().join("pg_dump"));
    command.args(["--compress=6", "--dbname"]).arg(database_url(server, database));
    let told = command.output().expect("pg_dump runs");
    assert!(told.status.success(), "pg_dump: {}", String::from_utf8_lossy(&told.stderr));
    told.stdout
}

/// The superuser that `initdb` makes; trusted, since the socket's folder is closed to others.
const OWNER: &str = "assent";

/// Only a part of the socket's name: nothing listens on TCP, and each cluster has a folder of its own.
const PORT: u16 = 5432;
