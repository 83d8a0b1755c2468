//! The keys that sign and hash, from the configuration or from the file beside a SQLite database.
//!
//! On SQLite a key that is not configured is made once and kept in `<database>.secrets`, readable by its
//! owner only. Losing that file makes every cursor malformed, every repeated request_id read as reused, everybody who
//! was erased a stranger, and every link that was sent dead. The key of tokens that was made for a file opens them also when
//! others are configured later.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::config::{KeyBytes, Secrets, TokenKey, TokenKeyId, TokenKeys};
use crate::entropy::{Entropy, bytes};
use crate::lock::beside;
use crate::seal::Seals;

/// What the key is called that was made for a file, and under which name it is kept.
const MADE: &str = "made";
const TOKEN_KEY: &str = "token_key";

/// Every key the service works with.
#[derive(Clone, Debug)]
pub(crate) struct Keyring {
    /// Signs cursors and page tokens.
    pub(crate) cursor: KeyBytes,
    /// Hashes requests.
    pub(crate) request: KeyBytes,
    /// Knows the erased again.
    pub(crate) tombstone: KeyBytes,
    /// Seal and open the tokens of links.
    pub(crate) seals: Seals,
}

/// Why the keys are not there.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// Without a file to keep them beside, keys must be configured.
    #[error(
        "secrets.cursor_key, secrets.request_key, secrets.tombstone_key and secrets.token_keys must be set"
    )]
    NotConfigured,
    /// The file cannot be read or written.
    #[error("the keys in {} cannot be read or written", .0.display())]
    Io(PathBuf, #[source] std::io::Error),
    /// The file holds something else than keys.
    #[error("{} does not hold keys of 64 hexadecimal digits", .0.display())]
    Unreadable(PathBuf),
}

impl Keyring {
    /// The configured keys, and for those that are not the ones beside `database`, made now if need be.
    ///
    /// # Errors
    /// When a key is missing and cannot be made, or the file is not readable.
    pub(crate) fn open(
        secrets: &Secrets,
        database: Option<&Path>,
        entropy: &dyn Entropy,
    ) -> Result<Self, KeyringError> {
        let Secrets { cursor_key, request_key, tombstone_key, token_keys } = secrets;
        let Some(database) = database else {
            let configured = (|| {
                let [cursor, request, tombstone] = [cursor_key, request_key, tombstone_key].map(Clone::clone);
                let seals = seals(token_keys.as_ref()?.iter().cloned())?;
                Some(Self { cursor: cursor?, request: request?, tombstone: tombstone?, seals })
            })();
            return configured.ok_or(KeyringError::NotConfigured);
        };
        let path = beside(database, "secrets");
        let mut kept = read(&path)?;
        let before = kept.len();
        let made_before = kept.get(TOKEN_KEY).cloned();
        let mut key = |name: &str, configured: &Option<KeyBytes>| {
            if let Some(key) = configured {
                return key.clone();
            }
            kept.entry(name.to_owned()).or_insert_with(|| KeyBytes::new(bytes(entropy))).clone()
        };
        let made = match token_keys {
            None => Some(key(TOKEN_KEY, &None)),
            Some(_) => made_before,
        };
        let made = made.and_then(|bytes| Some(TokenKey { id: TokenKeyId::new(MADE)?, bytes }));
        let configured = token_keys.iter().flat_map(TokenKeys::iter).cloned();
        let ring = Self {
            seals: seals(configured.chain(made)).ok_or(KeyringError::NotConfigured)?,
            cursor: key("cursor_key", cursor_key),
            request: key("request_key", request_key),
            tombstone: key("tombstone_key", tombstone_key),
        };
        if kept.len() > before {
            write(&path, &kept)?;
        }
        Ok(ring)
    }
}

/// Seals with the first of those keys; `None` when there is none. Of two that are called alike the first counts: an operator
/// may list the one that was made.
fn seals(keys: impl Iterator<Item = TokenKey>) -> Option<Seals> {
    let mut keys = keys;
    Some(Seals::new(keys.next()?, keys.collect()))
}

type Kept = BTreeMap<String, KeyBytes>;

fn read(path: &Path) -> Result<Kept, KeyringError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Kept::new()),
        Err(error) => return Err(KeyringError::Io(path.to_owned(), error)),
    };
    let unreadable = || KeyringError::Unreadable(path.to_owned());
    let table: toml::Table = text.parse().map_err(|_| unreadable())?;
    let keys = table.into_iter().map(|(name, value)| {
        let key = value.as_str().and_then(KeyBytes::parse).ok_or_else(unreadable)?;
        Ok((name, key))
    });
    keys.collect()
}

/// Written whole under another name first, so that a crash leaves the old file or the new one.
fn write(path: &Path, kept: &Kept) -> Result<(), KeyringError> {
    let mut text =
        "# Made by Assent. Keep this file with the database it is named after, and show it to nobody.\n"
            .to_owned();
    for (name, key) in kept {
        text.push_str(&format!("{name} = \"{}\"\n", hex::encode(key.reveal())));
    }
    let new = beside(path, "new");
    let written = (|| {
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    })();
    written.map_err(|error| KeyringError::Io(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::entropy::SeededEntropy;

    const NONE: Secrets =
        Secrets { cursor_key: None, request_key: None, tombstone_key: None, token_keys: None };

    #[test]
    fn keys_are_made_once_and_kept_for_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("assent.db");
        let made = Keyring::open(&NONE, Some(&database), &SeededEntropy::new(1)).unwrap();
        assert_ne!(made.cursor, made.request);
        assert_ne!(made.tombstone, made.request);
        let file = folder.path().join("assent.db.secrets");
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

        let again = Keyring::open(&NONE, Some(&database), &SeededEntropy::new(2)).unwrap();
        assert_eq!((again.cursor, again.request), (made.cursor.clone(), made.request));
        assert_eq!(again.tombstone, made.tombstone);
        let tenant = assent_domain::id::TenantId::new("a").unwrap();
        let token = made.seals.seal(&tenant, &[1; 32], [1; 24]).unwrap();
        assert!(token.starts_with("made.") && again.seals.open(&tenant, &token).is_ok());
        let configured = Secrets { cursor_key: Some(KeyBytes::new([5; 32])), ..NONE };
        let mixed = Keyring::open(&configured, Some(&database), &SeededEntropy::new(3)).unwrap();
        assert_eq!(mixed.cursor, KeyBytes::new([5; 32]));
        assert_ne!(mixed.cursor, made.cursor);

        let own = TokenKeys::parse(&format!("mine:{}", "07".repeat(32))).unwrap();
        let configured = Secrets { token_keys: Some(own), ..NONE };
        let listed = Keyring::open(&configured, Some(&database), &SeededEntropy::new(4)).unwrap();
        assert!(listed.seals.seal(&tenant, &[1; 32], [1; 24]).unwrap().starts_with("mine."));
        assert!(listed.seals.open(&tenant, &token).is_ok(), "what the made key sealed still opens");
    }

    #[test]
    fn without_a_file_keys_must_be_configured_and_a_broken_file_is_not_overwritten() {
        let missing = Keyring::open(&NONE, None, &SeededEntropy::new(1)).unwrap_err();
        assert!(matches!(missing, KeyringError::NotConfigured));
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("assent.db");
        std::fs::write(folder.path().join("assent.db.secrets"), "cursor_key = \"short\"").unwrap();
        let broken = Keyring::open(&NONE, Some(&database), &SeededEntropy::new(1)).unwrap_err();
        assert!(matches!(broken, KeyringError::Unreadable(_)));
    }
}
