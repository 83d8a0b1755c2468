//! One person in one profile table: their records in order, and what they add up to.
//!
//! A transition takes the profile and gives the profile after it, together with the records to
//! store and the changes to export. Whoever only wants to know what would happen does not save.

use crate::history::{History, Standing};
use crate::id::{ProfileId, TableId};
use crate::record::{Body, Record};
use crate::scope::Series;
use crate::subject::Subject;
use crate::time::{Instant, Span};

mod again;
mod apply;
mod erase;
mod erased;
mod expire;
mod life;
mod on_record;
mod row;
mod weigh;

pub use erase::{ERASED_NAMED, Erased};
pub use row::{SeriesRow, StateRow, StateRowError};

/// What is stored of a profile beside its records.
#[derive(Clone, PartialEq, Eq)]
pub struct ProfileFacts {
    /// The profile table.
    pub table: TableId,
    /// The person.
    pub id: ProfileId,
    /// The version of its last record; 0 if it never had one. It goes on counting after an erasure.
    pub version: u64,
    /// When its last record was recorded; absent if it never had one.
    pub last_recorded_at: Option<Instant>,
    /// When it was last erased, if it was.
    pub erased_at: Option<Instant>,
}

hidden!(ProfileFacts, Profile);

/// A profile as its records make it.
#[derive(Clone)]
pub struct Profile {
    subject: Subject,
    records: Vec<Record>,
}

impl Profile {
    /// A profile nobody has heard of.
    #[must_use]
    pub fn unknown(table: TableId, id: ProfileId) -> Self {
        Self { subject: Subject::unknown(table, id), records: Vec::new() }
    }

    /// The profile of a row and its records, in whatever order they come. Records of a life before
    /// an erasure are left out: their bodies are gone, but for the erasure's own.
    #[must_use]
    pub fn of(mut row: ProfileFacts, mut records: Vec<Record>) -> Self {
        records.sort_by_key(|record| record.profile_version);
        let erasure = records.iter().rposition(|record| record.body == Body::Erasure);
        if let Some(place) = erasure {
            row.erased_at = row.erased_at.max(Some(records[place].recorded_at));
            records.drain(..=place);
        }
        Self { subject: Subject::of(row, &records), records }
    }

    /// The person, without the records.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The same, for whoever needs no records.
    #[must_use]
    pub fn into_subject(self) -> Subject {
        self.subject
    }

    /// The profile table.
    #[must_use]
    pub fn table(&self) -> &TableId {
        &self.subject.row.table
    }

    /// The person.
    #[must_use]
    pub fn id(&self) -> &ProfileId {
        &self.subject.row.id
    }

    /// The version of its last record; 0 if it never had one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.subject.row.version
    }

    /// When its last record was recorded.
    #[must_use]
    pub fn last_recorded_at(&self) -> Option<Instant> {
        self.subject.row.last_recorded_at
    }

    /// When it was last erased, whether or not it lives again.
    #[must_use]
    pub fn erased_at(&self) -> Option<Instant> {
        self.subject.row.erased_at
    }

    /// Whether it was erased and nothing has opened a new life since.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.subject.is_erased()
    }

    /// The records of this life, in the order they were recorded.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What the records of this life add up to.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.subject.history
    }

    /// What the records recorded by `known_at` add up to; absent: all of them.
    #[must_use]
    pub fn history_known(&self, known_at: Option<Instant>) -> History {
        match known_at {
            None => self.subject.history.clone(),
            Some(at) => History::of(self.records.iter().filter(|record| record.recorded_at <= at)),
        }
    }

    /// What each series reads at `as_of`, in the order of [`Series::ALL`], by what was known at
    /// `known_at` (absent: by all that is known). Each names the record in force.
    #[must_use]
    pub fn standings(
        &self,
        as_of: Instant,
        known_at: Option<Instant>,
        expires_after: Option<Span>,
    ) -> [Standing; Series::COUNT] {
        let known = known_at.map(|at| self.history_known(Some(at)));
        let history = known.as_ref().unwrap_or(&self.subject.history);
        history.standings(as_of, expires_after)
    }

    /// What one series reads: see [`Profile::standings`].
    #[must_use]
    pub fn standing(
        &self,
        series: Series,
        as_of: Instant,
        known_at: Option<Instant>,
        expires_after: Option<Span>,
    ) -> Standing {
        self.standings(as_of, known_at, expires_after)[series.index()]
    }

    /// The record that a standing names, with its evidence.
    #[must_use]
    pub fn evidence_of(&self, standing: &Standing) -> Option<&Record> {
        let id = standing.record?;
        self.records.iter().find(|record| record.id == id)
    }

    /// The row that stands beside the profile once its records so far are stored.
    #[must_use]
    pub fn state_row(&self) -> StateRow {
        StateRow::of(&self.subject.history, self.subject.row.last_recorded_at.unwrap_or(Instant::MIN))
    }

    /// This profile with one more record.
    fn with(mut self, record: Record) -> Self {
        self.subject.row.version = record.profile_version;
        self.subject.row.last_recorded_at = Some(record.recorded_at);
        self.records.push(record);
        self.subject = Subject::of(self.subject.row, &self.records);
        self
    }
}

#[cfg(test)]
mod tests;
