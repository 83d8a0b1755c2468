//! The trigger stream: what scenarios may start from, as it comes. It begins anew by itself where it ended.

use std::fmt;

use assent_proto::v1;
use assent_proto::v1::watch_interactions_request::Position;
use assent_proto::v1::watch_interactions_response::Event;

use super::read::Place;
use super::{InteractionCursor, InteractionFilter, Interactions};
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::interaction::RecordedInteraction;
use crate::resumed::Resumed;

/// Where to begin, and what scenarios may start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchInteractions {
    position: Place,
    filter: InteractionFilter,
    batch_size: u32,
}

impl WatchInteractions {
    fn at(position: Place) -> Self {
        Self { position, filter: InteractionFilter::everything(), batch_size: 0 }
    }

    /// On from that cursor, of a stream or of a page that was read, with batches of at most 500 interactions.
    #[must_use]
    pub fn from_cursor(cursor: InteractionCursor) -> Self {
        Self::at(Place::After(cursor))
    }

    /// From the oldest that is left.
    #[must_use]
    pub fn from_earliest() -> Self {
        Self::at(Place::Earliest)
    }

    /// Only what is recorded from now on.
    #[must_use]
    pub fn from_latest() -> Self {
        Self::at(Place::Latest)
    }

    /// What may start something; a cursor holds for the filter that it was made for alone. Sends never start anything: the
    /// service refuses a filter of no other kind.
    #[must_use]
    pub fn filter(mut self, filter: InteractionFilter) -> Self {
        self.filter = filter;
        self
    }

    /// The most interactions of a batch; over 1,000 is taken as 1,000, 0 as 500.
    #[must_use]
    pub const fn batch_size(mut self, size: u32) -> Self {
        self.batch_size = size;
        self
    }

    fn into_wire(self) -> v1::WatchInteractionsRequest {
        v1::WatchInteractionsRequest {
            position: Some(match self.position {
                Place::After(cursor) => Position::Cursor(cursor.as_str().to_owned()),
                Place::Earliest => Position::Edge(v1::CursorEdge::Earliest.into()),
                Place::Latest => Position::Edge(v1::CursorEdge::Latest.into()),
            }),
            filter: self.filter.into_wire(),
            batch_size: self.batch_size,
        }
    }
}

/// Interactions that scenarios may start from, and where to go on after them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TriggerBatch {
    /// Recorded interactions of people who might be tracked for them when the batch was made up; neither sends nor what a
    /// machine did. Empty: there was nothing, and the stream tells how far it has come.
    pub interactions: Vec<RecordedInteraction>,
    /// Where to go on. Save it after the interactions have been dealt with.
    pub next_cursor: InteractionCursor,
    /// How many that pass the filter were recorded in what this covers and may start nothing now. Absent: fewer than 10,
    /// perhaps none.
    pub left_out: Option<u32>,
}

/// The trigger stream, which begins anew by itself, after the last batch it gave, where the service ends it, stops, or cannot
/// be reached for a moment.
///
/// ```no_run
/// use assent_sdk::{InteractionCursor, WatchInteractions};
///
/// # async fn run(client: assent_sdk::Client, kept: Option<String>) -> assent_sdk::Result<()> {
/// # fn start(_: &assent_sdk::RecordedInteraction) {}
/// # fn keep(_: &str) {}
/// let kept = kept.map(InteractionCursor::from_text);
/// let from = kept.map_or_else(WatchInteractions::from_latest, WatchInteractions::from_cursor);
/// let mut watch = client.interactions().watch(from);
/// loop {
///     let batch = watch.next().await?; // a batch without interactions at least every ten seconds
///     batch.interactions.iter().for_each(start);
///     keep(batch.next_cursor.as_str()); // what was started and not kept is given again after a restart
/// }
/// # }
/// ```
pub struct InteractionWatch {
    query: WatchInteractions,
    stream: Resumed<v1::WatchInteractionsResponse>,
}

impl Interactions<'_> {
    /// Watches what is recorded, as it comes: what scenarios may start from. Nothing is asked of the service before the first
    /// [`InteractionWatch::next`].
    #[must_use]
    pub fn watch(self, query: WatchInteractions) -> InteractionWatch {
        InteractionWatch { query, stream: Resumed::new(self.caller.clone()) }
    }
}

impl InteractionWatch {
    /// Where the next batch begins: after the last one that was given. Absent: none was, and it began at an edge.
    #[must_use]
    pub const fn cursor(&self) -> Option<&InteractionCursor> {
        match &self.query.position {
            Place::After(cursor) => Some(cursor),
            Place::Earliest | Place::Latest => None,
        }
    }

    /// The next batch, or how far the stream has come: at least every ten seconds. An ended stream is begun anew, a broken one
    /// as the client's [`Retry`](crate::Retry) says. Dropping this future before it is done loses nothing.
    ///
    /// # Errors
    ///
    /// As [`Interactions::read`]. Asking again is safe: it begins anew after the last batch that was given. Before the
    /// first one it begins where it was told to, so that [from the latest](WatchInteractions::from_latest) an error before
    /// the first batch may pass something by.
    pub async fn next(&mut self) -> Result<TriggerBatch> {
        let message = self.query.clone().into_wire();
        let begin = |caller: Caller| {
            let message = message.clone();
            async move {
                let begun = caller.stream(message, |request| {
                    let mut client = caller.interactions();
                    async move { client.watch_interactions(request).await }
                });
                begun.await
            }
        };
        let told = self.stream.next(begin).await?;
        let batch = read(told).inspect_err(|_| self.stream.end())?;
        self.query.position = Place::After(batch.next_cursor.clone());
        Ok(batch)
    }
}

fn read(told: v1::WatchInteractionsResponse) -> Result<TriggerBatch> {
    let (interactions, cursor, left_out) = match told.event.ok_or_else(|| Error::unintelligible("event"))? {
        Event::Batch(batch) => (batch.interactions, batch.next_cursor, batch.left_out),
        Event::Checkpoint(checkpoint) => (Vec::new(), checkpoint.cursor, None),
    };
    Ok(TriggerBatch {
        interactions: interactions.into_iter().map(RecordedInteraction::from_wire).collect::<Result<_>>()?,
        next_cursor: InteractionCursor::from_text(cursor),
        left_out,
    })
}

impl fmt::Debug for InteractionWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InteractionWatch")
            .field("query", &self.query)
            .field("begun", &self.stream.is_begun())
            .finish_non_exhaustive()
    }
}
