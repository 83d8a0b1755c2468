//! The way in: one connection, cheap to clone, and a group of calls for each service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::audience::Audience;
use crate::call::{Caller, Manner};
use crate::changes::Changes;
use crate::consents::Consents;
use crate::error::{Error, Result};
use crate::health::Health;
use crate::interactions::Interactions;
use crate::options::{Options, Tls};
use crate::privacy::Privacy;
use crate::settings::Settings;
use crate::wait_blocks::WaitBlocks;

/// A client of Assent. Cloning it is cheap and shares the connection, which heals itself.
#[derive(Clone)]
pub struct Client {
    caller: Caller,
}

impl Client {
    /// Connects; tries again as the options say while the service cannot be reached.
    ///
    /// # Errors
    ///
    /// [`Cause::OptionsWrong`](crate::Cause::OptionsWrong), or [`Cause::Unreachable`](crate::Cause::Unreachable).
    pub async fn connect(options: Options) -> Result<Self> {
        let client = Self::connect_lazily(options)?;
        client.health().probe().await?;
        Ok(client)
    }

    /// A client that connects at its first call. Must be called within a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`Cause::OptionsWrong`](crate::Cause::OptionsWrong).
    pub fn connect_lazily(options: Options) -> Result<Self> {
        let channel = endpoint(&options)?.connect_lazy();
        let authorization = match &options.api_key {
            Some(key) => Some(bearer(&key.0)?),
            None => None,
        };
        let manner = Manner {
            authorization,
            attempt_timeout: options.attempt_timeout,
            call_timeout: options.call_timeout,
            retry: options.retry,
        };
        Ok(Self { caller: Caller { channel, manner: Arc::new(manner) } })
    }

    /// What people said, were told and were asked.
    #[must_use]
    pub const fn consents(&self) -> Consents<'_> {
        Consents { caller: &self.caller }
    }

    /// What people did, recorded where it may be.
    #[must_use]
    pub const fn interactions(&self) -> Interactions<'_> {
        Interactions { caller: &self.caller }
    }

    /// Where profiles stand that wait for something to be done.
    #[must_use]
    pub const fn wait_blocks(&self) -> WaitBlocks<'_> {
        WaitBlocks { caller: &self.caller }
    }

    /// Who did something and who is inactive.
    #[must_use]
    pub const fn audience(&self) -> Audience<'_> {
        Audience { caller: &self.caller }
    }

    /// What changed, in order.
    #[must_use]
    pub const fn changes(&self) -> Changes<'_> {
        Changes { caller: &self.caller }
    }

    /// What is held about a person: told to them, and erased.
    #[must_use]
    pub const fn privacy(&self) -> Privacy<'_> {
        Privacy { caller: &self.caller }
    }

    /// Profile tables and policies.
    #[must_use]
    pub const fn settings(&self) -> Settings<'_> {
        Settings { caller: &self.caller }
    }

    /// Whether the service serves.
    #[must_use]
    pub const fn health(&self) -> Health<'_> {
        Health { caller: &self.caller }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// How often a connection is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// Where and how to connect.
fn endpoint(options: &Options) -> Result<Endpoint> {
    let url = options.endpoint.as_str();
    let endpoint = Endpoint::from_shared(url.to_owned())
        .map_err(|_| {
            Error::options("the endpoint is not a URL; right is http://host:port or https://host:port")
        })?
        .user_agent(concat!("assent-sdk-rust/", env!("CARGO_PKG_VERSION")))
        .map_err(|_| Error::options("the name of this client does not fit a header"))?
        .connect_timeout(options.connect_timeout)
        .tcp_nodelay(true)
        // A connection that died without a word is noticed and made anew, however long nobody speaks.
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE / 2)
        .keep_alive_while_idle(true);
    match (&options.tls, url.starts_with("https://")) {
        (Some(tls), true) => endpoint
            .tls_config(tls_config(tls))
            .map_err(|_| Error::options("the certificates or the private key are not PEM that can be read")),
        (None, false) => Ok(endpoint),
        (None, true) => Err(Error::options(
            "https needs the authority to trust; right is Options::tls(Tls::trusting(pem))",
        )),
        (Some(_), false) => Err(Error::options("certificates were given for an endpoint that is not https")),
    }
}

fn tls_config(tls: &Tls) -> ClientTlsConfig {
    let mut config = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&tls.authority));
    if let Some((certificate, key)) = &tls.identity {
        config = config.identity(Identity::from_pem(certificate, key));
    }
    if let Some(domain) = &tls.domain {
        config = config.domain_name(domain);
    }
    config
}

fn bearer(key: &str) -> Result<MetadataValue<Ascii>> {
    let mut value = MetadataValue::try_from(format!("Bearer {key}"))
        .map_err(|_| Error::options("the API key holds characters that no key has"))?;
    value.set_sensitive(true);
    Ok(value)
}
