//! The stack around every call, outermost first, one layer a line, each with its reason to stand where it stands.

use std::future::Future;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};

use super::admission::Admission;
use super::around::Layered;
use super::auth::Authenticated;
use super::deadline::Deadlines;
use super::meters::{Measured, Meters};
use super::methods::Methods;
use super::opening::Opening;
use super::size::SizeLimits;
use super::trace::Traced;
use super::typed::Typed;
use crate::config::{Config, Tls};
use crate::context::SharedContext;
use crate::credential::Keys;

/// The layers of a service.
pub(crate) struct Layers {
    pub(crate) opening: Opening,
    pub(crate) measured: Measured,
    pub(crate) size: SizeLimits,
    pub(crate) admission: Admission,
    pub(crate) deadlines: Deadlines,
    pub(crate) authenticated: Authenticated,
}

impl Layers {
    /// Each layer with what it needs. `cutoff` ends what is under way when the service has to end.
    pub(crate) fn new(
        config: &Config,
        methods: Methods,
        meters: &Meters,
        keys: Arc<dyn Keys>,
        context: &SharedContext,
        cutoff: CancellationToken,
    ) -> Self {
        let (limits, loopback) = (config.limits, config.listen.ip().is_loopback());
        let clock = || Arc::clone(&context.clock);
        Self {
            opening: Opening { methods, clock: clock(), entropy: Arc::clone(&context.entropy) },
            measured: Measured { meters: meters.clone(), clock: clock() },
            size: SizeLimits { message_in: limits.message_in, message_out: limits.message_out },
            admission: Admission::new(limits.concurrent_calls),
            deadlines: Deadlines { clock: clock(), max_call: limits.max_call, cutoff },
            authenticated: Authenticated::new(keys, clock(), loopback),
        }
    }
}

/// The transport: HTTP/2, by TLS if there is a certificate.
///
/// # Errors
/// When the certificate, its key or the clients' authority is not usable.
pub(crate) fn transport(tls: Option<&Tls>) -> Result<Server, tonic::transport::Error> {
    let mut server = Server::builder()
        // Large batches would otherwise wait for the window every 64 KiB. It takes sixteen streams that the service has no room for to
        // fill a connection's window, and so to hold up what else goes over it.
        .initial_stream_window_size(256 << 10)
        .initial_connection_window_size(4 << 20)
        // A peer that vanished without a word is noticed, and its calls end.
        .http2_keepalive_interval(Some(std::time::Duration::from_secs(30)));
    if let Some(tls) = tls {
        let mut config = ServerTlsConfig::new()
            .identity(Identity::from_pem(&tls.cert, tls.key.reveal()))
            // A handshake that does not get on must not hold a connection for ever.
            .timeout(std::time::Duration::from_secs(10));
        if let Some(authority) = &tls.client_ca {
            config = config.client_ca_root(Certificate::from_pem(authority));
        }
        server = server.tls_config(config)?;
    }
    Ok(server)
}

/// Serves until `stopping`, and then until the last call under way has ended.
pub(crate) fn serve(
    transport: Server,
    layers: Layers,
    routes: Routes,
    listener: TcpListener,
    stopping: CancellationToken,
) -> impl Future<Output = Result<(), tonic::transport::Error>> {
    transport
        // First of all the call's number and method: everything below names the call by them.
        .layer(Layered::new(layers.opening))
        // Around all that can refuse, so that a trace shows the refusal too.
        .layer(Layered::new(Traced))
        // Inside the span, so that a measurement can point to its trace; around all that can refuse.
        .layer(Layered::new(layers.measured))
        // Below what counts codes, so that the code that is counted is the one that is told.
        .layer(Layered::new(Typed))
        // Here nothing was read yet; what it refuses on the way out is already in the form that callers read.
        .layer(Layered::new(layers.size))
        // Before the first look at the database: a call too many must cost nothing.
        .layer(Layered::new(layers.admission))
        // Around the credential's look-up, which waits for the database like anything else.
        .layer(Layered::new(layers.deadlines))
        // Last, just before the method reads the body: nobody's bytes are decoded before we know whose they are.
        .layer(Layered::new(layers.authenticated))
        .add_routes(routes)
        .serve_with_incoming_shutdown(
            TcpIncoming::from(listener).with_nodelay(Some(true)),
            stopping.cancelled_owned(),
        )
}

#[cfg(test)]
mod tests;
