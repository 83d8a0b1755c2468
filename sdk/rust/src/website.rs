//! A website, as it is declared, and what is allowed there at most.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::opt_in::OptInText;
use crate::profile_table::Etag;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// What is allowed at most, whatever a person consented to. Of all ceilings in play, those of the website, the campaign
    /// and the message, the most restrictive counts.
    #[derive(Default)]
    Ceiling = v1::Ceiling, "CEILING_" {
        /// No ceiling of its own.
        #[default]
        Default,
        /// Only what a person granted: nothing is recorded of anybody who did not answer.
        Consented,
        /// Only what names nobody.
        Anonymous,
        /// Nothing, no statistics either.
        Never,
    }
}

/// One ceiling for each kind of interaction; each is set on its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Ceilings {
    /// That of opens of emails.
    pub email_open: Ceiling,
    /// That of clicks of links in emails.
    pub email_click: Ceiling,
    /// That of clicks of links in SMS messages.
    pub sms_click: Ceiling,
    /// That of visits of websites.
    pub website_visit: Ceiling,
    /// That of goals reached by transactions.
    pub transaction_goal: Ceiling,
}

impl Ceilings {
    /// The same ceiling for every kind.
    #[must_use]
    pub const fn all(ceiling: Ceiling) -> Self {
        Self {
            email_open: ceiling,
            email_click: ceiling,
            sms_click: ceiling,
            website_visit: ceiling,
            transaction_goal: ceiling,
        }
    }

    /// Sets that of opens of emails.
    #[must_use]
    pub const fn email_open(mut self, ceiling: Ceiling) -> Self {
        self.email_open = ceiling;
        self
    }

    /// Sets that of clicks of links in emails.
    #[must_use]
    pub const fn email_click(mut self, ceiling: Ceiling) -> Self {
        self.email_click = ceiling;
        self
    }

    /// Sets that of clicks of links in SMS messages.
    #[must_use]
    pub const fn sms_click(mut self, ceiling: Ceiling) -> Self {
        self.sms_click = ceiling;
        self
    }

    /// Sets that of visits of websites.
    #[must_use]
    pub const fn website_visit(mut self, ceiling: Ceiling) -> Self {
        self.website_visit = ceiling;
        self
    }

    /// Sets that of goals reached by transactions.
    #[must_use]
    pub const fn transaction_goal(mut self, ceiling: Ceiling) -> Self {
        self.transaction_goal = ceiling;
        self
    }

    fn into_wire(self) -> v1::WebsiteCeilings {
        v1::WebsiteCeilings {
            email_open: self.email_open.to_wire(),
            email_click: self.email_click.to_wire(),
            sms_click: self.sms_click.to_wire(),
            website_visit: self.website_visit.to_wire(),
            transaction_goal: self.transaction_goal.to_wire(),
        }
    }

    fn from_wire(wire: v1::WebsiteCeilings) -> Self {
        Self {
            email_open: Ceiling::from_wire(wire.email_open),
            email_click: Ceiling::from_wire(wire.email_click),
            sms_click: Ceiling::from_wire(wire.sms_click),
            website_visit: Ceiling::from_wire(wire.website_visit),
            transaction_goal: Ceiling::from_wire(wire.transaction_goal),
        }
    }
}

/// A website. One that nobody declared has no country and no ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Website {
    /// Its id, 1 to 128 bytes of UTF-8 without control characters; never changed.
    pub id: String,
    /// The country whose rules apply to what profiles without a jurisdiction do there (ISO 3166-1 alpha-2). Absent: the website
    /// adds no policy.
    pub country: Option<String>,
    /// What is allowed at most there; it binds the website's campaigns and messages too.
    pub ceilings: Ceilings,
    /// The texts of the boxes of its forms, at most one for each box and language; they count before the profile table's.
    pub opt_in_texts: Vec<OptInText>,
    /// What the caller last read, for a Put over it. Absent in a Put: the website must not be declared yet.
    pub etag: Option<Etag>,
    /// Counts the website's changes, from 1. 0 in one that was not read; ignored in a Put.
    pub version: u64,
    /// When this version was stored. Absent in one that was not read; ignored in a Put.
    pub recorded_at: Option<Instant>,
}

impl Website {
    /// A website without a country and without a ceiling.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            country: None,
            ceilings: Ceilings::default(),
            opt_in_texts: Vec::new(),
            etag: None,
            version: 0,
            recorded_at: None,
        }
    }

    /// Says its country: two upper-case letters.
    #[must_use]
    pub fn country(mut self, code: impl Into<String>) -> Self {
        self.country = Some(code.into());
        self
    }

    /// Says what is allowed at most there.
    #[must_use]
    pub const fn ceilings(mut self, ceilings: Ceilings) -> Self {
        self.ceilings = ceilings;
        self
    }

    /// Declares the text of one box in one language; it must be stored.
    #[must_use]
    pub fn opt_in_text(mut self, text: OptInText) -> Self {
        self.opt_in_texts.push(text);
        self
    }

    pub(crate) fn into_wire(self) -> v1::Website {
        v1::Website {
            id: self.id,
            country: self.country,
            ceilings: Some(self.ceilings.into_wire()),
            etag: self.etag.map(|etag| etag.0),
            version: 0,
            recorded_at: None,
            opt_in_texts: self.opt_in_texts.into_iter().map(OptInText::into_wire).collect(),
        }
    }

    pub(crate) fn from_wire(wire: v1::Website) -> Self {
        Self {
            id: wire.id,
            country: wire.country,
            ceilings: wire.ceilings.map(Ceilings::from_wire).unwrap_or_default(),
            opt_in_texts: wire.opt_in_texts.iter().filter_map(OptInText::from_wire).collect(),
            etag: wire.etag.map(Etag),
            version: wire.version,
            recorded_at: wire.recorded_at.map(Instant::from_wire),
        }
    }

    /// A website that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::Website>) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible("website"))
    }
}
