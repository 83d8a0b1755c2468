//! A reader that cannot go on from where it stands, and what it is told.

use std::fmt;

use super::Cursor;
use crate::error::{Error, Reason};

/// Why the changes alone do not lead on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SnapshotReason {
    /// What the cursor would read next has outlived its retention and is gone.
    CursorExpired,
    /// The ledger holds another record at the cursor's position: the database was restored or failed over with loss.
    CursorDiverged,
    /// The cursor lies beyond the ledger's end: the database was restored or failed over with loss.
    CursorAheadOfHead,
    /// A snapshot was begun and has not ended.
    SnapshotUnfinished,
    /// Nothing was read yet, and reading is to begin with a snapshot ([`StreamChanges::from_snapshot`](super::StreamChanges::from_snapshot)).
    NothingRead,
}

impl SnapshotReason {
    fn of(reason: Reason) -> Option<Self> {
        match reason {
            Reason::CursorExpired => Some(Self::CursorExpired),
            Reason::CursorDiverged => Some(Self::CursorDiverged),
            Reason::CursorAheadOfHead => Some(Self::CursorAheadOfHead),
            _ => None,
        }
    }

    const fn told(self) -> &'static str {
        match self {
            Self::CursorExpired => {
                "what comes next after the bookmark has outlived its retention; hand over to a snapshot \
                 (ChangeStream::hand_over), or go on from the oldest that is left (ChangeStream::go_on_from) and miss what \
                 lay between"
            }
            Self::CursorDiverged | Self::CursorAheadOfHead => {
                "the service lost part of its history, which this reader had read; hand over to a snapshot \
                 (ChangeStream::hand_over), which drops what was lost"
            }
            Self::SnapshotUnfinished => {
                "a snapshot was begun and has not ended; hand over (ChangeStream::hand_over) to go on with it"
            }
            Self::NothingRead => {
                "nothing was read yet; hand over to a snapshot (ChangeStream::hand_over) to begin with one"
            }
        }
    }
}

/// Says that a stream cannot go on by changes alone, and why. Nothing was done about it: the bookmark stays as it was until
/// [`ChangeStream::hand_over`](super::ChangeStream::hand_over) or [`ChangeStream::go_on_from`](super::ChangeStream::go_on_from).
/// Its text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub struct SnapshotNeeded {
    /// Why.
    pub reason: SnapshotReason,
    /// Of [`SnapshotReason::CursorExpired`]: the oldest position that can still be read, and a cursor before it. Who goes on from
    /// there misses what lay between.
    pub oldest: Option<(u64, Cursor)>,
    /// What the service said. Absent: it was not asked.
    pub error: Option<Error>,
}

impl SnapshotNeeded {
    pub(super) const fn without_asking(reason: SnapshotReason) -> Self {
        Self { reason, oldest: None, error: None }
    }

    /// What the service's refusal of a cursor means; any other error stays what it is.
    pub(crate) fn told(error: Error) -> Result<Self, Error> {
        let Some(reason) = error.reason().and_then(SnapshotReason::of) else { return Err(error) };
        let position = error.fact("oldest_position").and_then(|digits| digits.parse().ok());
        let oldest = position.zip(error.fact("oldest_cursor").map(Cursor::from_text));
        Ok(Self { reason, oldest, error: Some(error) })
    }
}

impl fmt::Display for SnapshotNeeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.told())
    }
}

impl std::error::Error for SnapshotNeeded {}
