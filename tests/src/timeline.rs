//! What happened around one withdrawal after another, and whether any call saw what it could not see any more.
//!
//! A history is what callers noticed themselves: when each call began, when it was answered, and what it was told.
//! The service may let a call take effect at any instant between the two, so that a call that overlaps a withdrawal
//! may go either way; what [`Timeline::breaches`] names could not have gone that way, whatever the service did.
//!
//! Deliberately not here: who makes the calls. All instants are of one clock, in microseconds; instants that a caller
//! claims (when something occurred) are of that clock as well. That a later grant brings back nothing that was
//! recorded before a withdrawal is not asked: such rows are hidden while the withdrawal stands, and not deleted yet.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

/// When a call began and when it was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Before it was sent.
    pub began: i64,
    /// After it was answered; absent: it never was, and may take effect at any later instant.
    pub answered: Option<i64>,
}

/// What a call said or was told of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The person granted everything.
    Granted,
    /// The person withdrew everything.
    Withdrawn,
    /// An interaction that occurred at that instant was told recorded, or a duplicate of what is.
    Recorded(i64),
    /// An interaction or a device of that instant was shown.
    Shown(i64),
    /// A wait block matched an interaction of that instant.
    Matched(i64),
    /// Nothing was recorded, shown or matched.
    Nothing,
}

/// One person's part in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who.
    pub who: String,
    /// When.
    pub call: Call,
    /// What.
    pub what: What,
}

/// What could not have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The withdrawal that binds it.
    pub withdrawn: Call,
    /// The call that it binds.
    pub call: Call,
    /// What the call was told.
    pub what: What,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { withdrawn, call, what } = self;
        write!(f, "{what:?} by {call:?}, after the withdrawal of {withdrawn:?}")
    }
}

/// The histories of some people.
#[derive(Debug, Default)]
pub struct Timeline {
    people: BTreeMap<String, Person>,
}

#[derive(Debug, Default)]
struct Person {
    grants: Vec<Call>,
    withdrawals: Vec<Call>,
    told: Vec<(Call, What)>,
}

impl Timeline {
    /// The timeline of what happened, in any order.
    #[must_use]
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut timeline = Self::default();
        for Event { who, call, what } in events {
            let person = timeline.people.entry(who).or_default();
            match what {
                What::Granted => person.grants.push(call),
                What::Withdrawn => person.withdrawals.push(call),
                told => person.told.push((call, told)),
            }
        }
        timeline
    }

    /// Everything that could not have happened: what a call recorded, showed or matched that began after a
    /// withdrawal was acknowledged and ended before any later grant began; and what was recorded by a call that
    /// began after a withdrawal was acknowledged, of something that occurred before any later grant.
    #[must_use]
    pub fn breaches(&self) -> Vec<Breach> {
        let of = |person: &Person| -> Vec<Breach> {
            let told = person.told.iter();
            told.filter_map(|(call, what)| person.breach(*call, *what)).collect()
        };
        self.people.values().flat_map(of).collect()
    }

    /// How many calls a withdrawal bound: they began after it was acknowledged and were answered before any later
    /// grant began. A history without them proves nothing.
    #[must_use]
    pub fn bound(&self) -> usize {
        let of = |person: &Person| person.told.iter().filter(|(call, _)| person.is_bound(*call)).count();
        self.people.values().map(of).sum()
    }

    /// How many calls recorded, showed or matched something. A history without them proves nothing either.
    #[must_use]
    pub fn told(&self) -> usize {
        let of = |person: &Person| person.told.iter().filter(|(_, what)| *what != What::Nothing).count();
        self.people.values().map(of).sum()
    }
}

impl Person {
    fn breach(&self, call: Call, what: What) -> Option<Breach> {
        let latest = match what {
            What::Shown(_) | What::Matched(_) => call.answered,
            // What is recorded was permitted when it occurred and when it arrived.
            What::Recorded(occurred_at) => Some(call.answered.map_or(occurred_at, |at| at.min(occurred_at))),
            What::Granted | What::Withdrawn | What::Nothing => return None,
        };
        let binds = |withdrawn: &&Call| !self.may_be_lifted(**withdrawn, latest);
        let withdrawn = self.acknowledged_before(call).find(binds)?;
        Some(Breach { withdrawn: *withdrawn, call, what })
    }

    fn is_bound(&self, call: Call) -> bool {
        self.acknowledged_before(call).any(|withdrawn| !self.may_be_lifted(*withdrawn, call.answered))
    }

    fn acknowledged_before(&self, call: Call) -> impl Iterator<Item = &Call> {
        self.withdrawals.iter().filter(move |withdrawn| withdrawn.answered.is_some_and(|at| at < call.began))
    }

    /// Whether some grant may have taken effect after that withdrawal and not after `latest`.
    fn may_be_lifted(&self, withdrawn: Call, latest: Option<i64>) -> bool {
        self.grants.iter().any(|grant| {
            let after = grant.answered.is_none_or(|answered| answered >= withdrawn.began);
            after && latest.is_none_or(|latest| grant.began <= latest)
        })
    }
}
