//! A campaign, as it is declared.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::opt_in::OptInText;
use crate::profile_table::Etag;
use crate::time::Instant;
use crate::website::Ceiling;
use crate::word::Word;

/// A campaign: it groups messages. One that nobody declared has no website, no ceiling and no statistics.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Campaign {
    /// Its id, 1 to 128 bytes of UTF-8 without control characters; never changed.
    pub id: String,
    /// The website it belongs to, whose country and ceilings count for it too. Absent: none.
    pub website_id: Option<String>,
    /// What is allowed at most of every kind of interaction.
    pub ceiling: Ceiling,
    /// The texts of the boxes of its forms, at most one for each box and language; they count before its website's.
    pub opt_in_texts: Vec<OptInText>,
    /// What the caller last read, for a Put over it. Absent in a Put: the campaign must not be declared yet.
    pub etag: Option<Etag>,
    /// Counts the campaign's changes, from 1. 0 in one that was not read; ignored in a Put.
    pub version: u64,
    /// When this version was stored. Absent in one that was not read; ignored in a Put.
    pub recorded_at: Option<Instant>,
}

impl Campaign {
    /// A campaign without a website and without a ceiling.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            website_id: None,
            ceiling: Ceiling::Default,
            opt_in_texts: Vec::new(),
            etag: None,
            version: 0,
            recorded_at: None,
        }
    }

    /// Names the website it belongs to; it may be declared later.
    #[must_use]
    pub fn website(mut self, id: impl Into<String>) -> Self {
        self.website_id = Some(id.into());
        self
    }

    /// Says what is allowed at most of every kind of interaction.
    #[must_use]
    pub const fn ceiling(mut self, ceiling: Ceiling) -> Self {
        self.ceiling = ceiling;
        self
    }

    /// Declares the text of one box in one language; it must be stored.
    #[must_use]
    pub fn opt_in_text(mut self, text: OptInText) -> Self {
        self.opt_in_texts.push(text);
        self
    }

    pub(crate) fn into_wire(self) -> v1::Campaign {
        v1::Campaign {
            id: self.id,
            website_id: self.website_id,
            ceiling: self.ceiling.to_wire(),
            etag: self.etag.map(|etag| etag.0),
            version: 0,
            recorded_at: None,
            opt_in_texts: self.opt_in_texts.into_iter().map(OptInText::into_wire).collect(),
        }
    }

    pub(crate) fn from_wire(wire: v1::Campaign) -> Self {
        Self {
            id: wire.id,
            website_id: wire.website_id,
            ceiling: Ceiling::from_wire(wire.ceiling),
            opt_in_texts: wire.opt_in_texts.iter().filter_map(OptInText::from_wire).collect(),
            etag: wire.etag.map(Etag),
            version: wire.version,
            recorded_at: wire.recorded_at.map(Instant::from_wire),
        }
    }

    /// A campaign that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::Campaign>) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible("campaign"))
    }
}
