//! A person as judges see them: their life, and what their records add up to, without the records.
//!
//! It is kept in a few bytes beside the profile (the history row), so that a verdict costs one row of a person, however much is on
//! record of them. The row is of one version of the profile and of one erasure or none: beside any other it says nothing, and the records are read.

use crate::history::{self, History, Standing};
use crate::id::{ProfileId, TableId};
use crate::profile::ProfileFacts;
use crate::record::{Body, Record};
use crate::scope::Series;
use crate::time::{Instant, Span};
use crate::verdict::{Life, Person};

/// The longest history row. Whoever has more on record is read by their records.
const BYTES_MAX: usize = 4096;

/// When an answer took effect, and when it was recorded.
type Moment = (Instant, Instant);

/// A person, without their records.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    pub(crate) row: ProfileFacts,
    /// Whether anything is on record of this life.
    recorded: bool,
    /// The first answer of this life.
    first_answer: Option<Moment>,
    pub(crate) history: History,
}

hidden!(Subject);

impl Subject {
    /// Somebody nobody has heard of.
    #[must_use]
    pub fn unknown(table: TableId, id: ProfileId) -> Self {
        Self::of(ProfileFacts { table, id, version: 0, last_recorded_at: None, erased_at: None }, &[])
    }

    /// What the records of this life add up to, which come in the order they were recorded.
    pub(crate) fn of(row: ProfileFacts, records: &[Record]) -> Self {
        let first = records.iter().find(|record| matches!(record.body, Body::Answer(_)));
        let first_answer = first.map(|answer| (answer.effective(), answer.recorded_at));
        Self { row, recorded: !records.is_empty(), first_answer, history: History::of(records) }
    }

    /// The profile table.
    #[must_use]
    pub fn table(&self) -> &TableId {
        &self.row.table
    }

    /// The person.
    #[must_use]
    pub fn id(&self) -> &ProfileId {
        &self.row.id
    }

    /// The version of their last record; 0 if they never had one.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.row.version
    }

    /// Whether they were erased and nothing has opened a new life since.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.row.erased_at.is_some() && !self.recorded
    }

    /// What the records of this life add up to.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Whether they were erased and, if they live again, since when: the effective time of the first answer of
    /// this life, which is the grant that opened it.
    #[must_use]
    pub fn life(&self) -> Life {
        let Some(erased_at) = self.row.erased_at else { return Life::NeverErased };
        match (self.first_answer, self.is_erased()) {
            (_, true) => Life::Erased,
            (Some((effective, _)), false) => Life::NewSince(effective),
            // Only a grant opens a life; without one whatever came before the erasure stays discarded.
            (None, false) => Life::NewSince(erased_at),
        }
    }

    /// When the answer that opened this life after an erasure took effect, and when it was recorded: whatever of the person
    /// occurred, or was recorded, before is of a life that was erased. Absent: there was no erasure, or no life since.
    #[must_use]
    pub fn opened(&self) -> Option<(Instant, Instant)> {
        self.row.erased_at.and(self.first_answer)
    }

    /// The person that [`crate::verdict`] judges.
    #[must_use]
    pub fn person(&self) -> Person<'_> {
        Person { life: self.life(), history: &self.history }
    }

    /// The later of the clock and their last record: a server whose clock lags still reads every record that
    /// another one acknowledged.
    #[must_use]
    pub fn now(&self, clock: Instant) -> Instant {
        self.row.last_recorded_at.map_or(clock, |last| last.max(clock))
    }

    /// What each series reads at `as_of` by all that is known, in the order of [`Series::ALL`].
    #[must_use]
    pub fn standings(&self, as_of: Instant, expires_after: Option<Span>) -> [Standing; Series::COUNT] {
        self.history.standings(as_of, expires_after)
    }

    /// The history row: the layout, the version and the erasure it is of, whether anything is on record, the first answer,
    /// the history.
    /// `None` where it would be longer than is worth keeping.
    #[must_use]
    pub fn history_row(&self) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(history::bytes::LAYOUT);
        bytes.extend_from_slice(&self.row.version.to_be_bytes());
        bytes.extend_from_slice(&erasure(&self.row).to_be_bytes());
        bytes.push(u8::from(self.recorded) + 2 * u8::from(self.first_answer.is_some()));
        if let Some((effective, recorded_at)) = self.first_answer {
            bytes.extend_from_slice(&effective.micros().to_be_bytes());
            bytes.extend_from_slice(&recorded_at.micros().to_be_bytes());
        }
        history::bytes::write(&self.history, &mut bytes)?;
        (bytes.len() <= BYTES_MAX).then_some(bytes)
    }

    /// The person of a profile and the history row beside it; gives the profile back where the row is of another version, or of
    /// another release's layout: then only the records tell.
    ///
    /// # Errors
    /// The profile itself.
    pub fn read(row: ProfileFacts, history_row: &[u8]) -> Result<Self, ProfileFacts> {
        match parts(history_row) {
            Some((of, recorded, first_answer, history)) if of == (row.version, erasure(&row)) => {
                Ok(Self { row, recorded, first_answer, history })
            }
            _ => Err(row),
        }
    }
}

/// When they were erased, as a number; the least where they were not.
fn erasure(row: &ProfileFacts) -> i64 {
    row.erased_at.map_or(i64::MIN, Instant::micros)
}

/// The version and the erasure that a row is of, and what it says.
type Parts = ((u64, i64), bool, Option<Moment>, History);

fn parts(bytes: &[u8]) -> Option<Parts> {
    let (layout, bytes) = bytes.split_first()?;
    let (version, bytes) = bytes.split_first_chunk()?;
    let (erasure, bytes) = bytes.split_first_chunk()?;
    let (flags, bytes) = bytes.split_first()?;
    let (first_answer, bytes) = if flags & 2 == 0 { (None, bytes) } else { moment(bytes)? };
    if *layout != history::bytes::LAYOUT || flags & !3 != 0 {
        return None;
    }
    let of = (u64::from_be_bytes(*version), i64::from_be_bytes(*erasure));
    Some((of, flags & 1 != 0, first_answer, history::bytes::read(bytes)?))
}

fn moment(bytes: &[u8]) -> Option<(Option<Moment>, &[u8])> {
    let (effective, bytes) = bytes.split_first_chunk()?;
    let (recorded_at, bytes) = bytes.split_first_chunk()?;
    let instant = |bytes| Instant::from_micros(i64::from_be_bytes(bytes));
    Some((Some((instant(*effective)?, instant(*recorded_at)?)), bytes))
}

#[cfg(test)]
mod tests;
