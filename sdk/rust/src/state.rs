//! What the records add up to, and what a record did to it.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::scope::Series;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// What the records add up to, per profile and series.
    State = v1::State, "STATE_" {
        /// Nobody told, asked or answered. The default of the policies then decides.
        Unknown,
        /// A notice is on record and nobody answered. Tracking only.
        Informed,
        /// Yes.
        Granted,
        /// No.
        Refused,
        /// No longer.
        Withdrawn,
        /// Stop.
        Objected,
        /// A yes that ran out.
        Expired,
    }
}

words! {
    /// What became of what was sent.
    Outcome = v1::Outcome, "OUTCOME_" {
        /// The first of its series: nothing was on record before.
        Created,
        /// The state is another one now.
        Changed,
        /// It belongs to the current run of equal answers, with new evidence.
        Renewed,
        /// All that was sent is already on record: nothing was stored. Never for a direct refusal, withdrawal or objection.
        Unchanged,
        /// It lies outside the current run: stored as history, the state stays.
        Superseded,
    }
}

words! {
    /// What a record did to a series.
    Effect = v1::Effect, "EFFECT_" {
        /// Turned to a grant.
        Granted,
        /// Confirmed what stood, with new evidence.
        Renewed,
        /// Turned to a refusal.
        Refused,
        /// Turned to a withdrawal.
        Withdrawn,
        /// A notice was put on record where nobody had answered.
        Informed,
        /// Turned to an objection.
        Objected,
        /// A grant ran out.
        Expired,
        /// The person was erased.
        Erased,
    }
}

/// What one series of a profile reads at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// The series.
    pub series: Series,
    /// Its state.
    pub state: State,
    /// In force since: the earliest effective time of the current run of equal answers. Absent for [`State::Unknown`].
    pub since: Option<Instant>,
    /// Last confirmed: the latest effective time of that run. Absent for [`State::Unknown`] and [`State::Informed`].
    pub last_confirmed: Option<Instant>,
    /// The record in force, a UUID. Absent for [`State::Unknown`], and in a dry run for what would be recorded.
    pub record_id: Option<String>,
}

impl Standing {
    pub(crate) fn from_wire(wire: v1::Standing) -> Self {
        Self {
            series: Series::from_wire(wire.series),
            state: State::from_wire(wire.state),
            since: wire.since.map(Instant::from_wire),
            last_confirmed: wire.last_confirmed.map(Instant::from_wire),
            record_id: wire.record_id,
        }
    }

    /// A standing that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::Standing>, path: &'static str) -> Result<Self> {
        wire.map(Self::from_wire).ok_or_else(|| Error::unintelligible(path))
    }
}

/// What a record did to one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesChange {
    /// The series.
    pub series: Series,
    /// What it did.
    pub effect: Effect,
    /// The state before it.
    pub old_state: State,
    /// The state after it; equal to the old one for [`Effect::Renewed`].
    pub new_state: State,
}

impl SeriesChange {
    pub(crate) fn from_wire(wire: v1::SeriesChange) -> Self {
        Self {
            series: Series::from_wire(wire.series),
            effect: Effect::from_wire(wire.effect),
            old_state: State::from_wire(wire.old_state),
            new_state: State::from_wire(wire.new_state),
        }
    }
}
