//! What a refusal, withdrawal or objection takes away of what was recorded before it was known ("withdrawal" in what
//! follows): the rule by which rows are hidden from every read at once, and what is then deleted.
//!
//! Two things go. Under a policy that erases (`fr`, `it`, `strict`; of several, one is enough) whatever occurred before the
//! withdrawal took effect, whether or not something was granted since: a withdrawal that arrives superseded erases too.
//! Under every policy whatever occurred in its gap: from its effective time on, until the next grant's. Under a policy that
//! keeps (`legacy`, Actito 9) what occurred before stays.
//!
//! Not here: what arrives after the withdrawal and is never recorded ([`crate::verdict`]), the campaign figures (folded when
//! something is recorded, so that nothing here changes them), erasing a person ([`crate::profile::Erased`]).

use crate::answer::State;
use crate::history::History;
use crate::policy::{OnWithdrawal, Policy};
use crate::record::{Body, Record};
use crate::scope::{Scope, Series};
use crate::time::{Day, Instant, Zone};

/// That one series turned, or turned again, to a denying answer: what is remembered until everything it takes is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Which. What turns on MARKETING is the last-open day alone.
    pub series: Series,
    /// When the answer takes effect.
    pub effective: Instant,
    /// Whether what occurred before goes too: by the policies in force when the answer was recorded.
    pub erases: bool,
}

/// What a turn takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// What turned.
    pub turn: Turn,
    /// The next grant's effective time, by what is on record; absent: nothing was granted since.
    pub until: Option<Instant>,
    /// Which last-open day goes.
    pub last_open: LastOpen,
}

/// Which last-open day is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastOpen {
    /// None.
    Stays,
    /// One before that day.
    Before(Day),
    /// Any.
    Goes,
}

impl Removal {
    /// What `turn` takes of somebody with that history, under `policies` (the table's first), `table_zone` being the zone of
    /// those without one of their own. Asked again later it says what goes then: a grant since ends the gap.
    #[must_use]
    pub fn of(turn: Turn, history: &History, policies: &[&Policy], table_zone: &Zone, at: Instant) -> Self {
        Self {
            turn,
            until: history.answers(turn.series).next_grant(turn.effective),
            last_open: last_open(turn, history, policies, table_zone, at),
        }
    }

    /// From when to when (absent: without end) what occurred goes: of the series' own kind of interaction, and of the last
    /// device.
    #[must_use]
    pub fn span(&self) -> (Instant, Option<Instant>) {
        let from = if self.turn.erases { Instant::MIN } else { self.turn.effective };
        (from, self.until)
    }

    /// The scope of what goes; absent: only the last-open day can.
    #[must_use]
    pub const fn scope(&self) -> Option<Scope> {
        match self.turn.series {
            Series::Marketing => None,
            Series::Tracking(scope) => Some(scope),
        }
    }
}

/// What a record takes away of a person whose history it is part of: one removal for each series that it denies. Notices,
/// requests, grants and expiries take nothing.
pub(crate) fn removals(
    record: &Record,
    history: &History,
    policies: &[&Policy],
    table_zone: &Zone,
) -> Vec<Removal> {
    let Body::Answer(given) = &record.body else { return Vec::new() };
    if !given.answer.kind().denies() {
        return Vec::new();
    }
    let erases = policies.iter().any(|policy| policy.on_withdrawal == OnWithdrawal::Erase);
    let covered = Series::ALL.into_iter().filter(|series| given.coverage.covers(*series));
    covered
        .map(|series| {
            let turn = Turn { series, effective: record.effective(), erases };
            Removal::of(turn, history, policies, table_zone, record.recorded_at)
        })
        .collect()
}

/// The state that took away what occurred at `occurred_at`, if one did by `now`: no use reads it any more, whatever was
/// granted since.
pub(crate) fn removed_by(
    policy: &Policy,
    history: &History,
    scope: Scope,
    occurred_at: Instant,
    now: Instant,
) -> Option<State> {
    let answers = history.answers(Series::Tracking(scope));
    let state_at = |at| answers.run(at).map(|run| run.kind.state());
    if answers.denied_at(occurred_at) {
        return state_at(occurred_at);
    }
    if policy.on_withdrawal == OnWithdrawal::Keep {
        return None;
    }
    answers.latest_denial(occurred_at, now).and_then(|denial| state_at(denial.effective))
}

/// MARKETING turned away and an objection to EMAIL_OPEN take the day under every policy, EMAIL_OPEN refused or withdrawn
/// where a policy does not keep it then. Once something else stands, only a day from before goes, and only under such a policy.
fn last_open(
    turn: Turn,
    history: &History,
    policies: &[&Policy],
    table_zone: &Zone,
    at: Instant,
) -> LastOpen {
    let opens = Series::Tracking(Scope::EmailOpen);
    if turn.series != Series::Marketing && turn.series != opens {
        return LastOpen::Stays;
    }
    let erasing = || policies.iter().filter(|policy| !policy.last_open.kept_on_tracking_refusal);
    match (turn.series, history.standing(turn.series, at, None).state) {
        (Series::Marketing, State::Refused | State::Withdrawn | State::Objected)
        | (Series::Tracking(_), State::Objected) => LastOpen::Goes,
        (Series::Tracking(_), State::Refused | State::Withdrawn) => {
            if erasing().next().is_some() {
                LastOpen::Goes
            } else {
                LastOpen::Stays
            }
        }
        _ => {
            let day = |policy: &&Policy| turn.effective.day_in(policy.zone_or(table_zone));
            erasing().map(day).max().map_or(LastOpen::Stays, LastOpen::Before)
        }
    }
}

#[cfg(test)]
mod tests;
