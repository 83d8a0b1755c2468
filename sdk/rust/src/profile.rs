//! One person in one profile table, under the caller's own id, and what is known of them beside their answers.
//!
//! The id is opaque, 1 to 128 bytes of UTF-8 without control characters, and so a plain text here: it is compared byte by
//! byte, never normalised, split or guessed at.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::evidence::Source;
use crate::time::Day;

/// Facts of a profile to set. What is left out stays as it is; nothing can be taken back to unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The day the person's address was collected. Absent: unchanged.
    pub collected_on: Option<Day>,
    /// The country whose rules apply to the person (ISO 3166-1 alpha-2). Absent: unchanged.
    pub jurisdiction: Option<String>,
    /// Where the facts come from: they can widen what is permitted, so it is always said.
    pub source: Source,
}

impl Facts {
    /// Facts from that source; at least one must follow.
    #[must_use]
    pub const fn new(source: Source) -> Self {
        Self { collected_on: None, jurisdiction: None, source }
    }

    /// Says when the person's address was collected.
    #[must_use]
    pub const fn collected_on(mut self, day: Day) -> Self {
        self.collected_on = Some(day);
        self
    }

    /// Says which country's rules apply to the person: two upper-case letters.
    #[must_use]
    pub fn jurisdiction(mut self, country: impl Into<String>) -> Self {
        self.jurisdiction = Some(country.into());
        self
    }

    pub(crate) fn into_wire(self) -> v1::ProfileFacts {
        v1::ProfileFacts {
            collected_on: self.collected_on.map(Day::into_wire),
            jurisdiction: self.jurisdiction,
            source: Some(self.source.into_wire()),
        }
    }
}

/// What is known of a profile beside its answers.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KnownFacts {
    /// The day the person's address was collected. Absent: unknown.
    pub collected_on: Option<Day>,
    /// The country whose rules apply to the person. Absent: unknown.
    pub jurisdiction: Option<String>,
}

impl KnownFacts {
    pub(crate) fn from_wire(wire: Option<v1::KnownFacts>) -> Self {
        wire.map_or_else(Self::default, |wire| Self {
            collected_on: wire.collected_on.and_then(Day::from_wire),
            jurisdiction: wire.jurisdiction,
        })
    }
}

/// A profile that the contract promises to name.
pub(crate) fn named(wire: Option<v1::ProfileKey>, path: &'static str) -> Result<String> {
    wire.map(|key| key.id).ok_or_else(|| Error::unintelligible(path))
}

/// A profile's key.
pub(crate) const fn key(id: String) -> v1::ProfileKey {
    v1::ProfileKey { id }
}
