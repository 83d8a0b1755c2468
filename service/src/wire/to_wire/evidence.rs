//! Evidence: basis, source, controller, and the items a policy can demand.

use assent_domain::evidence::{Basis, Controller, Evidence, Item, Source, SourceKind};
use assent_proto::v1;

/// On what ground a grant is one.
#[must_use]
pub const fn basis(basis: Basis) -> v1::Basis {
    match basis {
        Basis::Explicit => v1::Basis::Explicit,
        Basis::Assumed => v1::Basis::Assumed,
        Basis::Imported => v1::Basis::Imported,
    }
}

/// Through what something came.
#[must_use]
pub const fn source_kind(kind: SourceKind) -> v1::SourceKind {
    match kind {
        SourceKind::Form => v1::SourceKind::Form,
        SourceKind::Campaign => v1::SourceKind::Campaign,
        SourceKind::Import => v1::SourceKind::Import,
        SourceKind::Api => v1::SourceKind::Api,
        SourceKind::Message => v1::SourceKind::Message,
    }
}

/// Where something comes from.
#[must_use]
pub fn source(source: &Source) -> v1::Source {
    v1::Source {
        kind: source_kind(source.kind).into(),
        name: source.name.clone(),
        version: source.version.clone(),
    }
}

/// Who decides why and how the data are used.
#[must_use]
pub fn controller(controller: &Controller) -> v1::Controller {
    let Controller { name, address, contact } = controller.clone();
    v1::Controller { name, address, contact }
}

/// What proves an answer; absent if nothing was given. The controller stands elsewhere in the contract.
#[must_use]
pub fn evidence(evidence: &Evidence) -> Option<v1::Evidence> {
    let shown = v1::Evidence {
        method: evidence.method.clone(),
        source: evidence.source.as_ref().map(source),
        notice_id: evidence.notice.map(|id| id.0.to_vec()),
        language: evidence.language.clone(),
        actor: evidence.actor.clone(),
        proof_reference: evidence.proof_reference.clone(),
    };
    (shown != v1::Evidence::default()).then_some(shown)
}

/// One item of evidence.
#[must_use]
pub const fn item(item: Item) -> v1::EvidenceItem {
    match item {
        Item::DecisionTime => v1::EvidenceItem::DecisionTime,
        Item::Method => v1::EvidenceItem::Method,
        Item::Source => v1::EvidenceItem::Source,
        Item::SourceVersion => v1::EvidenceItem::SourceVersion,
        Item::NoticeText => v1::EvidenceItem::NoticeText,
        Item::Language => v1::EvidenceItem::Language,
        Item::Actor => v1::EvidenceItem::Actor,
        Item::Controller => v1::EvidenceItem::Controller,
    }
}
