//! The ledger: how far it goes, how far a walk got, what is broken.

use assent_domain::ledger::{Broken, Fault, Head, Report};
use assent_proto::v1::{self, verify_history_response::Event};

/// An end of a ledger.
#[must_use]
pub fn head(head: Head) -> v1::LedgerHead {
    v1::LedgerHead { position: head.position, chain: head.chain.0.to_vec() }
}

/// What is wrong with an entry.
#[must_use]
pub const fn fault(fault: Fault) -> v1::HistoryFault {
    match fault {
        Fault::Gap { .. } | Fault::Missing => v1::HistoryFault::EntryMissing,
        Fault::Lost => v1::HistoryFault::RecordMissing,
        Fault::Body => v1::HistoryFault::LeafMismatch,
        Fault::Chain => v1::HistoryFault::ChainMismatch,
        Fault::Rewritten => v1::HistoryFault::KnownHeadMismatch,
        Fault::Cut { .. } => v1::HistoryFault::KnownHeadMissing,
    }
}

/// How far a walk got, of a ledger that ended at `end` when it began.
#[must_use]
pub fn progress(seen: Report, end: Head) -> v1::VerifyHistoryResponse {
    event(Event::Progress(v1::HistoryProgress {
        position: seen.head.position,
        verified: seen.verified,
        redacted: seen.redacted,
        head: Some(head(end)),
    }))
}

/// The verdict, after what was seen.
#[must_use]
pub fn verdict(verdict: Result<Report, Broken>, seen: Report) -> v1::VerifyHistoryResponse {
    event(match verdict {
        Ok(Report { verified, redacted, head: end }) => {
            Event::Whole(v1::HistoryWhole { verified, redacted, head: Some(head(end)) })
        }
        Err(broken) => Event::Broken(v1::HistoryBroken {
            position: broken.position,
            fault: fault(broken.fault).into(),
            verified: seen.verified,
            redacted: seen.redacted,
        }),
    })
}

fn event(event: Event) -> v1::VerifyHistoryResponse {
    v1::VerifyHistoryResponse { event: Some(event) }
}
