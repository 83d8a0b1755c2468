//! What a person said, was told and was asked: what is sent, and what a record says. Notices and requests are not answers.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::evidence::{Basis, Evidence, Source};
use crate::notice::NoticeId;
use crate::scope::Coverage;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// What a person said.
    Answer = v1::Answer, "ANSWER_" {
        /// Yes.
        Grant,
        /// No, when asked.
        Refuse,
        /// No longer, after a yes.
        Withdraw,
        /// A stop without having been asked (GDPR art. 21). Replaced only by a later grant.
        Object,
    }
}

/// A grant, refusal, withdrawal or objection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnswerGiven {
    /// What the person said.
    pub answer: Answer,
    /// Of what.
    pub coverage: Coverage,
    /// When the person decided, as the caller claims. Absent: when it is recorded. A grant dated more than 5 minutes ahead
    /// of the server's clock is refused; the date of a direct refusal, withdrawal or objection is evidence only.
    pub decided_at: Option<Instant>,
    /// On what ground a grant is held to be one; absent for another answer.
    pub basis: Option<Basis>,
    /// What proves it.
    pub evidence: Evidence,
}

impl AnswerGiven {
    /// A yes, and the ground on which it is held to be one.
    #[must_use]
    pub fn grant(basis: Basis, coverage: Coverage) -> Self {
        Self { basis: Some(basis), ..Self::of(Answer::Grant, coverage) }
    }

    /// A no, when asked. Never fails for missing evidence.
    #[must_use]
    pub fn refuse(coverage: Coverage) -> Self {
        Self::of(Answer::Refuse, coverage)
    }

    /// A no longer, after a yes. Never fails for missing evidence.
    #[must_use]
    pub fn withdraw(coverage: Coverage) -> Self {
        Self::of(Answer::Withdraw, coverage)
    }

    /// A stop without having been asked. Never fails for missing evidence.
    #[must_use]
    pub fn object(coverage: Coverage) -> Self {
        Self::of(Answer::Object, coverage)
    }

    fn of(answer: Answer, coverage: Coverage) -> Self {
        Self { answer, coverage, decided_at: None, basis: None, evidence: Evidence::new() }
    }

    /// Says when the person decided.
    #[must_use]
    pub const fn decided_at(mut self, instant: Instant) -> Self {
        self.decided_at = Some(instant);
        self
    }

    /// Gives what proves it.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    pub(crate) fn into_wire(self) -> v1::AnswerGiven {
        let evidence = (self.evidence != Evidence::default()).then(|| self.evidence.into_wire());
        v1::AnswerGiven {
            answer: self.answer.to_wire(),
            coverage: Some(self.coverage.into_wire()),
            decided_at: self.decided_at.map(Instant::into_wire),
            basis: self.basis.map_or(0, Word::to_wire),
            evidence,
        }
    }

    pub(crate) fn from_wire(wire: v1::AnswerGiven) -> Result<Self> {
        Ok(Self {
            answer: Answer::from_wire(wire.answer),
            coverage: covered(wire.coverage, "answer.coverage")?,
            decided_at: wire.decided_at.map(Instant::from_wire),
            basis: (wire.basis != 0).then(|| Basis::from_wire(wire.basis)),
            evidence: wire.evidence.map(Evidence::from_wire).unwrap_or_default(),
        })
    }
}

/// A notice that the person was told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoticeGiven {
    /// Of what it told.
    pub coverage: Coverage,
    /// When the person was told. Absent: when it is recorded.
    pub notified_at: Option<Instant>,
    /// The text. Absent: not known.
    pub notice: Option<NoticeId>,
    /// Whether the conditions under which messages are sent stayed as they were. Absent: not said, which permits nothing.
    pub conditions_unchanged: Option<bool>,
    /// Whether the notice offered to withdraw from tracking. Absent: not said, which counts as no.
    pub withdrawal_offered: Option<bool>,
    /// What justifies a notice later than the policy's last day. Absent: nothing.
    pub justification: Option<String>,
    /// Where the proof of an imported notice is kept. Absent: nowhere.
    pub proof_reference: Option<String>,
    /// Where the record comes from. Absent: not known.
    pub source: Option<Source>,
    /// The message whose recorded send is this notice. Absent: it was told otherwise; ignored in what is sent.
    pub sent_message_id: Option<String>,
}

impl NoticeGiven {
    /// A notice of that, everything else not said.
    #[must_use]
    pub const fn new(coverage: Coverage) -> Self {
        Self {
            coverage,
            notified_at: None,
            notice: None,
            conditions_unchanged: None,
            withdrawal_offered: None,
            justification: None,
            proof_reference: None,
            source: None,
            sent_message_id: None,
        }
    }

    /// Says when the person was told.
    #[must_use]
    pub const fn notified_at(mut self, instant: Instant) -> Self {
        self.notified_at = Some(instant);
        self
    }

    /// Names the text, stored before by [`Consents::put_notice`](crate::Consents::put_notice).
    #[must_use]
    pub const fn notice(mut self, notice: NoticeId) -> Self {
        self.notice = Some(notice);
        self
    }

    /// Says whether the conditions under which messages are sent stayed as they were.
    #[must_use]
    pub const fn conditions_unchanged(mut self, unchanged: bool) -> Self {
        self.conditions_unchanged = Some(unchanged);
        self
    }

    /// Says whether the notice offered to withdraw from tracking.
    #[must_use]
    pub const fn withdrawal_offered(mut self, offered: bool) -> Self {
        self.withdrawal_offered = Some(offered);
        self
    }

    /// Gives the objective difficulties that justify a late notice: at most 2,048 bytes, line feeds allowed.
    #[must_use]
    pub fn justification(mut self, text: impl Into<String>) -> Self {
        self.justification = Some(text.into());
        self
    }

    /// Says where the proof of an imported notice is kept: one line, at most 1,024 bytes.
    #[must_use]
    pub fn proof_reference(mut self, reference: impl Into<String>) -> Self {
        self.proof_reference = Some(reference.into());
        self
    }

    /// Says where the record comes from.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    pub(crate) fn into_wire(self) -> v1::NoticeGiven {
        v1::NoticeGiven {
            coverage: Some(self.coverage.into_wire()),
            notified_at: self.notified_at.map(Instant::into_wire),
            notice_id: self.notice.map(NoticeId::into_wire),
            conditions_unchanged: self.conditions_unchanged,
            withdrawal_offered: self.withdrawal_offered,
            justification: self.justification,
            proof_reference: self.proof_reference,
            source: self.source.map(Source::into_wire),
            sent_message_id: None,
        }
    }

    pub(crate) fn from_wire(wire: v1::NoticeGiven) -> Result<Self> {
        Ok(Self {
            coverage: covered(wire.coverage, "notice.coverage")?,
            notified_at: wire.notified_at.map(Instant::from_wire),
            notice: wire.notice_id.as_deref().and_then(NoticeId::from_wire),
            conditions_unchanged: wire.conditions_unchanged,
            withdrawal_offered: wire.withdrawal_offered,
            justification: wire.justification,
            proof_reference: wire.proof_reference,
            source: wire.source.map(Source::from_wire),
            sent_message_id: wire.sent_message_id,
        })
    }
}

/// A request for consent that the person was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestMade {
    /// For what.
    pub coverage: Coverage,
    /// When it was sent. Absent: when it is recorded.
    pub requested_at: Option<Instant>,
    /// The text. Absent: not known.
    pub notice: Option<NoticeId>,
    /// Where the record comes from. Absent: not known.
    pub source: Option<Source>,
    /// The message whose recorded send is this request. Absent: it was asked otherwise; ignored in what is sent.
    pub sent_message_id: Option<String>,
}

impl RequestMade {
    /// A request for that, everything else not said.
    #[must_use]
    pub const fn new(coverage: Coverage) -> Self {
        Self { coverage, requested_at: None, notice: None, source: None, sent_message_id: None }
    }

    /// Says when it was sent.
    #[must_use]
    pub const fn requested_at(mut self, instant: Instant) -> Self {
        self.requested_at = Some(instant);
        self
    }

    /// Names the text, stored before by [`Consents::put_notice`](crate::Consents::put_notice).
    #[must_use]
    pub const fn notice(mut self, notice: NoticeId) -> Self {
        self.notice = Some(notice);
        self
    }

    /// Says where the record comes from.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    pub(crate) fn into_wire(self) -> v1::RequestMade {
        v1::RequestMade {
            coverage: Some(self.coverage.into_wire()),
            requested_at: self.requested_at.map(Instant::into_wire),
            notice_id: self.notice.map(NoticeId::into_wire),
            source: self.source.map(Source::into_wire),
            sent_message_id: None,
        }
    }

    pub(crate) fn from_wire(wire: v1::RequestMade) -> Result<Self> {
        Ok(Self {
            coverage: covered(wire.coverage, "request.coverage")?,
            requested_at: wire.requested_at.map(Instant::from_wire),
            notice: wire.notice_id.as_deref().and_then(NoticeId::from_wire),
            source: wire.source.map(Source::from_wire),
            sent_message_id: wire.sent_message_id,
        })
    }
}

/// A coverage that the contract promises to give.
pub(crate) fn covered(wire: Option<v1::Coverage>, path: &'static str) -> Result<Coverage> {
    wire.map(Coverage::from_wire).ok_or_else(|| Error::unintelligible(path))
}
