//! The certificate the service shows, and those it asks of its callers.

use super::read::Reader;
use super::secret::Secret;
use super::setting;

/// Certificates, as PEM, already read from their files.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The service's chain.
    pub cert: String,
    /// Its private key.
    pub key: Secret,
    /// Who may sign a client's certificate; `None` means that none is asked for.
    pub client_ca: Option<String>,
}

impl Tls {
    /// The outer level says whether it was readable, the inner whether it was set.
    #[expect(clippy::option_option, reason = "both levels are needed to report every problem at once")]
    pub(super) fn read(reader: &mut Reader) -> Option<Option<Self>> {
        let cert = pem(reader, "tls.cert_file");
        let key = pem(reader, "tls.key_file");
        let client_ca = pem(reader, "tls.client_ca_file");
        let has = |reader: &Reader, path| reader.source(path).is_some();
        let (has_cert, has_key) = (has(reader, "tls.cert_file"), has(reader, "tls.key_file"));
        if has_cert && !has_key {
            reader.problem("tls.key_file", "must be set, since tls.cert_file is");
        }
        if !has_cert && (has_key || has(reader, "tls.client_ca_file")) {
            reader.problem("tls.cert_file", "must be set, since another key of this section is");
        }
        match (cert, key) {
            (Some(cert), Some(key)) => Some(Some(Self { cert, key: Secret::new(key), client_ca })),
            _ if has_cert || has_key => None,
            _ => Some(None),
        }
    }
}

fn pem(reader: &mut Reader, path: &str) -> Option<String> {
    let file = reader.maybe(path, setting::path)?;
    match std::fs::read_to_string(file) {
        Ok(text) if text.contains("-----BEGIN ") => Some(text),
        Ok(_) => {
            reader.problem(path, "names a file that is not PEM");
            None
        }
        Err(error) => {
            reader.problem(path, format!("names a file that cannot be read: {}", error.kind()));
            None
        }
    }
}
