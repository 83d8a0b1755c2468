//! How a test app comes to be: database, keys, service, and the second tenant's data.

use std::net::SocketAddr;
use std::sync::Arc;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_service::app::App;
use assent_service::clock::{Clock as _, ManualClock, SharedClock};
use assent_service::config::Config;
use assent_service::credential::NewKey;
use assent_service::entropy::{OsEntropy, SeededEntropy, SharedEntropy};
use assent_store::{ApiKey, Store, StoreOptions};
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

use super::{Clock, FOREIGN, Running, START, Tenant, TestApp};
use crate::client::Client;
use crate::engine::{Database, Engine, fresh};
use crate::look::Look;
use crate::{dump, marks, meter, story};

const EVERY_ROLE: &str = "record,plan,consent,read,settings,privacy";

impl TestApp {
    /// Starts the service on a fresh database, at [`START`], with settings as they are by default.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(fresh(engine).await, &[]).await
    }

    /// Starts the service on a database, with some settings as in the environment: `("LIMITS__MAX_WAIT_SECONDS", "1")`.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(database: Database, settings: &[(&str, &str)]) -> Self {
        marks::listen();
        meter::listen();
        let beside = store(&database).await;
        let ours = make_tenant(&beside, "ours").await;
        let theirs = make_tenant(&beside, "theirs").await;
        beside.close().await;

        let clock = Arc::new(ManualClock::at(Instant::from_micros(START).expect("a date in 2026")));
        let (address, running) = serve(&database, &clock, settings, 1).await;
        let channel = channel(address);
        let engine = database.engine();
        let them = Client::new(channel.clone(), engine, Some(&theirs.key), None).once();
        story::settle_in(&them, FOREIGN).await;
        story::declare(&them, FOREIGN).await;
        let mut look = Look::at(database.url()).await.expect("a fresh database opens");
        let before = dump::of_tenant(&mut look, &theirs.id).await;
        let client = Client::new(channel, engine, Some(&ours.key), Some(FOREIGN));
        let running = Some(running);
        Self { database, clock: Clock(clock), address, ours, theirs, client, before, running }
    }

    /// Stops the service and starts it again on the same database, at the time that it is now, with other settings.
    pub async fn restart(&mut self, settings: &[(&str, &str)]) {
        self.stop().await;
        // Nothing that is random comes twice.
        let seed = self.clock.0.now().micros().unsigned_abs();
        let (address, running) = serve(&self.database, &self.clock.0, settings, seed).await;
        (self.address, self.running) = (address, Some(running));
        self.client = Client::new(channel(address), self.engine(), Some(&self.ours.key), Some(FOREIGN));
    }
}

async fn serve(
    database: &Database,
    clock: &Arc<ManualClock>,
    settings: &[(&str, &str)],
    seed: u64,
) -> (SocketAddr, Running) {
    let config = Config::load(None, environment(database.url(), settings)).expect("settings of the tests");
    let entropy: SharedEntropy = Arc::new(SeededEntropy::new(seed));
    let shared: SharedClock = Arc::<ManualClock>::clone(clock);
    let app = App::build(config, shared, entropy).await.expect("the service starts");
    let address = app.address();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(async move {
        let shutdown = async { drop(stopped.await) };
        app.run(shutdown).await.expect("the service serves");
    });
    (address, Running { stop, ended })
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::try_from(format!("http://{address}")).expect("an address").connect_lazy()
}

/// The service's settings on a database, as they stand in its environment.
#[must_use]
pub fn environment(url: &str, settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = [
        ("DATABASE__URL", url),
        ("LISTEN__ADDRESS", "127.0.0.1:0"),
        ("SECRETS__CURSOR_KEY", "c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0"),
        ("SECRETS__REQUEST_KEY", "4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e"),
        ("SECRETS__TOMBSTONE_KEY", "7070707070707070707070707070707070707070707070707070707070707070"),
        ("SECRETS__TOKEN_KEYS", "first:1111111111111111111111111111111111111111111111111111111111111111"),
    ];
    let all = own.iter().chain(settings);
    all.map(|(name, value)| (format!("ASSENT_{name}"), (*value).to_owned())).collect()
}

async fn make_tenant(store: &Store, word: &str) -> Tenant {
    let id = marks::id(word);
    let key = make_key(store, &id, EVERY_ROLE).await;
    Tenant { id, key }
}

/// Makes a key as `assent keys make` does, and listens for its secret from then on.
pub(super) async fn make_key(store: &Store, tenant: &str, roles: &str) -> String {
    let NewKey { id, secret_hash, shown } =
        NewKey::make(TenantId::new(tenant).expect("a tenant id"), &OsEntropy);
    let key = ApiKey {
        tenant: id.tenant,
        id: id.id,
        secret_hash: secret_hash.to_vec(),
        roles: roles.to_owned(),
        label: String::new(),
        created_at: Instant::from_micros(START).expect("a date in 2026"),
        revoked_at: None,
    };
    store.make_api_key(&key).await.expect("a key is stored");
    let shown = shown.reveal().to_owned();
    marks::keep_secret(shown.rsplit('_').next().expect("a key ends with its secret"));
    shown
}

/// The store of a database, beside the service.
pub(super) async fn store(database: &Database) -> Store {
    Store::connect(&StoreOptions::new(database.url())).await.expect("the database opens")
}
