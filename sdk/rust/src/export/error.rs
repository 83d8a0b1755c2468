//! Why a run does not come to its end.

use std::io;

use crate::changes::{PageFault, SnapshotNeeded};
use crate::error::Error;

/// Why a run stopped. Nothing unfinished has a file's name; a run that can go on does when it is begun again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A call failed.
    #[error(transparent)]
    Call(#[from] Error),
    /// The cursor leads nowhere any more. Discard the run and begin with a whole copy, or from the oldest that is left.
    #[error("the export cannot go on: {0}")]
    CursorLost(#[from] SnapshotNeeded),
    /// A page does not follow what was written, or is not in order.
    #[error(transparent)]
    Page(#[from] PageFault),
    /// A file or folder cannot be read or written.
    #[error("{doing}: {error}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// What the operating system says.
        error: io::Error,
    },
    /// Another process is at it.
    #[error("another process exports under this name into this folder; wait for its end")]
    Busy,
    /// An interrupted run of another kind (start, end, filter or formats) has not ended.
    #[error(
        "an export of another kind was interrupted under this name; run it again as it was begun, discard it, or take another \
         name"
    )]
    OtherRun,
    /// What an interrupted run left is not what it wrote.
    #[error("what an interrupted run left was changed or lost ({0}); discard it and begin anew")]
    WorkDamaged(&'static str),
    /// A file of that name is there, which this run did not make.
    #[error(
        "a file of that name is there already: {0}; take another name, such as with $yyyyMMdd_$HHmmss, or move it away"
    )]
    NameTaken(String),
    /// The name is none for a file.
    #[error(
        "not a name for files; right are 1 to 100 letters, digits, and - _ . in between, with $yyyyMMdd and $HHmmss"
    )]
    NameWrong,
    /// The run is to end where the ledger has not come yet, or before it begins.
    #[error("the export is to end with position {asked}, and {known} is the {what}")]
    EndWrong {
        /// Where it is to end.
        asked: u64,
        /// The bound.
        known: u64,
        /// What that is.
        what: &'static str,
    },
    /// The ledger ends before it ended when the run began: the database was restored or failed over with loss.
    #[error(
        "the ledger ends at position {head} now, and ended at {end} when the export began; discard it and begin anew"
    )]
    LedgerShorter {
        /// Its end now.
        head: u64,
        /// Where the run is to end.
        end: u64,
    },
}

impl ExportError {
    /// What makes an error of the operating system one of a run.
    pub(super) const fn file(doing: &'static str) -> impl Fn(io::Error) -> Self + Copy {
        move |error| Self::File { doing, error }
    }
}
