//! What is demanded of a grant and of a notice before they are stored.
//!
//! Every problem is named at once. Refusals, withdrawals and objections are deliberately not
//! checked here: they never fail for missing evidence.

use super::{Basis, Controller, Evidence, Item, SourceKind, Ways, says};
use crate::id::{NoticeId, PolicyId};
use crate::policy::{NoticeRule, Policy};
use crate::record::{AnswerGiven, NoticeGiven, RequestMade};
use crate::refusal::{Fault, Problem};
use crate::scope::TrackingCoverage;
use crate::time::{CLOCK_TOLERANCE, Day, Instant, Zone};

/// Methods that prove no grant under any policy (GDPR recital 32; CJEU C-673/17 Planet49; CNIL
/// recommendation on tracking pixels of 2026-04-14: opening a mail is no consent).
const FORBIDDEN_METHODS: [&str; 4] = ["pre_ticked", "implied", "silence", "open_as_consent"];

/// Whether a grant may not be collected so: compared without regard to case, `-` and spaces as `_`.
fn is_forbidden(method: &str) -> bool {
    let word = method.trim().to_lowercase().replace([' ', '-'], "_");
    FORBIDDEN_METHODS.contains(&word.as_str())
}

/// Problems in the order they were met, each field and fault once for each policy that finds it.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, field: &'static str, what: Fault, policy: Option<&PolicyId>) {
        let problem = Problem { field, what, policy: policy.cloned() };
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    fn missing_if(&mut self, absent: bool, field: &'static str, policy: Option<&PolicyId>) {
        if absent {
            self.add(field, Fault::Missing, policy);
        }
    }
}

/// The path of the field that provides an item.
const fn path(item: Item) -> &'static str {
    match item {
        Item::DecisionTime => "decided_at",
        Item::Method => "evidence.method",
        Item::Source => "evidence.source.name",
        Item::SourceVersion => "evidence.source.version",
        Item::NoticeText => "evidence.notice",
        Item::Language => "evidence.language",
        Item::Actor => "evidence.actor",
        Item::Controller => "controller",
    }
}

/// Everything that keeps a grant from being stored: the rules that hold everywhere, then each
/// policy's. Empty: it may be stored. The controller is the table's, whatever the evidence says.
#[must_use]
pub fn check_grant(
    grant: &AnswerGiven,
    controller: Option<&Controller>,
    text_is_stored: impl Fn(&NoticeId) -> bool,
    policies: &[&Policy],
    now: Instant,
) -> Vec<Problem> {
    let mut problems = Problems::default();
    let Evidence { method, notice, proof_reference, .. } = &grant.evidence;
    if grant.decided_at.is_some_and(|at| at > now.plus(CLOCK_TOLERANCE)) {
        problems.add("decided_at", Fault::InFuture, None);
    }
    problems.missing_if(grant.basis.is_none(), "basis", None);
    if controller.is_none() {
        problems.add("controller", Fault::NoController, None);
    }
    if method.as_deref().is_some_and(is_forbidden) {
        problems.add("evidence.method", Fault::ForbiddenMethod, None);
    }
    if notice.as_ref().is_some_and(|text| !text_is_stored(text)) {
        problems.add("evidence.notice", Fault::UnknownText, None);
    }
    let unproven = grant.basis == Some(Basis::Imported) && !says(proof_reference.as_deref());
    problems.missing_if(unproven, "evidence.proof_reference", None);

    let provided = grant.evidence.items(grant.decided_at.is_some()).with(Item::Controller);
    for policy in policies {
        let rule = &policy.grant;
        if let Some(basis) = grant.basis.filter(|basis| !rule.bases.contains(basis)) {
            let ways = Ways::around(basis, grant.coverage, policy);
            problems.add("basis", Fault::BasisNotAccepted(basis, ways), Some(&policy.id));
        }
        if grant.coverage.joint() && !rule.joint {
            problems.add("coverage", Fault::JointNotPermitted, Some(&policy.id));
        }
        for item in rule.demands.without(provided).iter() {
            problems.add(path(item), Fault::Missing, Some(&policy.id));
        }
    }
    problems.0
}

/// Everything that keeps a notice from being stored. The recorded send of a `NOTICE` message is a
/// fact and always stored: an incomplete one permits nothing. Empty: it may be stored.
#[must_use]
pub fn check_notice(
    notice: &NoticeGiven,
    collected_on: Option<Day>,
    text_is_stored: impl Fn(&NoticeId) -> bool,
    policies: &[&Policy],
    table_zone: &Zone,
    now: Instant,
) -> Vec<Problem> {
    let mut problems = Problems::default();
    if notice.sent_message.is_some() {
        return problems.0;
    }
    if notice.notified_at.is_some_and(|at| at > now.plus(CLOCK_TOLERANCE)) {
        problems.add("notified_at", Fault::InFuture, None);
    }
    if notice.text.as_ref().is_some_and(|text| !text_is_stored(text)) {
        problems.add("text", Fault::UnknownText, None);
    }
    // A policy's notice rule is about tracking alone (domain: the default when nobody answered).
    if notice.coverage.tracking() == TrackingCoverage::None {
        return problems.0;
    }
    for policy in policies {
        let Some(rule) = &policy.notice else { continue };
        let id = Some(&policy.id);
        match collected_on {
            None => problems.add("facts.collected_on", Fault::Missing, id),
            Some(day) if day >= rule.collected_before => {
                problems.add("facts.collected_on", Fault::NotBefore(rule.collected_before), id);
            }
            Some(_) => {}
        }
        problems.missing_if(notice.notified_at.is_none(), "notified_at", id);
        problems.missing_if(rule.text && notice.text.is_none(), "text", id);
        if rule.conditions_unchanged {
            stated(&mut problems, notice.conditions_unchanged, "conditions_unchanged", id);
        }
        if rule.withdrawal_offered {
            stated(&mut problems, notice.withdrawal_offered, "withdrawal_offered", id);
        }
        let zone = policy.zone.as_ref().unwrap_or(table_zone);
        let unjustified = !notice.is_justified() && needs_justification(notice, rule, zone, now);
        problems.missing_if(unjustified, "justification", id);
    }
    problems.0
}

/// Everything that keeps a request from being stored. Empty: it may be stored.
#[must_use]
pub fn check_request(
    request: &RequestMade,
    text_is_stored: impl Fn(&NoticeId) -> bool,
    now: Instant,
) -> Vec<Problem> {
    let mut problems = Problems::default();
    if request.sent_message.is_some() {
        return problems.0;
    }
    if request.requested_at.is_some_and(|at| at > now.plus(CLOCK_TOLERANCE)) {
        problems.add("requested_at", Fault::InFuture, None);
    }
    if request.text.as_ref().is_some_and(|text| !text_is_stored(text)) {
        problems.add("text", Fault::UnknownText, None);
    }
    problems.0
}

fn stated(problems: &mut Problems, said: Option<bool>, field: &'static str, policy: Option<&PolicyId>) {
    match said {
        Some(true) => {}
        Some(false) => problems.add(field, Fault::NotTrue, policy),
        None => problems.add(field, Fault::Missing, policy),
    }
}

/// Whether a notice recorded at `recorded_at` is late, or an import dated after the last day.
fn needs_justification(notice: &NoticeGiven, rule: &NoticeRule, zone: &Zone, recorded_at: Instant) -> bool {
    // An import with a proof is as old as it says; anything else is as old as its record.
    let counts_from = if notice.is_proven_import() {
        notice.notified_at.map_or(recorded_at, |at| at.min(recorded_at))
    } else {
        recorded_at
    };
    counts_from.day_in(zone) > rule.last_day
}

impl NoticeGiven {
    /// Whether it names the difficulties that justify telling late; a blank text names none.
    #[must_use]
    pub fn is_justified(&self) -> bool {
        says(self.justification.as_deref())
    }

    /// Whether it is an import with a proof reference: as old as it says, not as its record.
    #[must_use]
    pub fn is_proven_import(&self) -> bool {
        let import = self.source.as_ref().is_some_and(|source| source.kind == SourceKind::Import);
        import && says(self.proof_reference.as_deref())
    }
}

#[cfg(test)]
mod tests;
