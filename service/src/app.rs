//! The service put together: everything that can fail happens in [`App::build`], the rest in [`App::run`].
//!
//! Nothing here is global: a test builds as many as it likes in one process.

mod routes;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use opentelemetry::global;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::Server;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::context::Context;
use crate::credential::{Keys, StoredKey};
use crate::entropy::SharedEntropy;
use crate::failure::Failure;
use crate::keyring::{Keyring, KeyringError};
use crate::lock::{FileLock, LockError};
use crate::server::health::Vitals;
use crate::server::layers::{self, Layers};
use crate::server::meters::Meters;
use crate::server::methods::{AccessMissing, Methods};

/// A service that is ready to run: its address is bound, its database open.
pub struct App {
    address: SocketAddr,
    listener: TcpListener,
    transport: Server,
    layers: Layers,
    routes: Routes,
    vitals: Vitals,
    clock: SharedClock,
    drain: Duration,
    stopping: CancellationToken,
    cutoff: CancellationToken,
    /// Held until the end, so that no other process serves the same file.
    _lock: Option<FileLock>,
}

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A method of the contract does not say who may call it.
    #[error(transparent)]
    Access(#[from] AccessMissing),
    /// The database's file is being served, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Keys are missing or not readable.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
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

struct NoKeys;

#[async_trait::async_trait]
impl Keys for NoKeys {
    async fn find(&self, _: &str) -> Result<Option<StoredKey>, Failure> {
        Ok(None)
    }
    async fn any(&self) -> Result<bool, Failure> {
        Ok(false)
    }
}

impl App {
    /// Does everything that can fail: locks, keys, database, credentials, certificate, address.
    ///
    /// # Errors
    /// What is wrong, as a sentence that says what to do.
    pub async fn build(config: Config, clock: SharedClock, entropy: SharedEntropy) -> Result<Self, BuildError> {
        let methods = Methods::new([])?;
        let file = config.database.file();
        let lock = file.as_deref().map(FileLock::take).transpose()?;
        let keyring = Keyring::open(&config.secrets, file.as_deref(), entropy.as_ref())?;
        let keys: Arc<dyn Keys> = Arc::new(NoKeys);
        let loopback = config.listen.ip().is_loopback();
        if !keys.any().await.unwrap_or(false) {
            if !loopback {
                return Err(BuildError::Unprotected(config.listen));
            }
            tracing::warn!("there is no API key: whoever reaches this machine's loopback may do everything");
        }
        let transport = layers::transport(config.tls.as_ref()).map_err(BuildError::Tls)?;
        let listener =
            TcpListener::bind(config.listen).await.map_err(|error| BuildError::Bind(config.listen, error))?;
        let address = listener.local_addr().map_err(|error| BuildError::Bind(config.listen, error))?;

        let (stopping, cutoff) = (CancellationToken::new(), CancellationToken::new());
        let context = Arc::new(Context {
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
            tokens: crate::wire::token::Tokens::new(keyring.cursor),
            requests: crate::wire::request_hash::RequestHasher::new(keyring.request),
            limits: config.limits,
            default_policy: config.default_policy,
            stopping: stopping.clone(),
        });
        let vitals = Vitals::serving(routes::services()).await;
        let routes = routes::routes(&context, &vitals).map_err(BuildError::Reflection)?;
        let meters = Meters::new(&global::meter("assent"));
        let layers = Layers::new(&config, methods, meters, keys, loopback, &clock, &entropy, cutoff.clone());
        Ok(Self {
            address,
            listener,
            transport,
            layers,
            routes,
            vitals,
            clock,
            drain: config.drain,
            stopping,
            cutoff,
            _lock: lock,
        })
    }

    /// Where it listens; the port is never 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then stops within the drain's bound.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), tonic::transport::Error> {
        let serving = layers::serve(self.transport, self.layers, self.routes, self.listener, self.stopping.clone());
        tokio::pin!(serving);
        tokio::select! {
            ended = &mut serving => return ended,
            () = shutdown => {}
        }
        tracing::info!("stopping");
        self.vitals.stopping().await;
        self.stopping.cancel();
        tokio::select! {
            ended = &mut serving => return ended,
            () = self.clock.sleep(self.drain) => {}
        }
        tracing::warn!("the time to drain is over: what is left of the calls is cut off");
        self.cutoff.cancel();
        tokio::select! {
            ended = &mut serving => ended,
            () = self.clock.sleep(Duration::from_secs(1)) => Ok(()),
        }
    }
}
