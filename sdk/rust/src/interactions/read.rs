//! Reads one page of what was recorded.

use std::fmt;
use std::time::Duration;

use assent_proto::v1;
use assent_proto::v1::read_interactions_request::Position;

use super::{InteractionFilter, Interactions};
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::interaction::RecordedInteraction;
use crate::time;
use crate::watch::Place;

/// A place between two recorded interactions: opaque, for this tenant and one filter only, at most 1,024 bytes. Keep it as
/// text. It is no [`Cursor`](crate::Cursor): that one reads changes of consent.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InteractionCursor(String);

impl InteractionCursor {
    /// The cursor of a text that was kept.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Where to go on after [`Reason::CursorExpired`](crate::Reason::CursorExpired): before the oldest that is left. Absent:
    /// the error is another one.
    #[must_use]
    pub fn oldest_left(error: &Error) -> Option<Self> {
        error.fact("oldest_cursor").map(Self::from_text)
    }

    /// Its text, to keep.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for InteractionCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InteractionCursor(opaque)")
    }
}

/// Where to begin, what to read, and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadInteractions {
    pub(super) position: Place<InteractionCursor>,
    pub(super) filter: InteractionFilter,
    pub(super) page_size: u32,
    pub(super) max_wait: Duration,
}

impl ReadInteractions {
    fn at(position: Place<InteractionCursor>) -> Self {
        let filter = InteractionFilter::everything();
        Self { position, filter, page_size: 0, max_wait: Duration::ZERO }
    }

    /// On from that cursor, everything, 500 interactions at most, without waiting.
    #[must_use]
    pub fn from_cursor(cursor: InteractionCursor) -> Self {
        Self::at(Place::After(cursor))
    }

    /// From the oldest that is left.
    #[must_use]
    pub fn from_earliest() -> Self {
        Self::at(Place::Earliest)
    }

    /// After the newest: only what is recorded from now on.
    #[must_use]
    pub fn from_latest() -> Self {
        Self::at(Place::Latest)
    }

    /// What to read; a cursor holds for the filter that it was made for alone.
    #[must_use]
    pub fn filter(mut self, filter: InteractionFilter) -> Self {
        self.filter = filter;
        self
    }

    /// The most interactions wanted; over 1,000 is taken as 1,000, 0 as 500.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }

    /// How long to wait when there is nothing to read, at most 30 seconds.
    #[must_use]
    pub const fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }
}

/// A page of what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InteractionPage {
    /// What may be shown now, in the order of the cursor. May be empty, also when there is more to read.
    pub interactions: Vec<RecordedInteraction>,
    /// Where to go on. Save it after the interactions have been dealt with.
    pub next_cursor: InteractionCursor,
    /// Whether everything was read that was there. False: ask again at once.
    pub caught_up: bool,
    /// How many that pass the filter were recorded in what this page covers and may not be shown now. Absent: fewer than 10,
    /// perhaps none.
    pub left_out: Option<u32>,
}

impl Interactions<'_> {
    /// Reads on through everything that was recorded, sends included, each once; waits for something to read, if asked to.
    /// What consent no longer permits to show, and what has outlived its policy's retention, is passed by.
    ///
    /// # Errors
    ///
    /// [`Reason::CursorMalformed`](crate::Reason::CursorMalformed),
    /// [`Reason::CursorFilterMismatch`](crate::Reason::CursorFilterMismatch);
    /// [`Reason::CursorExpired`](crate::Reason::CursorExpired) where what it would read next is gone
    /// ([`InteractionCursor::oldest_left`] says where to go on); [`Reason::CursorDiverged`](crate::Reason::CursorDiverged)
    /// and [`Reason::CursorAheadOfHead`](crate::Reason::CursorAheadOfHead) where the service lost part of its history.
    pub async fn read(self, query: ReadInteractions) -> Result<InteractionPage> {
        read(self.caller, query).await
    }
}

pub(super) async fn read(caller: &Caller, query: ReadInteractions) -> Result<InteractionPage> {
    let max_wait = (!query.max_wait.is_zero()).then(|| time::into_wire(query.max_wait));
    let position = match query.position {
        Place::After(cursor) => Position::Cursor(cursor.0),
        Place::Earliest => Position::Edge(v1::CursorEdge::Earliest.into()),
        Place::Latest => Position::Edge(v1::CursorEdge::Latest.into()),
    };
    let message = v1::ReadInteractionsRequest {
        position: Some(position),
        filter: query.filter.into_wire(),
        page_size: query.page_size,
        max_wait,
    };

    let answer = caller
        .patient(message, query.max_wait, |request| {
            let mut client = caller.interactions();
            async move { client.read_interactions(request).await }
        })
        .await?;

    Ok(InteractionPage {
        interactions: answer
            .interactions
            .into_iter()
            .map(RecordedInteraction::from_wire)
            .collect::<Result<_>>()?,
        next_cursor: InteractionCursor(answer.next_cursor),
        caught_up: answer.caught_up,
        left_out: answer.left_out,
    })
}
