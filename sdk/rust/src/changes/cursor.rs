//! Where to begin reading.

use std::fmt;

use assent_proto::v1;
use assent_proto::v1::get_cursor_request::Start as Wire;

use super::{ChangeFilter, Changes};
use crate::error::Result;
use crate::ledger::LedgerHead;
use crate::time::Instant;

/// A place between two changes: opaque, for this tenant and one filter only, at most 1,024 bytes. Keep it as text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    /// The cursor of a text that was kept.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text, to keep.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor(opaque)")
    }
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// Before the oldest change that can still be read.
    Earliest,
    /// After the newest change: only what comes later will be read.
    Latest,
    /// Before the first change recorded at or after this instant, by the server's clock.
    RecordedAt(Instant),
}

/// A cursor, and what is there to read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CursorFound {
    /// The cursor.
    pub cursor: Cursor,
    /// The position after which reading begins; 0: at the first.
    pub position: u64,
    /// The ledger's end.
    pub head: LedgerHead,
    /// The latest time at which one of its records was recorded. Absent: the ledger is empty.
    pub head_recorded_at: Option<Instant>,
    /// The position of the oldest record whose change can still be read; 1 as long as nothing was trimmed.
    pub oldest_position: u64,
}

impl Changes<'_> {
    /// Gives a cursor to begin with, for reading with this filter, and what is there to read.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub async fn cursor(self, start: Start, filter: ChangeFilter) -> Result<CursorFound> {
        let start = match start {
            Start::Earliest => Wire::Edge(v1::CursorEdge::Earliest.into()),
            Start::Latest => Wire::Edge(v1::CursorEdge::Latest.into()),
            Start::RecordedAt(instant) => Wire::RecordedAt(instant.into_wire()),
        };
        let message = v1::GetCursorRequest { start: Some(start), filter: filter.into_wire() };

        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.changes();
                async move { client.get_cursor(request).await }
            })
            .await?;

        Ok(CursorFound {
            cursor: Cursor(answer.cursor),
            position: answer.position,
            head: LedgerHead::promised(answer.head)?,
            head_recorded_at: answer.head_recorded_at.map(Instant::from_wire),
            oldest_position: answer.oldest_position,
        })
    }
}
