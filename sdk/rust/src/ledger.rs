//! The tenant's ledger as a whole: its end, and whether it is still what it was.

use std::fmt;
use std::time::Duration;

use assent_proto::v1;
use tonic::Streaming;

use crate::ambient;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::trace::CallSpan;
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
///
/// The contract knows no place to begin at but the first entry: a known head is compared with, not begun from. So a walk
/// whose stream breaks is begun again from the first entry, as often and after such waits as [`Retry`](crate::Retry) says;
/// what was told of its progress before is not told again.
pub struct HistoryWalk {
    caller: Caller,
    known_head: Option<LedgerHead>,
    /// The stream under way. Absent: it broke, or is over.
    stream: Option<(Streaming<v1::VerifyHistoryResponse>, CallSpan)>,
    breaks: u32,
    /// The position that was told last.
    told: u64,
    over: bool,
}

impl HistoryWalk {
    pub(crate) async fn begin(caller: Caller, known_head: Option<LedgerHead>) -> Result<Self> {
        let mut walk = Self { caller, known_head, stream: None, breaks: 0, told: 0, over: false };
        walk.set_out().await?;
        Ok(walk)
    }

    async fn set_out(&mut self) -> Result<()> {
        let message = v1::VerifyHistoryRequest { known_head: self.known_head.map(LedgerHead::into_wire) };
        let begun = self.caller.stream(message, |request| {
            let mut client = self.caller.consents();
            async move { client.verify_history(request).await }
        });
        self.stream = Some(begun.await?);
        Ok(())
    }

    /// The next event; `None` after the verdict, or after an error.
    ///
    /// # Errors
    ///
    /// What broke the stream, when it is not begun again or that failed too.
    pub async fn next(&mut self) -> Result<Option<HistoryEvent>> {
        while !self.over {
            if self.stream.is_none() {
                self.set_out().await.inspect_err(|_| self.over = true)?;
            }
            let Some((events, call)) = &mut self.stream else { continue };
            let error = match events.message().await {
                Ok(Some(message)) => match event(message)? {
                    HistoryEvent::Progress { position, .. } if position <= self.told => continue,
                    told => {
                        match told {
                            HistoryEvent::Progress { position, .. } => self.told = position,
                            HistoryEvent::Verdict(_) => self.end(),
                        }
                        return Ok(Some(told));
                    }
                },
                Ok(None) => Error::unintelligible("the verdict of the walk"),
                Err(status) => Error::from_status(&status),
            };
            call.failed(&error);
            self.stream = None;
            self.breaks += 1;
            let retry = self.caller.manner.retry;
            match retry.wait_after(self.breaks, &error, ambient::fraction(), Duration::MAX) {
                Some(wait) => ambient::wait(wait).await,
                None => {
                    self.end();
                    return Err(error.after(self.breaks));
                }
            }
        }
        Ok(None)
    }

    fn end(&mut self) {
        self.stream = None;
        self.over = true;
    }

    /// Walks to the end.
    ///
    /// # Errors
    ///
    /// As [`Self::next`].
    pub async fn verdict(mut self) -> Result<HistoryVerdict> {
        while let Some(event) = self.next().await? {
            if let HistoryEvent::Verdict(verdict) = event {
                return Ok(verdict);
            }
        }
        Err(Error::unintelligible("the verdict of the walk"))
    }
}

impl fmt::Debug for HistoryWalk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryWalk")
            .field("told", &self.told)
            .field("over", &self.over)
            .finish_non_exhaustive()
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
