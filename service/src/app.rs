//! The service put together: everything that can fail happens in [`App::build`], the rest in [`App::run`].
//!
//! Nothing here is global: a test builds as many as it likes in one process.

mod routes;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use assent_domain::policy::{Rulebook, WithoutPolicy};
use assent_proto::access::MissingAccess;
use assent_store::{BatchSequencer, Sequencer, StepSql, Store, StoreError, StoreOptions, TombstoneKey};
use opentelemetry::global;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;
use tonic::service::Routes;
use tonic::transport::Server;

use crate::clock::SharedClock;
use crate::config::{Config, DefaultPolicy, Engine, KeyBytes};
use crate::context::{Context, SharedContext};
use crate::credential::Keys;
use crate::entropy::{SharedEntropy, bytes};
use crate::feed::looks::Looks;
use crate::feed::news::News;
use crate::housekeeping::Housekeeping;
use crate::keyring::{Keyring, KeyringError};
use crate::lane::Traffic;
use crate::lock::{FileLock, LockError, beside};
use crate::pace::ServicePace;
use crate::privacy::journal::Journal;
use crate::privacy::resume::{ResumeError, resume, tell};
use crate::server::health::Vitals;
use crate::server::layers::{self, Layers};
use crate::server::meters::Meters;
use crate::server::methods::{Methods, services};
use crate::server::shutdown::{Ending, serve_until};
use crate::wire::request_hash::RequestHasher;
use crate::wire::token::Tokens;

/// A service that is ready to run: its address is bound, its database open.
pub struct App {
    address: SocketAddr,
    listener: TcpListener,
    transport: Server,
    layers: Layers,
    routes: Routes,
    vitals: Vitals,
    context: SharedContext,
    meters: Meters,
    drain: Duration,
    ending: Ending,
    /// Held until the end, so that no other process serves the same file.
    _lock: Option<FileLock>,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A method of the contract does not say who may call it.
    #[error(transparent)]
    Access(#[from] MissingAccess),
    /// The database's file is being served, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Keys are missing or not readable.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The database cannot be opened, or has a schema that this binary does not know.
    #[error("the database (database.url) cannot be used")]
    Store(#[from] StoreError),
    /// The journal of erasures cannot be used, or what the database lost of it not made again.
    #[error(transparent)]
    Erasures(#[from] ResumeError),
    /// The certificate, its key or the clients' authority is not usable.
    #[error("the certificate, its key or the clients' authority (section tls) is not usable")]
    Tls(#[source] tonic::transport::Error),
    /// Nothing protects an address that others can reach.
    #[error(
        "{0} can be reached from other machines and there is no API key: \
         make one by `assent keys make`, or listen on 127.0.0.1 (listen.address)"
    )]
    Unprotected(SocketAddr),
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on (listen.address)")]
    Bind(SocketAddr, #[source] std::io::Error),
    /// The contract's descriptors are not readable.
    #[error("the contract's descriptors cannot be served")]
    Reflection(#[source] tonic_reflection::server::Error),
}

/// Opens the database. A SQLite file is made and brought to this binary's schema, since nobody else could be
/// using it; a PostgreSQL database is shared, so its schema is changed by `assent migrate` and only checked here.
async fn open(
    config: &Config,
    tombstones: &KeyBytes,
    meters: &Meters,
    pace: ServicePace,
) -> Result<Store, StoreError> {
    let mut options = store_options(config);
    options.observer = Some(meters.observer());
    options.pace = Arc::new(pace);
    options.tombstones = Some(TombstoneKey::new(*tombstones.reveal()));
    let store = Store::connect(&options).await?;
    match config.database.engine() {
        Engine::Sqlite => store.migrate().await?,
        Engine::Postgres => {}
    }
    store.check_schema().await?;
    store.check_tombstone_key().await?;
    Ok(store)
}

/// The journal of erasures, if there is one, once the database lacks nothing of it.
async fn journal(
    config: &Config,
    tombstones: &KeyBytes,
    store: &Store,
    clock: &SharedClock,
    entropy: &SharedEntropy,
) -> Result<Option<Arc<Journal>>, ResumeError> {
    let beside_file = || config.database.file().map(|file| beside(&file, "erasures"));
    let Some(folder) = config.erasure_journal.clone().or_else(beside_file) else { return Ok(None) };
    let key = TombstoneKey::new(*tombstones.reveal()).own_mark();
    let journal = Arc::new(Journal::open(&folder, key, entropy.as_ref())?);
    let lost = resume(store, &journal, entropy.as_ref(), clock.now()).await?;
    tell(lost);
    Ok(Some(journal))
}

/// The operator's choice, in the domain's words.
const fn without_policy(choice: DefaultPolicy) -> WithoutPolicy {
    match choice {
        DefaultPolicy::Strict => WithoutPolicy::Strict,
        DefaultPolicy::Legacy => WithoutPolicy::Legacy,
    }
}

/// The store's settings, out of the configuration; the key of the tombstones stands in the keyring.
pub(crate) fn store_options(config: &Config) -> StoreOptions {
    let Config { database, .. } = config;
    StoreOptions {
        connections_max: database.max_connections,
        readers: database.read_connections,
        statement_timeout: database.statement_timeout,
        transaction_timeout: database.transaction_timeout,
        acquire_timeout: database.acquire_timeout,
        ..StoreOptions::new(database.url.reveal())
    }
}

impl App {
    /// Does everything that can fail: locks, keys, database, credentials, certificate, address.
    ///
    /// # Errors
    /// What is wrong, as a sentence that says what to do.
    pub async fn build(
        config: Config,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<Self, BuildError> {
        Self::build_numbering_by(Sequencer::sql(), config, clock, entropy).await
    }

    /// As [`App::build`], with other statements to give records their positions by, as [`Sequencer::new`] takes them.
    ///
    /// # Errors
    /// As of [`App::build`].
    pub async fn build_numbering_by(
        numbering: StepSql,
        config: Config,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<Self, BuildError> {
        let methods = Methods::of_the_contract()?;
        let file = config.database.file();
        let lock = file.as_deref().map(FileLock::take).transpose()?;
        let meters = Meters::new(&global::meter("assent"));
        let pace = ServicePace { clock: Arc::clone(&clock), entropy: Arc::clone(&entropy) };
        let keyring = Keyring::open(&config.secrets, file.as_deref(), entropy.as_ref())?;
        let store = open(&config, &keyring.tombstone, &meters, pace).await?;
        store.make_months_ahead(clock.now()).await?;
        let journal = journal(&config, &keyring.tombstone, &store, &clock, &entropy).await?;
        let keys: Arc<dyn Keys> = Arc::new(store.clone());
        let loopback = config.listen.ip().is_loopback();
        if !store.has_api_keys().await? {
            if !loopback {
                return Err(BuildError::Unprotected(config.listen));
            }
            tracing::warn!("there is no API key: whoever reaches this machine's loopback may do everything");
        }
        let transport = layers::transport(config.tls.as_ref()).map_err(BuildError::Tls)?;
        let listener =
            TcpListener::bind(config.listen).await.map_err(|error| BuildError::Bind(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| BuildError::Bind(config.listen, error))?;

        let ending = Ending::default();
        let context = Arc::new(Context {
            sequencer: Sequencer::new(store.clone(), numbering, bytes(entropy.as_ref())),
            batch_sequencer: BatchSequencer::new(
                store.clone(),
                BatchSequencer::sql(),
                bytes(entropy.as_ref()),
            ),
            looks: Looks::of(&store),
            store,
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            tokens: Tokens::new(keyring.cursor),
            seals: keyring.seals,
            journal,
            requests: RequestHasher::new(keyring.request),
            limits: config.limits,
            imports: config.imports,
            interactions: config.interactions,
            feed: config.feed,
            rulebook: Rulebook::new(without_policy(config.default_policy)),
            news: News::default(),
            interaction_news: News::default(),
            stopping: ending.stopping.clone(),
            traffic: Traffic::default(),
            writers: TaskTracker::new(),
        });
        let vitals = Vitals::serving(services()?).await;
        let routes = routes::routes(&context, &vitals).map_err(BuildError::Reflection)?;
        let layers = Layers::new(&config, methods, &meters, keys, &context, ending.cutoff.clone());
        Ok(Self {
            address,
            listener,
            transport,
            layers,
            routes,
            vitals,
            context,
            meters,
            drain: config.drain,
            ending,
            _lock: lock,
        })
    }

    /// Where it listens; the port is never 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then stops within the drain's bound; `server/shutdown.rs` has the order.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), tonic::transport::Error> {
        let housekeeping = Housekeeping::start(&self.context, &self.meters);
        let serving = layers::serve(
            self.transport,
            self.layers,
            self.routes,
            self.listener,
            self.ending.stopping.clone(),
        );
        let mut serving = Box::pin(serving);
        let context = &self.context;
        let ended =
            serve_until(serving.as_mut(), shutdown, &self.ending, &self.vitals, &context.clock, self.drain)
                .await;
        context.writers.close();
        context.writers.wait().await;
        housekeeping.stop().await;
        context.store.close().await;
        ended
    }
}
