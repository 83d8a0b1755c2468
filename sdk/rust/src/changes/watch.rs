//! The changes as they come. The stream begins anew by itself where it ended.

use assent_proto::v1;
use assent_proto::v1::watch_consent_changes_request::Position;
use assent_proto::v1::watch_consent_changes_response::Event;
use tonic::Streaming;

use super::{ChangeFilter, Changes, ConsentChange, Cursor};
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::trace::CallSpan;
use crate::watch::{Course, Place, Watch};

/// Where to begin, and what to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchChanges {
    position: Place<Cursor>,
    filter: ChangeFilter,
    batch_size: u32,
}

impl WatchChanges {
    fn at(position: Place<Cursor>) -> Self {
        Self { position, filter: ChangeFilter::everything(), batch_size: 0 }
    }

    /// On from that cursor, of a stream or of a page that was read, with batches of at most 1,000 changes.
    #[must_use]
    pub fn from_cursor(cursor: Cursor) -> Self {
        Self::at(Place::After(cursor))
    }

    /// From the oldest change that is left.
    #[must_use]
    pub fn from_earliest() -> Self {
        Self::at(Place::Earliest)
    }

    /// Only what changes from now on.
    #[must_use]
    pub fn from_latest() -> Self {
        Self::at(Place::Latest)
    }

    /// What to watch; a cursor holds for the filter that it was made for alone.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// The most changes of a batch; over 5,000 is taken as 5,000, 0 as 1,000.
    #[must_use]
    pub const fn batch_size(mut self, size: u32) -> Self {
        self.batch_size = size;
        self
    }

    fn to_wire(&self) -> v1::WatchConsentChangesRequest {
        v1::WatchConsentChangesRequest {
            position: Some(match &self.position {
                Place::After(cursor) => Position::Cursor(cursor.as_str().to_owned()),
                Place::Earliest => Position::Edge(v1::CursorEdge::Earliest.into()),
                Place::Latest => Position::Edge(v1::CursorEdge::Latest.into()),
            }),
            filter: self.filter.clone().into_wire(),
            batch_size: self.batch_size,
        }
    }
}

/// Changes, and where to go on after them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangeBatch {
    /// The changes, in the order of their positions. Empty: there were none, and the stream tells how far it has come.
    pub changes: Vec<ConsentChange>,
    /// Where to go on. Save it after the changes have been dealt with.
    pub next_cursor: Cursor,
    /// The position after which this begins: where the batch before it ended.
    pub covered_after: u64,
    /// The last position that this covers: every change between both that passes the filter is in it.
    pub covered_through: u64,
    /// The position of the ledger's end as it was seen last.
    pub head_position: u64,
}

/// The changes as they come. The stream begins anew by itself, after the last batch it gave, where the service ends it, stops, or
/// cannot be reached for a moment; which replica answers does not matter.
///
/// ```no_run
/// use assent_sdk::{Cursor, WatchChanges};
///
/// # async fn run(client: assent_sdk::Client, kept: Option<String>) -> assent_sdk::Result<()> {
/// # fn apply(_: &assent_sdk::ConsentChange) {}
/// # fn keep(_: &str) {}
/// let kept = kept.map(Cursor::from_text);
/// let from = kept.map_or_else(WatchChanges::from_earliest, WatchChanges::from_cursor);
/// let mut watch = client.changes().watch(from);
/// loop {
///     let batch = watch.next().await?; // a batch without changes at least every ten seconds
///     batch.changes.iter().for_each(apply);
///     keep(batch.next_cursor.as_str()); // what was applied and not kept is given again after a restart
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct ChangeWatch(Watch<Watching>);

/// What is asked for, and the last position that was covered.
#[derive(Debug)]
struct Watching {
    query: WatchChanges,
    covered: Option<u64>,
}

impl Changes<'_> {
    /// Watches what changes, as it comes. Nothing is asked of the service before the first [`ChangeWatch::next`].
    #[must_use]
    pub fn watch(self, query: WatchChanges) -> ChangeWatch {
        ChangeWatch(Watch::of(self.caller, Watching { query, covered: None }))
    }
}

impl ChangeWatch {
    /// Where the next batch begins: after the last one that was given. Absent: none was, and it began at an edge.
    #[must_use]
    pub const fn cursor(&self) -> Option<&Cursor> {
        self.0.course.query.position.cursor()
    }

    /// The next batch, or how far the stream has come: at least every ten seconds. An ended stream is begun anew, a broken one
    /// as the client's [`Retry`](crate::Retry) says. Each batch joins the one before. Dropping this future before it is done loses
    /// nothing.
    ///
    /// # Errors
    ///
    /// As [`Changes::read`]. Asking again is safe: it begins anew after the last batch that was given. Before the first one
    /// it begins where it was told to, so that [from the latest](WatchChanges::from_latest) an error before the first batch may
    /// pass something by.
    pub async fn next(&mut self) -> Result<ChangeBatch> {
        self.0.next().await
    }
}

impl Course for Watching {
    type Message = v1::WatchConsentChangesResponse;
    type Batch = ChangeBatch;

    async fn begin(&self, caller: &Caller) -> Result<(Streaming<Self::Message>, CallSpan)> {
        let begun = caller.stream(self.query.to_wire(), |request| {
            let mut client = caller.changes();
            async move { client.watch_consent_changes(request).await }
        });
        begun.await
    }

    fn take(&mut self, told: Self::Message) -> Result<ChangeBatch> {
        let batch = read(told)?;
        if self.covered.is_some_and(|covered| covered != batch.covered_after) {
            return Err(Error::unintelligible("covered_after"));
        }
        self.covered = Some(batch.covered_through);
        self.query.position = Place::After(batch.next_cursor.clone());
        Ok(batch)
    }
}

fn read(told: v1::WatchConsentChangesResponse) -> Result<ChangeBatch> {
    let batch = match told.event.ok_or_else(|| Error::unintelligible("event"))? {
        Event::Batch(batch) => batch,
        Event::Checkpoint(checkpoint) => v1::ChangeBatch {
            changes: Vec::new(),
            next_cursor: checkpoint.cursor,
            covered_after: checkpoint.covered_after,
            covered_through: checkpoint.covered_through,
            head_position: checkpoint.head_position,
        },
    };
    Ok(ChangeBatch {
        changes: batch.changes.into_iter().map(ConsentChange::from_wire).collect::<Result<_>>()?,
        next_cursor: Cursor::from_text(batch.next_cursor),
        covered_after: batch.covered_after,
        covered_through: batch.covered_through,
        head_position: batch.head_position,
    })
}
