//! The tenant's ledger as a whole: its end, and whether it is still what it was.

use assent_proto::v1;
use tonic::Streaming;

use crate::error::{Error, Result};
use crate::word::{Word, words};

words! {
    /// What is wrong at the first broken entry of a ledger.
    HistoryFault = v1::HistoryFault, "HISTORY_FAULT_" {
        /// No entry stands at the position, though later ones do or the head says that there is one.
        EntryMissing,
        /// The entry's chain hash does not follow from the one before it and its leaf.
        ChainMismatch,
        /// The record's leaf does not follow from its salt and its body.
        LeafMismatch,
        /// The entry is there, its record is not: an erased one would have left its leaf.
        RecordMissing,
        /// The ledger ends before the known head: its tail was cut off.
        KnownHeadMissing,
        /// The chain at the known head's position is another one: history before it was changed.
        KnownHeadMismatch,
    }
}

/// The end of a ledger, or a place where it once ended. Kept elsewhere, it shows later that nothing before it was changed or
/// cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LedgerHead {
    /// The number of the last record; 0: the ledger is empty.
    pub position: u64,
    /// The chain at that position.
    pub chain: [u8; 32],
}

impl LedgerHead {
    pub(crate) fn into_wire(self) -> v1::LedgerHead {
        v1::LedgerHead { position: self.position, chain: self.chain.to_vec() }
    }

    /// A head that the contract promises to give.
    pub(crate) fn promised(wire: Option<v1::LedgerHead>) -> Result<Self> {
        let wire = wire.ok_or_else(|| Error::unintelligible("head"))?;
        let chain = wire.chain.try_into().map_err(|_| Error::unintelligible("head.chain"))?;
        Ok(Self { position: wire.position, chain })
    }
}

/// How far the walk over a ledger got, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryEvent {
    /// It goes on.
    Progress {
        /// The last position that was checked.
        position: u64,
        /// How many records were found whole up to there.
        verified: u64,
        /// How many were found redacted up to there: erased, with their leaf in place.
        redacted: u64,
        /// The ledger's end when the walk began.
        head: LedgerHead,
    },
    /// It ended with a verdict.
    Verdict(HistoryVerdict),
}

/// How the walk over a ledger ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HistoryVerdict {
    /// The ledger is whole.
    Whole {
        /// How many records were found whole.
        verified: u64,
        /// How many were found redacted: erased, with their leaf in place.
        redacted: u64,
        /// The end up to which it was checked: worth keeping as the next known head.
        head: LedgerHead,
    },
    /// The ledger is broken.
    Broken {
        /// The first position at which it is.
        position: u64,
        /// What is wrong there.
        fault: HistoryFault,
        /// How many records were found whole before it.
        verified: u64,
        /// How many were found redacted before it.
        redacted: u64,
    },
}

/// A walk over the ledger, as it goes.
#[derive(Debug)]
pub struct HistoryWalk {
    pub(crate) events: Streaming<v1::VerifyHistoryResponse>,
}

impl HistoryWalk {
    /// The next event; `None` after the verdict.
    ///
    /// # Errors
    ///
    /// What breaks the stream. A walk is not resumed: begin another.
    pub async fn next(&mut self) -> Result<Option<HistoryEvent>> {
        match self.events.message().await {
            Ok(Some(message)) => event(message).map(Some),
            Ok(None) => Ok(None),
            Err(status) => Err(Error::from_status(&status)),
        }
    }

    /// Walks to the end.
    ///
    /// # Errors
    ///
    /// What breaks the stream before the verdict.
    pub async fn verdict(mut self) -> Result<HistoryVerdict> {
        while let Some(event) = self.next().await? {
            if let HistoryEvent::Verdict(verdict) = event {
                return Ok(verdict);
            }
        }
        Err(Error::unintelligible("the verdict of the walk"))
    }
}

fn event(wire: v1::VerifyHistoryResponse) -> Result<HistoryEvent> {
    use v1::verify_history_response::Event;
    match wire.event.ok_or_else(|| Error::unintelligible("event"))? {
        Event::Progress(at) => Ok(HistoryEvent::Progress {
            position: at.position,
            verified: at.verified,
            redacted: at.redacted,
            head: LedgerHead::promised(at.head)?,
        }),
        Event::Whole(whole) => Ok(HistoryEvent::Verdict(HistoryVerdict::Whole {
            verified: whole.verified,
            redacted: whole.redacted,
            head: LedgerHead::promised(whole.head)?,
        })),
        Event::Broken(broken) => Ok(HistoryEvent::Verdict(HistoryVerdict::Broken {
            position: broken.position,
            fault: HistoryFault::from_wire(broken.fault),
            verified: broken.verified,
            redacted: broken.redacted,
        })),
    }
}
