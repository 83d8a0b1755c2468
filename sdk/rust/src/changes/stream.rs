//! The changes without end, over a bookmark that is kept. It moves only when a page is acknowledged: what was read and not
//! dealt with is read again. It never starts a snapshot by itself.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use super::joint::{self, PageFault};
use super::lost::{SnapshotNeeded, SnapshotReason};
use super::read::{self, ReadChanges};
use super::{Bookmark, ChangeFilter, ChangePage, Changes, Cursor, CursorStore, CursorStoreError, Start};
use crate::call::Caller;
use crate::error::Error;

/// Where to begin when nothing is kept yet, and what to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamChanges {
    begin: Begin,
    pub(super) filter: ChangeFilter,
    page_size: u32,
    max_wait: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Begin {
    At(Start),
    After(Bookmark),
}

impl StreamChanges {
    fn begin(begin: Begin) -> Self {
        let filter = ChangeFilter::everything();
        Self { begin, filter, page_size: 0, max_wait: Duration::from_secs(20) }
    }

    /// Begins there if nothing is kept; what is kept comes first.
    #[must_use]
    pub fn from_start(start: Start) -> Self {
        Self::begin(Begin::At(start))
    }

    /// Begins before the oldest change that can still be read, if nothing is kept.
    #[must_use]
    pub fn from_earliest() -> Self {
        Self::from_start(Start::Earliest)
    }

    /// Begins with what comes from now on, if nothing is kept. Now is kept before the first page is given.
    #[must_use]
    pub fn from_latest() -> Self {
        Self::from_start(Start::Latest)
    }

    /// Begins after that cursor, if nothing is kept.
    #[must_use]
    pub fn from_cursor(cursor: Cursor) -> Self {
        Self::begin(Begin::After(Bookmark::of_cursor(cursor)))
    }

    /// Begins with a snapshot, if nothing is kept: the stream says [`Next::SnapshotNeeded`] until it is told to hand over.
    #[must_use]
    pub fn from_snapshot() -> Self {
        Self::begin(Begin::After(Bookmark::in_snapshot(None)))
    }

    /// The filter: that of the cursor that is kept. The service refuses a cursor under another filter.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// The most changes of a page; over 5,000 is taken as 5,000, 0 as 1,000.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }

    /// How long to wait at the end before an empty page is given: 20 seconds unless said, at most 30.
    #[must_use]
    pub const fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = time;
        self
    }
}

/// Streams the changes, one page after the other, waiting for more at the end, from where its [`CursorStore`] says.
///
/// ```no_run
/// use assent_sdk::{FileCursors, Next, StreamChanges};
///
/// # async fn follow(client: assent_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
/// # fn apply(_: &assent_sdk::ConsentChange) {}
/// let mut stream = client.changes().stream(StreamChanges::from_earliest(), FileCursors::at("crm.cursor"));
/// loop {
///     match stream.next().await? {
///         Next::Page(page) => {
///             page.changes.iter().for_each(apply);
///             page.acknowledge().await?; // saves the bookmark; what is not acknowledged is given again
///         }
///         Next::SnapshotNeeded(why) => return Err(why.into()), // or hand over to a snapshot: see HandOver
///     }
/// }
/// # }
/// ```
pub struct ChangeStream<S> {
    pub(super) caller: Caller,
    pub(super) query: StreamChanges,
    pub(super) store: S,
    /// Absent: not loaded yet.
    pub(super) at: Option<Bookmark>,
}

impl Changes<'_> {
    /// Streams the changes over a bookmark that `store` keeps. Nothing is asked of the service or the store before the first
    /// [`ChangeStream::next`].
    #[must_use]
    pub fn stream<S: CursorStore>(self, query: StreamChanges, store: S) -> ChangeStream<S> {
        ChangeStream { caller: self.caller.clone(), query, store, at: None }
    }
}

/// What comes next.
#[derive(Debug)]
#[must_use = "a page that is not acknowledged is given again"]
pub enum Next<'a, S> {
    /// A page of changes; empty when nothing came while it waited.
    Page(TakenPage<'a, S>),
    /// The changes alone do not lead on. Asked again, the stream says so again.
    SnapshotNeeded(SnapshotNeeded),
}

impl<'a, S> Next<'a, S> {
    /// The page, for who treats everything else as an error.
    ///
    /// # Errors
    ///
    /// [`Self::SnapshotNeeded`].
    pub fn page(self) -> Result<TakenPage<'a, S>, SnapshotNeeded> {
        match self {
            Self::Page(page) => Ok(page),
            Self::SnapshotNeeded(why) => Err(why),
        }
    }
}

impl<S: CursorStore> ChangeStream<S> {
    /// The page after what was acknowledged last. A page that is dropped without being acknowledged is given again.
    ///
    /// # Errors
    ///
    /// [`StreamError::Call`] as of [`Changes::read`], but for the cursors that lead nowhere, which are
    /// [`Next::SnapshotNeeded`]; [`StreamError::Store`]; [`StreamError::Page`]. The bookmark stays: asking again is safe.
    pub async fn next(&mut self) -> Result<Next<'_, S>, StreamError> {
        let (cursor, position) = match self.stand().await? {
            Bookmark::At { cursor, position } => (cursor, position),
            Bookmark::InSnapshot { .. } => {
                let unfinished = self.at.is_some();
                let reason =
                    if unfinished { SnapshotReason::SnapshotUnfinished } else { SnapshotReason::NothingRead };
                return Ok(Next::SnapshotNeeded(SnapshotNeeded::without_asking(reason)));
            }
        };
        let query = ReadChanges {
            cursor,
            filter: self.query.filter.clone(),
            page_size: self.query.page_size,
            max_wait: self.query.max_wait,
        };
        let page = match read::read(&self.caller, query).await {
            Ok(page) => page,
            Err(error) => return Ok(Next::SnapshotNeeded(SnapshotNeeded::told(error)?)),
        };
        joint::check(position, &page)?;
        Ok(Next::Page(TakenPage { page, stream: self }))
    }

    /// Where it stands; begun where nothing is kept.
    async fn stand(&mut self) -> Result<Bookmark, StreamError> {
        self.stand_loaded().await?;
        if let Some(at) = &self.at {
            return Ok(at.clone());
        }
        match self.query.begin.clone() {
            // Nothing was done yet that had to be kept.
            Begin::After(bookmark) => Ok(bookmark),
            Begin::At(start) => {
                let changes = Changes { caller: &self.caller };
                let found = changes.cursor(start, self.query.filter.clone()).await?;
                let begun = Bookmark::at(found.cursor, found.position);
                // Or the next process would begin later, and miss what came in between.
                self.go_to(begun.clone()).await?;
                Ok(begun)
            }
        }
    }

    /// Loads what is kept, once.
    pub(super) async fn stand_loaded(&mut self) -> Result<(), CursorStoreError> {
        if self.at.is_none() {
            self.at = self.store.load().await?;
        }
        Ok(())
    }

    /// Where the stream stands: what was loaded, or acknowledged last. `None`: nothing was yet.
    #[must_use]
    pub const fn bookmark(&self) -> Option<&Bookmark> {
        self.at.as_ref()
    }

    /// Leaves what was kept and goes on from a cursor, such as that of the oldest change that is left, or an older one after a
    /// restore. What lies between is not read.
    ///
    /// # Errors
    ///
    /// What the store says; the bookmark then stays.
    pub async fn go_on_from(&mut self, cursor: Cursor) -> Result<(), CursorStoreError> {
        self.go_to(Bookmark::of_cursor(cursor)).await
    }

    pub(super) async fn go_to(&mut self, bookmark: Bookmark) -> Result<(), CursorStoreError> {
        self.store.save(&bookmark).await?;
        self.at = Some(bookmark);
        Ok(())
    }
}

impl<S> fmt::Debug for ChangeStream<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeStream")
            .field("query", &self.query)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// A page that was taken. Reads as a [`ChangePage`].
#[derive(Debug)]
#[must_use = "a page that is not acknowledged is given again"]
pub struct TakenPage<'a, S> {
    page: ChangePage,
    stream: &'a mut ChangeStream<S>,
}

impl<S: CursorStore> TakenPage<'_, S> {
    /// What to save with what was done, in a transaction of one's own ([`OwnTransaction`](super::OwnTransaction)).
    #[must_use]
    pub fn bookmark(&self) -> Bookmark {
        Bookmark::at(self.page.next_cursor.clone(), self.page.covered_through)
    }

    /// Says that the changes have been dealt with: the bookmark is saved, and the stream goes on after them.
    ///
    /// # Errors
    ///
    /// What the store says; the stream then gives the page again.
    pub async fn acknowledge(self) -> Result<Bookmark, CursorStoreError> {
        let bookmark = self.bookmark();
        self.stream.go_to(bookmark.clone()).await?;
        Ok(bookmark)
    }
}

impl<S> Deref for TakenPage<'_, S> {
    type Target = ChangePage;

    fn deref(&self) -> &ChangePage {
        &self.page
    }
}

/// Why a stream cannot give what comes next. The bookmark stays where it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The call failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// The bookmark could not be loaded or saved.
    #[error(transparent)]
    Store(#[from] CursorStoreError),
    /// A page does not follow what was read, or is not in order.
    #[error(transparent)]
    Page(#[from] PageFault),
    /// The snapshot under way cannot go on, for the reason that is told.
    #[error(
        "the snapshot cannot go on: it took too long, or the service lost part of its history since it began; drop what it gave \
         and begin a new one (HandOver::begin_anew)"
    )]
    SnapshotLost(SnapshotNeeded),
}
