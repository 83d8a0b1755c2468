//! What a command did: the outcome told to the caller, the records to store and the changes that
//! the feed carries. A change is made with its record and never apart from it.

mod filter;

use crate::answer::State;
use crate::history::{Facts, Standing};
use crate::id::RecordId;
use crate::record::Record;
use crate::removal::Removal;
use crate::scope::Series;

pub use filter::ChangeFilter;

/// What an item did to one series, or to the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The first of its kind on record: the series read `UNKNOWN` before, or the profile had no facts.
    Created,
    /// The series reads another state than before, or a fact is another.
    Changed,
    /// It belongs to the current run of equal answers, with new evidence.
    Renewed,
    /// All that was sent is already on record: nothing was stored.
    Unchanged,
    /// It is outside the current run: stored as history.
    Superseded,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Created, Self::Changed, Self::Renewed, Self::Unchanged, Self::Superseded];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Changed => "CHANGED",
            Self::Renewed => "RENEWED",
            Self::Unchanged => "UNCHANGED",
            Self::Superseded => "SUPERSEDED",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// How a change reads in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It reads `GRANTED` now.
    Granted,
    /// It reads what it read, with new evidence.
    Renewed,
    /// It reads `REFUSED` now.
    Refused,
    /// It reads `WITHDRAWN` now.
    Withdrawn,
    /// It reads `INFORMED` now.
    Informed,
    /// It reads `OBJECTED` now.
    Objected,
    /// It reads `EXPIRED` now.
    Expired,
    /// It reads `UNKNOWN` now: the profile was erased.
    Erased,
}

impl Effect {
    /// Every effect.
    pub const ALL: [Self; 8] = [
        Self::Granted,
        Self::Renewed,
        Self::Refused,
        Self::Withdrawn,
        Self::Informed,
        Self::Objected,
        Self::Expired,
        Self::Erased,
    ];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Granted => "GRANTED",
            Self::Renewed => "RENEWED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Informed => "INFORMED",
            Self::Objected => "OBJECTED",
            Self::Expired => "EXPIRED",
            Self::Erased => "ERASED",
        }
    }

    /// The effect of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.name() == name)
    }

    /// The effect of a turn from one state to another, or of a renewal if they are equal.
    #[must_use]
    pub fn of(old: State, new: State) -> Self {
        if old == new {
            return Self::Renewed;
        }
        match new {
            State::Granted => Self::Granted,
            State::Refused => Self::Refused,
            State::Withdrawn => Self::Withdrawn,
            State::Informed => Self::Informed,
            State::Objected => Self::Objected,
            State::Expired => Self::Expired,
            State::Unknown => Self::Erased,
        }
    }
}

/// What a record did to one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which.
    pub series: Series,
    /// How it reads in the feed.
    pub effect: Effect,
    /// The state before; it is the `new` of the series' line before, or `UNKNOWN`.
    pub old: State,
    /// The state now.
    pub new: State,
}

/// A consent change as the feed carries it: what one record changed, series by series. Never without lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The record.
    pub record: RecordId,
    /// The profile's version with it.
    pub profile_version: u64,
    /// What it did, in the order of [`Series::ALL`].
    pub lines: Vec<Line>,
}

/// A record to store, the change it makes and what it takes away. A record without a change stands in the ledger and
/// is not exported; it may take something away all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// The record.
    pub record: Record,
    /// What it changed.
    pub change: Option<Change>,
    /// What it takes away of what was recorded before, one for each series that it denies.
    pub removals: Vec<Removal>,
}

/// What an item did to one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesOutcome {
    /// Which.
    pub series: Series,
    /// What happened.
    pub outcome: Outcome,
    /// What it reads now, at the server's time.
    pub standing: Standing,
}

/// What an item did to the facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactsOutcome {
    /// What happened: `CREATED`, `CHANGED` or `UNCHANGED`.
    pub outcome: Outcome,
    /// What is known now.
    pub facts: Facts,
}

/// What an item did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// To the facts, if it carried some.
    pub facts: Option<FactsOutcome>,
    /// To each series it covers, in the order of [`Series::ALL`].
    pub outcomes: Vec<SeriesOutcome>,
    /// The records to store, in this order; none if everything sent was on record.
    pub saved: Vec<Saved>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_round_and_never_change() {
        let outcomes = ["CREATED", "CHANGED", "RENEWED", "UNCHANGED", "SUPERSEDED"];
        assert_eq!(Outcome::ALL.map(Outcome::name), outcomes);
        assert_eq!(outcomes.map(Outcome::named), Outcome::ALL.map(Some));
        let effects =
            ["GRANTED", "RENEWED", "REFUSED", "WITHDRAWN", "INFORMED", "OBJECTED", "EXPIRED", "ERASED"];
        assert_eq!(Effect::ALL.map(Effect::name), effects);
        assert_eq!(effects.map(Effect::named), Effect::ALL.map(Some));
        assert_eq!((Outcome::named(""), Effect::named("")), (None, None));
    }

    #[test]
    fn an_effect_is_named_by_the_state_it_leads_to() {
        for state in State::ALL {
            assert_eq!(Effect::of(state, state), Effect::Renewed);
            if state != State::Unknown {
                assert_eq!(Effect::of(State::Unknown, state).name(), state.name());
                assert_eq!(Effect::of(state, State::Unknown), Effect::Erased);
            }
        }
    }
}
