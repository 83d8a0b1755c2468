//! Inactivity: who has not been known to open mail since a day, so that they get less of it or none.
//!
//! The last-open day is kept for that and nothing else (CNIL, deliberation 2026-042: list hygiene), so a use is declared
//! and to target is none that it may have. The day never leaves: only what it comes to is told. Whoever could not have
//! been seen to open is not inactive but not known. Pure; the sends and the day are the store's to find.

use crate::answer::State;
use crate::consent::proven_state;
use crate::context::Context;
use crate::exemption::last_open_goes_on;
use crate::history::History;
use crate::interaction::{Interaction, InteractionKind};
use crate::mode::{PixelMode, Sent};
use crate::policy::{Applicable, Policy};
use crate::scope::{Scope, Series};
use crate::time::{Day, Instant, Span, Zone};
use crate::verdict::{Case, Life, Person, Unjudged, Use, judge};

/// What inactivity is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InactivityUse {
    /// To stop sending to the inactive.
    Exclude,
    /// To send to them less often.
    ReduceFrequency,
    /// To reach them as such.
    Target,
}

impl InactivityUse {
    /// Every use.
    pub const ALL: [Self; 3] = [Self::Exclude, Self::ReduceFrequency, Self::Target];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exclude => "EXCLUDE",
            Self::ReduceFrequency => "REDUCE_FREQUENCY",
            Self::Target => "TARGET",
        }
    }

    /// Whether the law leaves it.
    #[must_use]
    pub const fn is_permitted(self) -> bool {
        matches!(self, Self::Exclude | Self::ReduceFrequency)
    }
}

/// A message that went out to this profile on or after the day that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Mailing<'a> {
    /// What is declared around the message.
    pub context: Context<'a>,
    /// The policies that judge an open of it.
    pub policies: Applicable<'a>,
    /// The pixel it went out with.
    pub pixel: PixelMode,
    /// When.
    pub at: Instant,
}

/// One profile, and what is known of its opens.
#[derive(Clone, Copy)]
pub struct Recipient<'a> {
    /// The profile.
    pub person: Person<'a>,
    /// The profile's policies.
    pub policies: Applicable<'a>,
    /// The profile table's zone, for policies without one of their own.
    pub table_zone: &'a Zone,
    /// The stored last-open day.
    pub last_open: Option<Day>,
    /// What went out since the day that is asked about. What went out before is not among them.
    pub mailings: &'a [Mailing<'a>],
}

/// What is known of somebody's opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// They opened something on or after the day.
    Active,
    /// They are not known to have, and it could have been seen.
    Inactive,
    /// It could not have been seen, or may not be looked at.
    NotKnown,
}

/// What is known of `recipient`'s opens on or after `since`. Everything is looked at now.
#[must_use]
pub fn activity(since: Day, recipient: &Recipient<'_>, now: Instant) -> Activity {
    let at = recipient.person.now(now);
    if recipient.person.life == Life::Erased
        || recipient.policies.iter().any(|policy| stops(policy, recipient, at))
    {
        return Activity::NotKnown;
    }
    let stands = |day: &Day| recipient.policies.iter().all(|policy| stands(policy, recipient, *day, at));
    match recipient.last_open.filter(stands) {
        Some(day) if day >= since => Activity::Active,
        Some(_) => Activity::Inactive,
        None if recipient.mailings.iter().any(|mailing| could_tell(recipient, mailing, now)) => {
            Activity::Inactive
        }
        None => Activity::NotKnown,
    }
}

/// Whether what the person answered stops the day under `policy`, so that it may not be looked at either.
fn stops(policy: &Policy, recipient: &Recipient<'_>, at: Instant) -> bool {
    let history = recipient.person.history;
    let opens = proven_state(policy, history, Series::Tracking(Scope::EmailOpen), at);
    !last_open_goes_on(policy, history, at)
        || !policy.last_open.kept_on_tracking_refusal && matches!(opens, State::Refused | State::Withdrawn)
}

/// Whether a stored day is still one: not older than it is kept, and of no day before an answer that took it away,
/// whatever was granted since. (It is deleted soon, and counts for nothing until then.)
fn stands(policy: &Policy, recipient: &Recipient<'_>, day: Day, at: Instant) -> bool {
    let zone = policy.zone_or(recipient.table_zone);
    let kept = Span::from_days(i64::from(policy.last_open.retention_days));
    let over = day.next().start_in(zone);
    at.minus(kept).day_in(zone) <= day && !taken_away(policy, recipient.person.history, over, at)
}

/// Whether an answer that takes the day away took effect at or after `from`.
fn taken_away(policy: &Policy, history: &History, from: Instant, at: Instant) -> bool {
    use crate::answer::Kind::{Objected, Refused, Withdrawn};
    let any = |series, kept: bool| {
        let since =
            history.answers(series).entries().iter().filter(|entry| (from..=at).contains(&entry.effective));
        let takes = |kind| kind == Objected || !kept && matches!(kind, Refused | Withdrawn);
        since.into_iter().any(|entry| takes(entry.kind))
    };
    any(Series::Marketing, false)
        || any(Series::Tracking(Scope::EmailOpen), policy.last_open.kept_on_tracking_refusal)
}

/// Whether an open of it, when it went out, would have moved the day, and would be told now.
fn could_tell(recipient: &Recipient<'_>, mailing: &Mailing<'_>, now: Instant) -> bool {
    let open = Interaction {
        kind: InteractionKind::EmailOpen,
        occurred_at: mailing.at,
        functional: false,
        automated: false,
    };
    let case = Case {
        asked_for: Use::Record,
        context: mailing.context,
        sent: Sent { pixel: Some(mailing.pixel), links: None },
        person: Some(recipient.person),
        policies: mailing.policies,
        table_zone: recipient.table_zone,
        now: recipient.person.now(now),
    };
    mailing.pixel.may_write_last_open()
        && judge(Unjudged::new(open), &case).verdict().effects.last_open.is_some()
}

#[cfg(test)]
mod tests;
