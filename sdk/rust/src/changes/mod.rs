//! What changed, in order: one file for each call of the contract's ConsentChangeService, and [`Follow`] on top of them.

mod cursor;
mod filter;
mod follow;
mod read;
mod snapshot;
#[cfg(test)]
mod tests;
mod watch;

pub use cursor::{Cursor, CursorFound, Start};
pub use filter::ChangeFilter;
pub use follow::{Follow, Taken};
pub use read::{ChangePage, ConsentChange, ReadChanges};
pub use snapshot::{
    ProfileSnapshot, ResumeToken, Snapshot, SnapshotEnd, SnapshotPage, SnapshotPiece, SnapshotQuery,
};
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
