//! What holds when nobody answered: TRACKING only, computed, never stored, never exported as a change.
//!
//! The days are days of the policy's zone; they and every condition are data of the policy.

use crate::answer::Kind;
use crate::history::{History, NoticeItem, Told};
use crate::policy::{DefaultRule, NoticeRule, Policy, Transition};
use crate::scope::{Scope, Series};
use crate::time::Instant;

/// Whether `policy` permits `scope` at `at` for somebody who did not answer. Facts of the profile are as
/// of now, whatever instant is asked about.
pub(crate) fn permits(policy: &Policy, history: &History, scope: Scope, at: Instant) -> bool {
    match &policy.default {
        DefaultRule::Permitted => true,
        DefaultRule::Denied => false,
        DefaultRule::Transition(transition) => {
            in_transition(transition, policy.notice.as_ref(), history, scope, at)
        }
    }
}

fn in_transition(
    transition: &Transition,
    notice: Option<&NoticeRule>,
    history: &History,
    scope: Scope,
    at: Instant,
) -> bool {
    let Some(collected_on) = history.facts().collected_on else { return false };
    if collected_on >= transition.collected_before() {
        return false;
    }
    if ended_by_marketing(transition, history).is_some_and(|ended| ended <= at) {
        return false;
    }
    if at < transition.ends() {
        return true;
    }
    let Some(rule) = notice.filter(|rule| rule.notice_alone_suffices) else { return false };
    let permits = |told| notice_permits_from(told, rule, transition, scope).is_some_and(|from| from <= at);
    history.notices().iter().any(permits)
}

/// The earliest instant at which a marketing grant or renewal ended the transition for this person,
/// whatever came after and however well it is proven.
pub(crate) fn ended_by_marketing(transition: &Transition, history: &History) -> Option<Instant> {
    let from = transition.marketing_grant_from()?;
    let grant = |entry: &&crate::history::Entry| entry.kind == Kind::Granted && entry.effective >= from;
    history.answers(Series::Marketing).entries().iter().find(grant).map(|entry| entry.effective)
}

/// From when a notice permits after the transition; `None` if it lacks what the rule demands.
pub(crate) fn notice_permits_from(
    told: &Told,
    rule: &NoticeRule,
    transition: &Transition,
    scope: Scope,
) -> Option<Instant> {
    let says = |item| told.items.contains(item);
    let complete = told.coverage.covers(Series::Tracking(scope))
        && (says(NoticeItem::Dated) || says(NoticeItem::Sent))
        && (!rule.text || says(NoticeItem::Text))
        && (!rule.conditions_unchanged || says(NoticeItem::ConditionsUnchanged))
        && (!rule.withdrawal_offered || says(NoticeItem::WithdrawalOffered));
    if !complete {
        return None;
    }
    let told_at = told_at(told);
    let in_time =
        told_at < transition.ends() || (rule.late_with_justification && says(NoticeItem::Justified));
    in_time.then_some(told_at)
}

/// When the person counts as told. The date of a proven import or of a recorded send is a fact; the date
/// that a caller claims of anything else is not, so it counts from when it was recorded.
fn told_at(told: &Told) -> Instant {
    let dated = told.items.contains(NoticeItem::ProvenImport) || told.items.contains(NoticeItem::Sent);
    if dated { told.effective } else { told.recorded_at }
}

#[cfg(test)]
mod tests;
