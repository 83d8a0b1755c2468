//! The id that makes an interaction safe to send again.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ambient;
use crate::time::Instant;

/// The id of an interaction, a UUID. With the time it occurred it makes the interaction safe to send again: the same one is
/// recorded once.
///
/// Ids that grow with time are stored at about half the cost of random ones: neighbours in time are neighbours in the index.
/// Both [`InteractionId::new`] and [`InteractionId::of_event`] make such ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InteractionId(Uuid);

impl InteractionId {
    /// A new one: a UUID of version 7, of the system's clock and randomness. Keep it beside the interaction until that is
    /// recorded, or make it of the event ([`Self::of_event`]).
    #[must_use]
    pub fn new() -> Self {
        Self(ambient::new_uuid())
    }

    /// The id of these 16 bytes, a UUID that the caller made. The nil UUID is refused by the service.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// The id of an event that another system names: the same for the same event, always, and growing with its time.
    ///
    /// A UUID of version 8: 48 bits of milliseconds since 1970-01-01T00:00:00Z, as in version 7, then the first 74 free bits
    /// of SHA-256("assent interaction id\n" ‖ `source` ‖ each of `name`), each text after its length as 8 bytes big-endian.
    /// Times before 1970 count as 1970. The hash shows whether a guessed name is the right one; it does not give it away.
    #[must_use]
    pub fn of_event(occurred_at: Instant, source: &str, name: &[&str]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"assent interaction id\n");
        for text in std::iter::once(&source).chain(name) {
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(text.as_bytes());
        }
        let millis = u64::try_from(occurred_at.micros().div_euclid(1000)).unwrap_or(0);
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[6..].copy_from_slice(&hash.finalize()[..10]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl Default for InteractionId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for InteractionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for InteractionId {
    type Err = InteractionIdError;

    fn from_str(text: &str) -> Result<Self, InteractionIdError> {
        Uuid::try_parse(text).map(Self).map_err(|_| InteractionIdError)
    }
}

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID; right is 36 characters, hexadecimal digits in groups of 8-4-4-4-12")]
pub struct InteractionIdError;
