//! What proves an answer. Each policy says which items it demands of a grant; a refusal, withdrawal or objection needs
//! none. The controller is not sent with an answer: the service takes it from the profile table.

use assent_proto::v1;

use crate::notice::NoticeId;
use crate::word::{Word, words};

words! {
    /// On what ground a grant is held to be one.
    Basis = v1::Basis, "BASIS_" {
        /// The person said so, here.
        Explicit,
        /// Nobody said so: the controller writes "yes" for a covered audience. Accepted by `legacy` alone.
        Assumed,
        /// The person said so elsewhere; needs a proof reference.
        Imported,
    }
}

words! {
    /// Through what something reached the service.
    SourceKind = v1::SourceKind, "SOURCE_KIND_" {
        /// A form that the person filled in.
        Form,
        /// A campaign.
        Campaign,
        /// An import: what it says may be older than what is on record, so its dates decide, for refusals too.
        Import,
        /// A call by another system on the person's behalf.
        Api,
        /// A message that the person was sent: a link in it. Its name is the message's id.
        Message,
    }
}

words! {
    /// One item of evidence that a policy can demand of a grant.
    EvidenceItem = v1::EvidenceItem, "EVIDENCE_ITEM_" {
        /// When the person decided: [`AnswerGiven::decided_at`](crate::AnswerGiven::decided_at).
        DecisionTime,
        /// How the answer was collected: [`Evidence::method`].
        Method,
        /// Through which form, campaign, import or system: [`Source::name`].
        Source,
        /// Which version of that: [`Source::version`].
        SourceVersion,
        /// The text that the person read: [`Evidence::notice`].
        NoticeText,
        /// Its language: [`Evidence::language`].
        Language,
        /// Who recorded it: [`Evidence::actor`].
        Actor,
        /// Who the consent was given to: [`ProfileTable::controller`](crate::ProfileTable::controller).
        Controller,
    }
}

/// Where an answer, notice, request or fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Source {
    /// Through what.
    pub kind: SourceKind,
    /// Which form, campaign, import, system or message. Absent: not known; the stricter policies then accept no grant.
    pub name: Option<String>,
    /// Its version. Absent: not known; the stricter policies then accept no grant.
    pub version: Option<String>,
}

impl Source {
    /// A source of that kind, name and version not known.
    #[must_use]
    pub const fn new(kind: SourceKind) -> Self {
        Self { kind, name: None, version: None }
    }

    /// Says which form, campaign, import or system it is: one line, at most 256 bytes.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says its version: one line, at most 64 bytes.
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    pub(crate) fn into_wire(self) -> v1::Source {
        v1::Source { kind: self.kind.to_wire(), name: self.name, version: self.version }
    }

    pub(crate) fn from_wire(wire: v1::Source) -> Self {
        Self { kind: SourceKind::from_wire(wire.kind), name: wire.name, version: wire.version }
    }
}

/// Who decides why and how the data are used (GDPR art. 4(7)).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Controller {
    /// Its name: one line, at most 256 bytes.
    pub name: String,
    /// Its postal address: at most 1,024 bytes, line feeds allowed.
    pub address: String,
    /// Where people reach it: at most 1,024 bytes, line feeds allowed.
    pub contact: String,
}

impl Controller {
    /// The controller of that name, postal address and contact.
    #[must_use]
    pub fn new(name: impl Into<String>, address: impl Into<String>, contact: impl Into<String>) -> Self {
        Self { name: name.into(), address: address.into(), contact: contact.into() }
    }

    pub(crate) fn into_wire(self) -> v1::Controller {
        v1::Controller { name: self.name, address: self.address, contact: self.contact }
    }

    pub(crate) fn from_wire(wire: v1::Controller) -> Self {
        Self { name: wire.name, address: wire.address, contact: wire.contact }
    }
}

/// What proves an answer. Everything may be left out; each policy says what it demands of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// How the answer was collected, in the caller's word. Absent: not known.
    pub method: Option<String>,
    /// Through what it reached the service. Absent: not known; the answer then counts as a direct one.
    pub source: Option<Source>,
    /// The text that the person read. Absent: not known.
    pub notice: Option<NoticeId>,
    /// The language of that text, as BCP 47 writes it. Absent: not known.
    pub language: Option<String>,
    /// Who recorded it, in the caller's word. Absent: not known.
    pub actor: Option<String>,
    /// Where the proof of an imported consent is kept. Absent: nowhere; [`Basis::Imported`] is then refused.
    pub proof_reference: Option<String>,
}

impl Evidence {
    /// No evidence yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How the answer was collected (`checkbox`, `double_opt_in`, a campaign's name): one line, at most 256 bytes.
    /// `pre_ticked`, `implied`, `silence` and `open_as_consent` are refused for a grant.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Through what it reached the service.
    #[must_use]
    pub fn source(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    /// The text that the person read, stored before by [`Consents::put_notice`](crate::Consents::put_notice).
    #[must_use]
    pub const fn notice(mut self, notice: NoticeId) -> Self {
        self.notice = Some(notice);
        self
    }

    /// The language of that text: a BCP 47 tag, at most 35 bytes.
    #[must_use]
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = Some(language.into());
        self
    }

    /// Who recorded it (the person, an agent, a system): one line, at most 128 bytes.
    #[must_use]
    pub fn actor(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Where the proof of an imported consent is kept: one line, at most 1,024 bytes.
    #[must_use]
    pub fn proof_reference(mut self, reference: impl Into<String>) -> Self {
        self.proof_reference = Some(reference.into());
        self
    }

    pub(crate) fn into_wire(self) -> v1::Evidence {
        v1::Evidence {
            method: self.method,
            source: self.source.map(Source::into_wire),
            notice_id: self.notice.map(NoticeId::into_wire),
            language: self.language,
            actor: self.actor,
            proof_reference: self.proof_reference,
        }
    }

    pub(crate) fn from_wire(wire: v1::Evidence) -> Self {
        Self {
            method: wire.method,
            source: wire.source.map(Source::from_wire),
            notice: wire.notice_id.as_deref().and_then(NoticeId::from_wire),
            language: wire.language,
            actor: wire.actor,
            proof_reference: wire.proof_reference,
        }
    }
}
