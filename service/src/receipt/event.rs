//! The section `event`: what happened, when, by whom, and what it says of the consent.

use assent_domain::answer::Answer;
use assent_domain::change::Effect;
use assent_domain::evidence::{Basis, Source};
use assent_domain::record::{AnswerGiven, Body};
use serde::Serialize;

use super::{CONTROLLER, Receipted, Said, days, written};

#[derive(Serialize)]
pub(super) struct Event<'a> {
    /// When it takes effect.
    event_time: String,
    /// How long a grant holds without being confirmed: days, or `indefinite`. Nothing else gives a consent.
    validity_duration: String,
    /// Whose act it is: the person's, by the caller's id, or the controller's.
    entity_id: &'a str,
    event_type: &'static str,
    event_state: &'static str,
    /// Through what it reached the service: no field of the standard.
    event_source: Option<Through<'a>>,
}

#[derive(Serialize)]
struct Through<'a> {
    kind: &'static str,
    name: Option<&'a str>,
    version: Option<&'a str>,
}

impl<'a> Event<'a> {
    pub(super) fn of(said: &Said<'a>, receipted: &Receipted<'a>) -> Self {
        let record = &receipted.stored.held.record;
        Self {
            event_time: written(record.effective()),
            validity_duration: validity(said.body, receipted),
            entity_id: if is_of_the_person(said.body) { record.profile.as_str() } else { CONTROLLER },
            event_type: event_type(said.body),
            event_state: state(said.body, is_renewed(receipted)),
            event_source: source(said).map(|source| Through {
                kind: source.kind.name(),
                name: source.name.as_deref(),
                version: source.version.as_deref(),
            }),
        }
    }
}

fn source<'a>(said: &Said<'a>) -> Option<&'a Source> {
    match said.body {
        Body::Notice(given) => given.source.as_ref(),
        Body::Request(made) => made.source.as_ref(),
        Body::Answer(given) => given.evidence.source.as_ref(),
        Body::Expiry(_) | Body::Facts(_) | Body::Erasure => None,
    }
}

fn validity(body: &Body, receipted: &Receipted<'_>) -> String {
    let Body::Answer(AnswerGiven { answer: Answer::Grant, .. }) = body else { return days(0) };
    let shortest = receipted.policies.iter().filter_map(|policy| policy.grant.expires_after_days).min();
    shortest.map_or_else(|| "indefinite".to_owned(), days)
}

/// What the controller assumed nobody said.
fn is_of_the_person(body: &Body) -> bool {
    matches!(body, Body::Answer(given) if given.basis != Some(Basis::Assumed))
}

fn event_type(body: &Body) -> &'static str {
    match body {
        Body::Answer(given) => match given.basis {
            Some(Basis::Assumed) => "assumed",
            Some(Basis::Imported) => "imported",
            Some(Basis::Explicit) | None => "explicit",
        },
        Body::Notice(_) => "notice",
        Body::Request(_) => "request",
        Body::Expiry(_) => "expiry",
        Body::Facts(_) | Body::Erasure => "",
    }
}

/// Whether all that it did was to confirm what stood.
fn is_renewed(receipted: &Receipted<'_>) -> bool {
    let change = receipted.stored.held.change.as_ref();
    change.is_some_and(|change| change.lines.iter().all(|line| line.effect == Effect::Renewed))
}

fn state(body: &Body, renewed: bool) -> &'static str {
    match body {
        Body::Answer(given) => match given.answer {
            Answer::Grant if renewed => "dpv:RenewedConsentGiven",
            Answer::Grant => "dpv:ConsentGiven",
            Answer::Refuse => "dpv:ConsentRefused",
            Answer::Withdraw => "dpv:ConsentWithdrawn",
            // The vocabulary has no state for an objection, nor for a notice that nobody answered.
            Answer::Object => "assent:Objected",
        },
        Body::Notice(_) => "assent:Informed",
        Body::Request(_) => "dpv:ConsentRequested",
        Body::Expiry(_) => "dpv:ConsentExpired",
        Body::Facts(_) | Body::Erasure => "",
    }
}
