//! What an import is told.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::word::{Word, words};

words! {
    /// What became of a line.
    LineOutcome = v1::LineOutcome, "LINE_OUTCOME_" {
        /// Something of it is the first of its series.
        Created,
        /// Something of it turned a state or a fact, and nothing was the first of its series.
        Changed,
        /// Something of it confirmed what stood, with new evidence, and nothing turned.
        Renewed,
        /// All that it says was on record already: nothing was stored.
        Unchanged,
        /// It was stored as history, and the states stay.
        Superseded,
        /// It says nothing: nothing was stored.
        Blank,
        /// It could not be read, and nothing of it was stored; or something of it was refused, and only the rest was stored.
        Failed,
    }
}

/// How many lines had which outcome; each line is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportCounts {
    /// Something of them is the first of its series.
    pub created: u64,
    /// Something of them turned a state or a fact.
    pub changed: u64,
    /// Something of them confirmed what stood.
    pub renewed: u64,
    /// All that they say was on record already.
    pub unchanged: u64,
    /// They were stored as history.
    pub superseded: u64,
    /// They say nothing.
    pub blank: u64,
    /// They could not be read, or something of them was refused.
    pub failed: u64,
}

impl ImportCounts {
    /// How many lines there were.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        let Self { created, changed, renewed, unchanged, superseded, blank, failed } = *self;
        created + changed + renewed + unchanged + superseded + blank + failed
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self {
            created: self.created + others.created,
            changed: self.changed + others.changed,
            renewed: self.renewed + others.renewed,
            unchanged: self.unchanged + others.unchanged,
            superseded: self.superseded + others.superseded,
            blank: self.blank + others.blank,
            failed: self.failed + others.failed,
        }
    }

    pub(super) fn from_wire(wire: Option<v1::ImportCounts>, path: &'static str) -> Result<Self> {
        let wire = wire.ok_or_else(|| Error::unintelligible(path))?;
        let v1::ImportCounts { created, changed, renewed, unchanged, superseded, blank, failed } = wire;
        Ok(Self { created, changed, renewed, unchanged, superseded, blank, failed })
    }
}

/// Why a line failed.
#[derive(Debug)]
#[non_exhaustive]
pub struct LineFailure {
    /// The line's number, as it was given.
    pub line: u64,
    /// Why. The fields it names are counted within the chunk: `chunk.lines[3].events[0].answer`.
    pub error: Error,
}

/// What would become of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LineForecast {
    /// The line's number, as it was given.
    pub line: u64,
    /// What would become of it.
    pub outcome: LineOutcome,
}

/// A chunk of lines was written, and is durable; in a dry run it was judged.
#[derive(Debug)]
#[non_exhaustive]
pub struct ChunkAcknowledged {
    /// The chunk's number, from 1.
    pub number: u64,
    /// Whether it had been acknowledged before, to whoever did not hear of it.
    pub repeated: bool,
    /// What became of its lines.
    pub counts: ImportCounts,
    /// Why lines failed, one for each thing refused: at most 1,000.
    pub failures: Vec<LineFailure>,
    /// How many more failures there were.
    pub failures_left_out: u64,
    /// What became of all lines that are acknowledged by now, those of earlier runs of the import counted.
    pub totals: ImportCounts,
    /// In a dry run, what would become of each line, in order.
    pub forecasts: Vec<LineForecast>,
}

impl ChunkAcknowledged {
    pub(super) fn from_wire(wire: v1::ChunkAcknowledged) -> Result<Self> {
        let failures = wire.failures.into_iter().map(|failure| {
            let status = failure.error.ok_or_else(|| Error::unintelligible("failures.error"))?;
            Ok(LineFailure { line: failure.line, error: Error::of_item(&status) })
        });
        let forecasts = wire.forecasts.into_iter().map(|told| {
            let outcome = LineOutcome::from_wire(told.outcome);
            LineForecast { line: told.line, outcome }
        });
        Ok(Self {
            number: wire.number,
            repeated: wire.repeated,
            counts: ImportCounts::from_wire(wire.counts, "acknowledged.counts")?,
            failures: failures.collect::<Result<_>>()?,
            failures_left_out: wire.failures_left_out,
            totals: ImportCounts::from_wire(wire.totals, "acknowledged.totals")?,
            forecasts: forecasts.collect(),
        })
    }
}
