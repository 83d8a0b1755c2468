//! The id that makes a mutation safe to repeat.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ambient;

/// Makes a mutation safe to repeat: the same id with the same content writes once, and gets the same outcomes for 72 hours.
///
/// A call that is given none makes one, and keeps it over its own retries. Give one, kept beside the work, to repeat the
/// call after a crash of the caller too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A new one: a UUID of version 7, of the system's clock and randomness.
    #[must_use]
    pub fn new() -> Self {
        Self(ambient::new_uuid())
    }

    /// The id of these 16 bytes, a UUID that the caller made. The nil UUID is refused by the service.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The id of one part of a call that is sent in several: the first 16 bytes of SHA-256("assent batch part\n" ‖ the id
    /// ‖ the part's number from 0, as 8 bytes big-endian), as a UUID of version 8. The same for the same call, always.
    pub(crate) fn part(self, number: usize) -> Self {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let mut hash = Sha256::new();
        hash.update(b"assent batch part\n");
        hash.update(self.as_bytes());
        hash.update(number.to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

impl Default for RequestId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for RequestId {
    type Err = RequestIdError;

    fn from_str(text: &str) -> Result<Self, RequestIdError> {
        Uuid::try_parse(text).map(Self).map_err(|_| RequestIdError)
    }
}

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID; right is 36 characters, hexadecimal digits in groups of 8-4-4-4-12")]
pub struct RequestIdError;
