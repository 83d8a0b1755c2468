//! The real service in this process, on a fresh database, for one test.
//!
//! ```text
//! #[apply(every_app)]
//! async fn a_withdrawal_needs_no_evidence(app: &TestApp) {
//!     let answer = app.client().consents().upsert_consents(…).await;
//!     // …
//! }
//! ```
//!
//! Every test app has two tenants that hold the same ids. The test acts as the first; when it is over, all
//! that the database holds of the second must be as it was, and nothing that carries a mark may have been told
//! in a log line, a span or a metric's label. So neither can be forgotten by a test's author.

mod start;

pub use start::environment;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use assent_service::clock::{Clock as _, ManualClock};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Endpoint;

use crate::client::Client;
use crate::dump::{self, Dump};
use crate::engine::{Database, Engine};
use crate::look::Look;
use crate::{marks, meter};

/// When every test begins: Tuesday, 1 September 2026, 12:00 UTC, in microseconds since 1970. Late enough that
/// every date in the built-in policies is past.
pub const START: i64 = 1_788_264_000_000_000;

/// How long requests are known again: what a test that lets more time pass may see the service forget.
const REQUESTS_KEPT: Duration = Duration::from_secs(72 * 3600);

/// How long a feed is kept at least: what a test that lets more time pass may see the service trim.
const FEED_KEPT: Duration = Duration::from_secs(24 * 3600);

/// What stands in the texts of the second tenant alone.
pub const FOREIGN: &str = "mrkq7x-foreign";

/// Whose data a credential opens, and the credential.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// A key with every role.
    pub key: String,
}

/// A running service with its database, its clock and its two tenants.
#[derive(Debug)]
pub struct TestApp {
    database: Database,
    clock: Clock,
    address: SocketAddr,
    ours: Tenant,
    theirs: Tenant,
    client: Client,
    before: Dump,
    running: Option<Running>,
}

/// A clock that says nothing of itself.
struct Clock(Arc<ManualClock>);

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl TestApp {
    /// The engine it runs on.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.database.engine()
    }

    /// Its database, to be looked at past the service.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The time that the service goes by. It stands still until the test moves it.
    #[must_use]
    pub fn clock(&self) -> &ManualClock {
        &self.clock.0
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        self.clock.0.advance(by);
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The tenant that the test acts as.
    #[must_use]
    pub const fn ours(&self) -> &Tenant {
        &self.ours
    }

    /// The tenant that must not notice.
    #[must_use]
    pub const fn theirs(&self) -> &Tenant {
        &self.theirs
    }

    /// A client with every role of our tenant.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// A client of our tenant over a connection of its own that takes little at once, so that what it does not read is
    /// noticed.
    ///
    /// # Panics
    /// When the address is none.
    #[must_use]
    pub fn narrow_client(&self) -> Client {
        let endpoint = Endpoint::try_from(format!("http://{}", self.address)).expect("an address");
        let channel = endpoint.initial_stream_window_size(65_535).connect_lazy();
        Client::new(channel, self.engine(), Some(&self.ours.key), None)
    }

    /// A plain look at the database.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn look(&self) -> Look {
        Look::at(self.database.url()).await.expect("the app's database opens")
    }

    /// A new key of a tenant with some roles, separated by commas.
    pub async fn key(&self, tenant: &str, roles: &str) -> String {
        let store = start::store(&self.database).await;
        let key = start::make_key(&store, tenant, roles).await;
        store.close().await;
        key
    }

    /// Stops the service and passes judgement. Whoever starts an app calls this; `every_app` does it for a test.
    ///
    /// # Panics
    /// When the second tenant's data changed, or something marked was told.
    pub async fn finish(mut self) {
        let after = dump::of_tenant(&mut self.look().await, &self.theirs.id).await;
        // By the clock that tests set and let go on.
        let passed = self.clock.0.now().micros().saturating_sub(START);
        let passed_by =
            |time: Duration| u128::try_from(passed).is_ok_and(|passed| passed >= time.as_micros());
        let (forgotten, trimmed) = (passed_by(REQUESTS_KEPT), passed_by(FEED_KEPT));
        for (table, rows) in &self.before {
            if table == "request" && forgotten {
                let left = after.get(table).into_iter().flatten();
                assert!(left.into_iter().all(|row| rows.contains(row)), "another tenant's requests changed");
                continue;
            }
            let after = after.get(table).map(Vec::as_slice).unwrap_or_default();
            if table == "feed_head" && trimmed {
                // From where it can be read stands last.
                let heads =
                    |rows: &[String]| rows.iter().map(|row| row.rsplit(',').skip(1).collect()).collect();
                let (after, before): (Vec<String>, Vec<String>) = (heads(after), heads(rows));
                assert_eq!(after, before, "another tenant's feed changed");
                continue;
            }
            assert_eq!(after, rows, "rows of another tenant changed in {table}");
        }
        self.stop().await;
        meter::flush();
        let heard = marks::heard();
        assert!(heard.is_empty(), "what must not be told was told:\n{}", heard.join("\n"));
    }

    /// Stops the service in order and waits for its end; the database stays.
    ///
    /// # Panics
    /// When it does not end well.
    pub async fn stop(&mut self) {
        if let Some(Running { stop, ended }) = self.running.take() {
            let _ = stop.send(());
            ended.await.expect("the service ends in order");
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.ended.abort();
            // A test that failed already has said why.
            assert!(std::thread::panicking(), "a test app was dropped without TestApp::finish");
        }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

/// Stamps an `async fn name(app: &TestApp)` into `name::sqlite` and `name::postgres`, with an app of its own
/// for each, started before and judged after. Used as `#[apply(every_app)]`.
#[macro_export]
macro_rules! every_app {
    ($(#[$attribute:meta])* async fn $name:ident($app:ident: &TestApp) $body:block) => {
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, reason = "a test that names nothing from its module is rare but fine")]
            use super::*;

            async fn of($app: &$crate::app::TestApp) $body

            async fn on(engine: $crate::engine::Engine) {
                let app = $crate::app::TestApp::start(engine).await;
                of(&app).await;
                app.finish().await;
            }

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
