//! Section by section: which answer counts, notices, facts, erased lives, reads, and the laws.

mod answers;
mod erase;
mod erased;
mod expired;
mod laws;
mod notices;
mod reads;

use super::*;
use crate::answer::{Answer, State};
use crate::change::{Applied, Effect, Outcome};
use crate::command::{Command, Stamp};
use crate::record::AnswerGiven;
use crate::sample::{self, Story, answer, at, imported, on};
use crate::scope::{Coverage, Scope, ScopeSet, TrackingCoverage};

use Answer::{Grant, Object, Refuse, Withdraw};
use Outcome::{Changed, Created, Renewed, Superseded, Unchanged};

const OPENS: Series = Series::Tracking(Scope::EmailOpen);
const CLICKS: Series = Series::Tracking(Scope::EmailClick);

fn scopes(scopes: &[Scope]) -> Coverage {
    Coverage::scopes(scopes.iter().copied().collect::<ScopeSet>()).unwrap()
}

/// What the item did to one series, and what it reads.
fn told(applied: &Applied, series: Series) -> (Outcome, State) {
    let found = applied.outcomes.iter().find(|outcome| outcome.series == series).unwrap();
    (found.outcome, found.standing.state)
}

/// What the last record of the item changed of one series: effect, old and new state.
fn line(applied: &Applied, series: Series) -> Option<(Effect, State, State)> {
    let change = applied.saved.last()?.change.as_ref()?;
    change.lines.iter().find(|line| line.series == series).map(|line| (line.effect, line.old, line.new))
}
