//! Where a stream keeps its bookmark: in memory, in a file, or in the caller's own transaction.

mod file;

use std::future::{Future, ready};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Bookmark, NotABookmark};

pub use file::FileCursors;

/// Keeps the bookmark of one stream. Written for a database of one's own, where [`OwnTransaction`] does not do, it is `load` and
/// `save` of one text.
pub trait CursorStore: Send {
    /// What was saved last; `None`: nothing ever was. What is there and cannot be read is an error and never `None`: a stream
    /// that takes it for the beginning would pass over changes, or over people who are not to be written to.
    fn load(&mut self) -> impl Future<Output = Result<Option<Bookmark>, CursorStoreError>> + Send;

    /// Saves one in place of what was saved before; when it returns, a process that is killed finds it again.
    fn save(&mut self, bookmark: &Bookmark) -> impl Future<Output = Result<(), CursorStoreError>> + Send;
}

/// Why a bookmark cannot be loaded or saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CursorStoreError {
    /// What is kept cannot be read.
    #[error("the bookmark cannot be read: {0}")]
    NotRead(io::Error),
    /// What is kept is not a bookmark, or was changed.
    #[error("what is kept is not a bookmark; put back what was kept, or remove it to begin anew")]
    NotABookmark,
    /// It cannot be written: what was saved before holds.
    #[error("the bookmark cannot be saved: {0}")]
    NotSaved(io::Error),
    /// Whatever a store of the caller's says.
    #[error("the bookmark's store failed: {0}")]
    Own(Box<dyn std::error::Error + Send + Sync>),
}

impl From<NotABookmark> for CursorStoreError {
    fn from(_: NotABookmark) -> Self {
        Self::NotABookmark
    }
}

/// Keeps the bookmark in memory, as long as a clone of it is held: for readers that begin anew with each process.
#[derive(Clone, Debug, Default)]
pub struct MemoryCursors(Arc<Mutex<Option<Bookmark>>>);

impl MemoryCursors {
    /// Nothing kept yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What is kept.
    #[must_use]
    pub fn kept(&self) -> Option<Bookmark> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl CursorStore for MemoryCursors {
    fn load(&mut self) -> impl Future<Output = Result<Option<Bookmark>, CursorStoreError>> + Send {
        ready(Ok(self.kept()))
    }

    fn save(&mut self, bookmark: &Bookmark) -> impl Future<Output = Result<(), CursorStoreError>> + Send {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(bookmark.clone());
        ready(Ok(()))
    }
}

/// For who saves the bookmark in a transaction of their own, together with what they applied: each change is then applied once,
/// whatever stops. The stream saves nothing; it begins at what was loaded, and goes on when it is told that the transaction was
/// committed.
///
/// ```no_run
/// use assent_sdk::{Bookmark, OwnTransaction, StreamChanges};
///
/// # struct Transaction;
/// # impl Transaction {
/// #     fn apply(&mut self, _: &assent_sdk::ConsentChange) {}
/// #     fn save(&mut self, _: String) {}
/// #     fn commit(self) {}
/// # }
/// # async fn follow(client: assent_sdk::Client, saved: Option<String>, begin: fn() -> Transaction)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// let bookmark = saved.as_deref().map(Bookmark::from_text).transpose()?;
/// let mut stream = client.changes().stream(StreamChanges::from_earliest(), OwnTransaction::after(bookmark));
/// loop {
///     let page = stream.next().await?.page()?;
///     let mut transaction = begin();
///     page.changes.iter().for_each(|change| transaction.apply(change));
///     transaction.save(page.bookmark().to_text());
///     transaction.commit();
///     page.acknowledge().await?;
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct OwnTransaction {
    loaded: Option<Bookmark>,
}

impl OwnTransaction {
    /// After what the caller loaded; `None`: nothing was ever saved.
    #[must_use]
    pub const fn after(loaded: Option<Bookmark>) -> Self {
        Self { loaded }
    }
}

impl CursorStore for OwnTransaction {
    fn load(&mut self) -> impl Future<Output = Result<Option<Bookmark>, CursorStoreError>> + Send {
        ready(Ok(self.loaded.take()))
    }

    fn save(&mut self, _: &Bookmark) -> impl Future<Output = Result<(), CursorStoreError>> + Send {
        ready(Ok(()))
    }
}
