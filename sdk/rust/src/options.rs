//! What a client is made of. Nothing is read from the environment: the program that embeds the client decides.

#[cfg(test)]
mod tests;

use std::fmt;
use std::time::Duration;

use crate::retry::Retry;

/// The most bytes of one message, in either direction: the contract's limit, 4 MiB.
pub(crate) const MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// How to reach a service.
///
/// ```
/// use std::time::Duration;
/// use assent_sdk::Options;
///
/// let options = Options::new("http://127.0.0.1:50051")
///     .api_key("a-key-of-the-keys-command")
///     .attempt_timeout(Duration::from_secs(5));
/// assert!(!format!("{options:?}").contains("a-key"));
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) endpoint: String,
    pub(crate) api_key: Option<ApiKey>,
    pub(crate) tls: Option<Tls>,
    pub(crate) connect_timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) retry: Retry,
}

impl Options {
    /// The service at that URL, `http://host:port` or `https://host:port`; without a key, 5 s to connect, 10 s for an
    /// attempt, 30 s for a call with its retries.
    #[must_use]
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            api_key: None,
            tls: None,
            connect_timeout: Duration::from_secs(5),
            attempt_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(30),
            retry: Retry::default(),
        }
    }

    /// The API key, which names the tenant and its roles. Absent: only a service without keys answers.
    #[must_use]
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(ApiKey(key.into()));
        self
    }

    /// Whom to trust, and who to be. Needed for `https`, refused with `http`.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// How long to wait for a connection.
    #[must_use]
    pub const fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = time;
        self
    }

    /// How long one attempt of a call may take; the service is told and stops working then. A long poll may take its own
    /// wait on top. A stream has no such bound once it has begun.
    #[must_use]
    pub const fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = time;
        self
    }

    /// How long one call may take with all its attempts and the waits between them. A long poll may take its own wait on
    /// top; each part of a batch that is sent in parts has this time for itself.
    #[must_use]
    pub const fn call_timeout(mut self, time: Duration) -> Self {
        self.call_timeout = time;
        self
    }

    /// How often, and after what waits, to try again.
    #[must_use]
    pub const fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

/// An API key; its `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct ApiKey(pub(crate) String);

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

/// Whom to trust, and who to be, on an encrypted connection. Certificates and keys are PEM; the client reads no files.
#[derive(Clone)]
pub struct Tls {
    pub(crate) authority: String,
    pub(crate) identity: Option<(String, String)>,
    pub(crate) domain: Option<String>,
}

impl Tls {
    /// Trusts services whose certificate this authority signed (PEM, one or several certificates), and no others.
    #[must_use]
    pub fn trusting(authority: impl Into<String>) -> Self {
        Self { authority: authority.into(), identity: None, domain: None }
    }

    /// Shows the service this certificate, with this private key (both PEM).
    #[must_use]
    pub fn identity(mut self, certificate: impl Into<String>, key: impl Into<String>) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self
    }

    /// The name the service's certificate must bear. Absent: the host of the endpoint.
    #[must_use]
    pub fn domain(mut self, name: impl Into<String>) -> Self {
        self.domain = Some(name.into());
        self
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("identity", &self.identity.as_ref().map(|_| "(redacted)"))
            .field("domain", &self.domain)
            .finish_non_exhaustive()
    }
}
