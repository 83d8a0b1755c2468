//! Texts that people are shown when they are told or asked. Immutable: another text is another notice.

use std::fmt;

use assent_proto::v1;
use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::time::Instant;

/// The id of a text: the SHA-256 of its UTF-8 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoticeId([u8; 32]);

impl NoticeId {
    /// The id that the service gives this text. Naming it in evidence needs the text to be stored.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The id of these 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn into_wire(self) -> Vec<u8> {
        self.0.to_vec()
    }

    pub(crate) fn from_wire(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for NoticeId {
    /// 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for NoticeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoticeId({self})")
    }
}

/// A stored text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notice {
    /// The SHA-256 of its UTF-8 bytes.
    pub id: NoticeId,
    /// The text as it was put, byte for byte.
    pub text: String,
    /// When it was first stored, by the server's clock.
    pub recorded_at: Instant,
}

impl Notice {
    pub(crate) fn from_wire(wire: Option<v1::Notice>) -> Result<Self, Error> {
        let wire = wire.ok_or_else(|| Error::unintelligible("notice"))?;
        Ok(Self {
            id: NoticeId::from_wire(&wire.id).ok_or_else(|| Error::unintelligible("notice.id"))?,
            text: wire.text,
            recorded_at: Instant::promised(wire.recorded_at, "notice.recorded_at")?,
        })
    }
}

/// A stored text in a list, without the text itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoticeEntry {
    /// The SHA-256 of its UTF-8 bytes.
    pub id: NoticeId,
    /// The length of the text, in bytes of UTF-8.
    pub size_bytes: u32,
    /// When it was first stored, by the server's clock.
    pub recorded_at: Instant,
}

impl NoticeEntry {
    pub(crate) fn from_wire(wire: v1::NoticeEntry) -> Result<Self, Error> {
        Ok(Self {
            id: NoticeId::from_wire(&wire.id).ok_or_else(|| Error::unintelligible("notices.id"))?,
            size_bytes: wire.size_bytes,
            recorded_at: Instant::promised(wire.recorded_at, "notices.recorded_at")?,
        })
    }
}
