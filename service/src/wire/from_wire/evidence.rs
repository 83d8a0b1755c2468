//! Evidence: basis, source, controller, and the items a policy can demand.

use assent_domain::evidence::{Basis, Controller, Evidence, Item, Source, SourceKind};
use assent_proto::v1;

use super::{Misfit, notice};

/// On what ground a grant is one; `Ok(None)`: nothing was said.
///
/// # Errors
/// When nobody knows the number.
pub fn basis(number: i32) -> Result<Option<Basis>, Misfit> {
    match v1::Basis::try_from(number) {
        Ok(v1::Basis::Unspecified) => Ok(None),
        Ok(v1::Basis::Explicit) => Ok(Some(Basis::Explicit)),
        Ok(v1::Basis::Assumed) => Ok(Some(Basis::Assumed)),
        Ok(v1::Basis::Imported) => Ok(Some(Basis::Imported)),
        Err(_) => Err(Misfit::of("basis")),
    }
}

/// Through what something came.
#[must_use]
pub const fn source_kind(kind: v1::SourceKind) -> Option<SourceKind> {
    match kind {
        v1::SourceKind::Unspecified => None,
        v1::SourceKind::Form => Some(SourceKind::Form),
        v1::SourceKind::Campaign => Some(SourceKind::Campaign),
        v1::SourceKind::Import => Some(SourceKind::Import),
        v1::SourceKind::Api => Some(SourceKind::Api),
        v1::SourceKind::Message => Some(SourceKind::Message),
    }
}

/// Where something comes from.
///
/// # Errors
/// When its kind is not said, or nobody knows it.
pub fn source(source: &v1::Source) -> Result<Source, Misfit> {
    let kind = v1::SourceKind::try_from(source.kind).ok().and_then(source_kind);
    Ok(Source {
        kind: kind.ok_or(Misfit::of("source.kind"))?,
        name: source.name.clone(),
        version: source.version.clone(),
    })
}

/// Who decides why and how the data are used.
#[must_use]
pub fn controller(controller: &v1::Controller) -> Controller {
    let v1::Controller { name, address, contact } = controller.clone();
    Controller { name, address, contact }
}

/// What proves an answer; the controller is the table's and comes later.
///
/// # Errors
/// When a source or a notice's id is not one.
pub fn evidence(evidence: Option<&v1::Evidence>) -> Result<Evidence, Misfit> {
    let Some(given) = evidence else { return Ok(Evidence::default()) };
    Ok(Evidence {
        method: given.method.clone(),
        source: given.source.as_ref().map(source).transpose()?,
        notice: notice::optional_id(given.notice_id.as_deref())?,
        language: given.language.clone(),
        actor: given.actor.clone(),
        controller: None,
        proof_reference: given.proof_reference.clone(),
    })
}

/// One item of evidence.
#[must_use]
pub const fn item(item: v1::EvidenceItem) -> Option<Item> {
    match item {
        v1::EvidenceItem::Unspecified => None,
        v1::EvidenceItem::DecisionTime => Some(Item::DecisionTime),
        v1::EvidenceItem::Method => Some(Item::Method),
        v1::EvidenceItem::Source => Some(Item::Source),
        v1::EvidenceItem::SourceVersion => Some(Item::SourceVersion),
        v1::EvidenceItem::NoticeText => Some(Item::NoticeText),
        v1::EvidenceItem::Language => Some(Item::Language),
        v1::EvidenceItem::Actor => Some(Item::Actor),
        v1::EvidenceItem::Controller => Some(Item::Controller),
    }
}
