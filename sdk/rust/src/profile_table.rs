//! A tenant's list of people, as it is set up.

use std::fmt;

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::evidence::Controller;
use crate::opt_in::OptInText;
use crate::time::Instant;

/// Stands for a setting as it is stored, so that nobody overwrites what they have not read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Etag(pub(crate) String);

impl fmt::Debug for Etag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Etag({})", self.0)
    }
}

/// A list of people of one tenant. What is on record under it is never mixed with another table's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileTable {
    /// Its id, 1 to 64 bytes of UTF-8 without control characters; never changed.
    pub id: String,
    /// Who decides why and how the data are used; recorded with every answer. Absent: no grant is stored in the table.
    pub controller: Option<Controller>,
    /// The built-in policy that judges its profiles, beside that of each profile's jurisdiction. Absent: the
    /// operator's choice, `strict` unless configured otherwise.
    pub policy_id: Option<String>,
    /// The time zone whose days count under policies that have none of their own: an IANA name such as `Europe/Brussels`.
    pub zone: String,
    /// The texts of the boxes of forms whose answers go to it, at most one for each box and language, where website and
    /// campaign declare none.
    pub opt_in_texts: Vec<OptInText>,
    /// What the caller last read, for a Put over it. Absent in a Put: the table must not exist yet.
    pub etag: Option<Etag>,
    /// Counts the table's changes, from 1. 0 in one that was not read; ignored in a Put.
    pub version: u64,
    /// When this version was stored. Absent in one that was not read; ignored in a Put.
    pub recorded_at: Option<Instant>,
}

impl ProfileTable {
    /// A new table whose days are those of that zone; no controller, the operator's policy.
    #[must_use]
    pub fn new(id: impl Into<String>, zone: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            controller: None,
            policy_id: None,
            zone: zone.into(),
            opt_in_texts: Vec::new(),
            etag: None,
            version: 0,
            recorded_at: None,
        }
    }

    /// Names who decides why and how the data are used.
    #[must_use]
    pub fn controller(mut self, controller: Controller) -> Self {
        self.controller = Some(controller);
        self
    }

    /// Chooses the policy: `legacy`, `fr-cnil-2026`, `it-garante-2026` or `strict`.
    #[must_use]
    pub fn policy(mut self, id: impl Into<String>) -> Self {
        self.policy_id = Some(id.into());
        self
    }

    /// Declares the text of one box in one language; it must be stored.
    #[must_use]
    pub fn opt_in_text(mut self, text: OptInText) -> Self {
        self.opt_in_texts.push(text);
        self
    }

    pub(crate) fn into_wire(self) -> v1::ProfileTable {
        v1::ProfileTable {
            id: self.id,
            controller: self.controller.map(Controller::into_wire),
            policy_id: self.policy_id,
            zone: self.zone,
            etag: self.etag.map(|etag| etag.0),
            version: 0,
            recorded_at: None,
            opt_in_texts: self.opt_in_texts.into_iter().map(OptInText::into_wire).collect(),
        }
    }

    pub(crate) fn from_wire(wire: v1::ProfileTable) -> Self {
        Self {
            id: wire.id,
            controller: wire.controller.map(Controller::from_wire),
            policy_id: wire.policy_id,
            zone: wire.zone,
            opt_in_texts: wire.opt_in_texts.iter().filter_map(OptInText::from_wire).collect(),
            etag: wire.etag.map(Etag),
            version: wire.version,
            recorded_at: wire.recorded_at.map(Instant::from_wire),
        }
    }

    /// A table that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::ProfileTable>) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible("profile_table"))
    }
}
