//! What changed, in order: one file for each call of the contract's ConsentChangeService, and [`ChangeStream`] on top of them,
//! with what it keeps from one run to the next.

mod bookmark;
mod cursor;
mod filter;
mod hand_over;
pub(crate) mod joint;
mod lost;
mod read;
mod snapshot;
mod store;
mod stream;
#[cfg(test)]
mod tests;
mod watch;

pub use bookmark::{Bookmark, NotABookmark};
pub use cursor::{Cursor, CursorFound, Start};
pub use filter::ChangeFilter;
pub use hand_over::{HandOver, TakenPart};
pub use joint::PageFault;
pub use lost::{SnapshotNeeded, SnapshotReason};
pub use read::{ChangePage, ConsentChange, ReadChanges};
pub use snapshot::{
    ProfileSnapshot, ResumeToken, Snapshot, SnapshotEnd, SnapshotPage, SnapshotPiece, SnapshotQuery,
};
pub use store::{CursorStore, CursorStoreError, FileCursors, MemoryCursors, OwnTransaction};
pub use stream::{ChangeStream, Next, StreamChanges, StreamError, TakenPage};
pub use watch::{ChangeBatch, ChangeWatch, WatchChanges};

use crate::call::Caller;

/// Hands on every effective change of consent, acceptances and refusals alike, each once, in one order that never
/// contradicts itself for one profile. Delivery is at least once.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Changes<'a> {
    pub(crate) caller: &'a Caller,
}
