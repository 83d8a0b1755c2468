//! Whether a person may be asked, or asked again, and from when.
//!
//! Asked of each series for itself, as answers are folded: who refused clicks was not asked about visits by that. A
//! refusal, a withdrawal and a request that nobody answered each begin a wait (CNIL, recommendation 2020-092: a choice is
//! kept for six months, yes or no; the recommendation on pixels of 14 April 2026 says the same of no positive answer). Its
//! months are a value of the policy; they are counted as the law of the Union counts them (regulation 1182/71, art. 3): the
//! day of the event is not in the period, which ends with the last hour of the same date so many months later, or of the
//! last day of a month that has no such date. So the person may be asked from the first instant of the day after, in the
//! policy's zone.
//!
//! An objection has no end: asking somebody who objected is direct marketing again (GDPR art. 21(3)), so only their own
//! grant ends it. Where somebody granted there is nothing to ask, if the grant proves itself to every policy that judges;
//! one that does not is left out, and what stood before it decides, as in [`crate::verdict`].
//!
//! Deliberately not here: a person's own change, which nothing ever blocks, and whether the question may be sent by mail,
//! which is the other purpose's matter.

use std::cmp::Reverse;

use crate::answer::{Kind, State};
use crate::consent::proven;
use crate::evidence::Basis;
use crate::history::History;
use crate::policy::{Applicable, Policy};
use crate::scope::Series;
use crate::time::{Instant, Zone};
use crate::verdict::{Life, Person};

/// What decides whether somebody may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AskReason {
    /// Nobody told, asked or answered.
    Unknown,
    /// A notice is on record and nobody answered.
    Informed,
    /// They granted it: there is nothing to ask.
    Granted,
    /// They refused.
    Refused,
    /// They withdrew.
    Withdrawn,
    /// They objected: only their own grant ends that.
    Objected,
    /// What they granted ran out.
    Expired,
    /// They were asked and did not answer.
    Requested,
    /// A grant is on record that proves nothing to a policy that judges now, and nothing stood before it.
    GrantUnproven,
    /// They were erased: nobody is there to be asked.
    ProfileErased,
}

impl AskReason {
    /// Every reason.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Informed,
        Self::Granted,
        Self::Refused,
        Self::Withdrawn,
        Self::Objected,
        Self::Expired,
        Self::Requested,
        Self::GrantUnproven,
        Self::ProfileErased,
    ];

    /// Its name, the same on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Informed => "INFORMED",
            Self::Granted => "GRANTED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Objected => "OBJECTED",
            Self::Expired => "EXPIRED",
            Self::Requested => "REQUESTED",
            Self::GrantUnproven => "GRANT_UNPROVEN",
            Self::ProfileErased => "PROFILE_ERASED",
        }
    }
}

/// Whether somebody may be asked for one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Askable {
    /// Whether they may be asked now.
    pub now: bool,
    /// Why, or why not.
    pub reason: AskReason,
    /// From when on they may be: also of a wait that is over. Absent: no wait began, or no time will end it.
    pub from: Option<Instant>,
}

impl Askable {
    const fn never(reason: AskReason) -> Self {
        Self { now: false, reason, from: None }
    }
}

/// Whether `person` may be asked for `series` at `now`, by all of those policies.
#[must_use]
pub fn askable(
    series: Series,
    person: Person<'_>,
    policies: Applicable<'_>,
    table_zone: &Zone,
    now: Instant,
) -> Askable {
    if person.life == Life::Erased {
        return Askable::never(AskReason::ProfileErased);
    }
    let each: Vec<Askable> = policies
        .iter()
        .map(|policy| under(policy, person.history, series, policy.zone_or(table_zone), now))
        .collect();
    // What forbids comes first, then what still waits, the longest; then whoever lacks a grant.
    let objected = each.iter().find(|one| one.reason == AskReason::Objected);
    let waits = each.iter().filter(|one| !one.now && one.from.is_some()).min_by_key(|one| Reverse(one.from));
    let lacks = || each.iter().filter(|one| one.now).min_by_key(|one| Reverse(one.from));
    objected.or(waits).or_else(lacks).copied().unwrap_or(Askable::never(AskReason::Granted))
}

/// What one policy says.
fn under(policy: &Policy, history: &History, series: Series, zone: &Zone, now: Instant) -> Askable {
    let (standing, left_out) = proven(policy, history, series, now);
    let reason = match standing.state {
        State::Granted => return Askable::never(AskReason::Granted),
        State::Objected => return Askable::never(AskReason::Objected),
        State::Refused => AskReason::Refused,
        State::Withdrawn => AskReason::Withdrawn,
        State::Expired => AskReason::Expired,
        State::Unknown | State::Informed if left_out => AskReason::GrantUnproven,
        State::Unknown => AskReason::Unknown,
        State::Informed => AskReason::Informed,
    };
    // When the no in force was said last.
    let said =
        standing.last_confirmed.filter(|_| matches!(standing.state, State::Refused | State::Withdrawn));
    let said = said.map(|at| (wait_ends(at, policy, zone), reason));
    let asked =
        unanswered(history, series, now).map(|at| (wait_ends(at, policy, zone), AskReason::Requested));
    // The later one decides; on a tie what the person said.
    let wait = [asked, said].into_iter().flatten().max_by_key(|(ends, _)| *ends);
    wait.map_or(Askable { now: true, reason, from: None }, |(ends, reason)| Askable {
        now: ends <= now,
        reason,
        from: Some(ends),
    })
}

/// When the latest request took effect that no answer of the person's followed. An expiry is no answer, nor is a
/// grant that the controller assumed.
fn unanswered(history: &History, series: Series, now: Instant) -> Option<Instant> {
    let of_series =
        |request: &&crate::history::Asked| request.effective <= now && request.coverage.covers(series);
    let asked = history.requests().iter().filter(of_series).map(|request| request.effective).max()?;
    let answers = history.answers(series).entries().iter();
    let mut later = answers.filter(|entry| asked <= entry.effective && entry.effective <= now);
    let answered = later.any(|entry| entry.kind != Kind::Expired && entry.basis != Some(Basis::Assumed));
    (!answered).then_some(asked)
}

/// When the wait after something at `at` is over. A policy that sets none waits for nothing.
fn wait_ends(at: Instant, policy: &Policy, zone: &Zone) -> Instant {
    match policy.ask_again_after_months {
        0 => at,
        months => at.day_in(zone).months_later(months).next().start_in(zone),
    }
}

#[cfg(test)]
mod tests;
