//! The consent record (ISO/IEC TS 27560's word): one answer, notice, request, change of facts,
//! expiry or erasure, with its evidence. Once stored it never changes; erasure alone takes its body.

use crate::answer::Answer;
use crate::evidence::{Basis, Evidence, Source, SourceKind};
use crate::id::{MessageId, NoticeId, Origin, PolicyId, ProfileId, RecordId, TableId};
use crate::scope::Coverage;
use crate::time::{Day, Instant};

/// A policy as it stood when something was decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyVersion {
    /// Which policy.
    pub id: PolicyId,
    /// Its version: built-in policies and overrides count from 1.
    pub version: u32,
}

/// One consent record.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id, made by the server.
    pub id: RecordId,
    /// The profile table.
    pub table: TableId,
    /// The person.
    pub profile: ProfileId,
    /// The profile's version with this record: 1 for its first, then in steps of one.
    pub profile_version: u64,
    /// When the server recorded it; never earlier than the profile's record before it.
    pub recorded_at: Instant,
    /// The system that sent it, for readers that leave out their own.
    pub origin: Option<Origin>,
    /// The policies in force for this profile when it was recorded.
    pub policies: Vec<PolicyVersion>,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// What the person said.
    Answer(AnswerGiven),
    /// What they were told.
    Notice(NoticeGiven),
    /// What they were asked.
    Request(RequestMade),
    /// What is known of them changed.
    Facts(FactsChanged),
    /// A grant ran out.
    Expiry(GrantExpired),
    /// The person was erased.
    Erasure,
}

/// A grant, refusal, withdrawal or objection.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerGiven {
    /// What was said.
    pub answer: Answer,
    /// Of what.
    pub coverage: Coverage,
    /// When, as the caller claims; absent: when it was recorded.
    pub decided_at: Option<Instant>,
    /// On what ground a grant is one; only grants have it.
    pub basis: Option<Basis>,
    /// What proves it.
    pub evidence: Evidence,
}

/// A notice that somebody was told.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeGiven {
    /// Of what it told.
    pub coverage: Coverage,
    /// When they were told; absent: when it was recorded.
    pub notified_at: Option<Instant>,
    /// The text.
    pub text: Option<NoticeId>,
    /// Whether the conditions of sending stayed as they were.
    pub conditions_unchanged: Option<bool>,
    /// Whether it offered to withdraw from tracking.
    pub withdrawal_offered: Option<bool>,
    /// The objective difficulties that justify a late notice.
    pub justification: Option<String>,
    /// Where the proof of an imported notice is kept.
    pub proof_reference: Option<String>,
    /// Where the record comes from.
    pub source: Option<Source>,
    /// The message whose recorded send is this notice.
    pub sent_message: Option<MessageId>,
}

/// A request for consent that somebody was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct RequestMade {
    /// For what.
    pub coverage: Coverage,
    /// When; absent: when it was recorded.
    pub requested_at: Option<Instant>,
    /// The text.
    pub text: Option<NoticeId>,
    /// Where the record comes from.
    pub source: Option<Source>,
    /// The message whose recorded send is this request.
    pub sent_message: Option<MessageId>,
}

/// A country whose rules apply to a person: ISO 3166-1 alpha-2, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Two upper-case letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Some(Self([*a, *b])),
            _ => None,
        }
    }

    /// The two letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("")
    }
}

/// Facts of a profile that were set or changed. What is absent stayed as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct FactsChanged {
    /// The day the address was collected.
    pub collected_on: Option<Day>,
    /// The country whose rules apply.
    pub jurisdiction: Option<Country>,
    /// Where the facts come from: they can widen what is permitted, so it is always said.
    pub source: Source,
}

/// A grant that ran out.
#[derive(Clone, PartialEq, Eq)]
pub struct GrantExpired {
    /// Of what.
    pub coverage: Coverage,
    /// The record that last confirmed it.
    pub grant: RecordId,
    /// When it ran out.
    pub expired_at: Instant,
}

hidden!(Record, Body, AnswerGiven, NoticeGiven, RequestMade, FactsChanged, GrantExpired);

impl AnswerGiven {
    /// Whether it was said now, to us, rather than imported from a list that may be older than what we know.
    #[must_use]
    pub fn direct(&self) -> bool {
        self.evidence.source.as_ref().is_none_or(|source| source.kind != SourceKind::Import)
    }

    /// When it takes effect, once recorded at `recorded_at`: the earlier of both times; a direct
    /// refusal, withdrawal or objection at the server's time, its claimed date being evidence only.
    #[must_use]
    pub fn effective(&self, recorded_at: Instant) -> Instant {
        if self.answer != Answer::Grant && self.direct() {
            return recorded_at;
        }
        self.decided_at.map_or(recorded_at, |claimed| claimed.min(recorded_at))
    }
}

impl Record {
    /// When it takes effect.
    #[must_use]
    pub fn effective(&self) -> Instant {
        let claimed = match &self.body {
            Body::Answer(given) => return given.effective(self.recorded_at),
            Body::Notice(notice) => notice.notified_at,
            Body::Request(request) => request.requested_at,
            Body::Expiry(expired) => Some(expired.expired_at),
            Body::Facts(_) | Body::Erasure => None,
        };
        claimed.map_or(self.recorded_at, |at| at.min(self.recorded_at))
    }

    /// What it covers; facts and erasures cover no series.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        match &self.body {
            Body::Answer(given) => Some(given.coverage),
            Body::Notice(notice) => Some(notice.coverage),
            Body::Request(request) => Some(request.coverage),
            Body::Expiry(expired) => Some(expired.coverage),
            Body::Facts(_) | Body::Erasure => None,
        }
    }
}
