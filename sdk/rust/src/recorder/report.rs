//! The account: what became of everything that was taken.

use std::sync::Arc;

use super::ticket::Unrecorded;
use crate::error::Error;

/// What became of everything that a recorder took, at one moment:
/// `taken` = `recorded` + `exempted` + `discarded` + `duplicate` + `otherwise` + `refused` + `failed` + `waiting` + `in_flight`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RecorderReport {
    /// Interactions that the recorder took.
    pub taken: u64,
    /// They are on record.
    pub recorded: u64,
    /// Only what the law exempts from consent was kept of them.
    pub exempted: u64,
    /// They were dropped, as consent and policy demand.
    pub discarded: u64,
    /// They were on record already; `duplicate_resent` of them most likely by an earlier try of this recorder.
    pub duplicate: u64,
    /// The service of a later release says something of them that this one does not know.
    pub otherwise: u64,
    /// The service refused them one by one; `last_refusal` says why the last was.
    pub refused: u64,
    /// They were given up, or handed back by the shutdown; `last_failure` says why the last were.
    pub failed: u64,
    /// They wait to be sent, for the first time or again.
    pub waiting: u64,
    /// They are on their way and not acknowledged.
    pub in_flight: u64,

    /// Duplicates that were sent more than once.
    pub duplicate_resent: u64,
    /// How often an interaction was sent again.
    pub resent: u64,
    /// What is held takes at most so many bytes of memory.
    pub held_bytes: u64,
    /// How often a stream was begun.
    pub streams: u64,
    /// Why interactions were refused last. Absent: none was.
    pub last_refusal: Option<Arc<Error>>,
    /// Why interactions failed last. Absent: none did, or only because of the shutdown.
    pub last_failure: Option<Arc<Error>>,
    /// What keeps the recorder from sending now, or ended it. Absent: nothing.
    pub trouble: Option<Arc<Error>>,
}

impl RecorderReport {
    /// All that an answer came for.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.recorded + self.exempted + self.discarded + self.duplicate + self.otherwise + self.refused
    }

    /// The sum of all that became of what was taken: `taken`, at every moment.
    #[must_use]
    pub const fn accounted(&self) -> u64 {
        self.answered() + self.failed + self.waiting + self.in_flight
    }
}

/// How a recorder ended. Nothing waits any more and nothing is on its way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ShutdownReport {
    /// What became of everything that was taken. What is handed back here counts as failed.
    pub report: RecorderReport,
    /// What no answer came for when the recorder ended, in the order in which it was taken. Save it and record it again: what is on
    /// record after all is told as a duplicate. Handed back once: a second shutdown gives an empty list.
    pub unrecorded: Vec<Unrecorded>,
    /// What ended the recorder before it was shut down, such as a credential that is not known any more. Absent: nothing.
    pub error: Option<Arc<Error>>,
}

impl ShutdownReport {
    /// Whether everything that was taken was answered: nothing was given up and nothing is handed back.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.report.failed == 0
    }
}
