//! The keys that sign and hash. Each does one thing, so that one may change without the others.

use super::database::Engine;
use super::read::Reader;
use super::secret::{KeyBytes, secret};
use super::token_keys::{self, TokenKey, TokenKeys};

/// The configured keys. `None`: not set, which only SQLite allows.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// Signs cursors and page tokens.
    pub cursor_key: Option<KeyBytes>,
    /// Hashes requests.
    pub request_key: Option<KeyBytes>,
    /// Knows the erased again, for as long as they are to stay erased.
    pub tombstone_key: Option<KeyBytes>,
    /// Seal and open the tokens of links, for as long as those are to open.
    pub token_keys: Option<TokenKeys>,
}

impl Secrets {
    pub(super) fn read(reader: &mut Reader, engine: Option<Engine>) -> Option<Self> {
        let cursor_key = key(reader, "secrets.cursor_key", engine)?;
        let request_key = key(reader, "secrets.request_key", engine)?;
        let tombstone_key = key(reader, "secrets.tombstone_key", engine)?;
        if cursor_key.is_some() && cursor_key == request_key {
            reader.problem("secrets.request_key", "must differ from secrets.cursor_key");
        }
        if tombstone_key.is_some() && [&cursor_key, &request_key].contains(&&tombstone_key) {
            reader.problem("secrets.tombstone_key", "must differ from the other secrets");
        }
        let token_keys = token_keys::read(reader, engine == Some(Engine::Postgres))?;
        let others = [&cursor_key, &request_key, &tombstone_key];
        let known = |key: &TokenKey| others.into_iter().flatten().any(|other| *other == key.bytes);
        if token_keys.iter().flat_map(TokenKeys::iter).any(known) {
            reader.problem("secrets.token_keys", "must differ from the other secrets");
        }
        Some(Self { cursor_key, request_key, tombstone_key, token_keys })
    }
}

#[expect(
    clippy::option_option,
    reason = "the outer level says whether it was readable, the inner whether it was set"
)]
fn key(reader: &mut Reader, path: &str, engine: Option<Engine>) -> Option<Option<KeyBytes>> {
    let set = reader.source(path).is_some() || reader.source(&format!("{path}_file")).is_some();
    let text = secret(reader, path);
    if !set {
        if engine == Some(Engine::Postgres) {
            let text = "must be set with PostgreSQL, the same on every replica: \
                        64 hexadecimal digits, made by `openssl rand -hex 32`";
            reader.problem(path, text);
        }
        return Some(None);
    }
    let key = KeyBytes::parse(text?.reveal());
    if key.is_none() {
        reader.problem(path, "must be 64 hexadecimal digits, made by `openssl rand -hex 32`");
    }
    Some(key)
}
