//! VerifyHistory: walks the ledger's chain from its first entry and ends with one verdict.
//!
//! The walk goes on only as long as somebody reads it: a caller that goes away ends it, whatever it is waiting for.

use assent_domain::id::TenantId;
use assent_domain::ledger::{Head, Verifier};
use assent_proto::v1::{VerifyHistoryRequest, VerifyHistoryResponse};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tracing::Instrument;

use crate::caller::Call;
use crate::context::{Context, SharedContext};
use crate::failure::Outcome;
use crate::wire::status::status;
use crate::wire::{from_wire, to_wire};

/// How many entries lie between two messages of progress.
const PROGRESS_EVERY: u64 = 10_000;

/// How many entries are read at once.
const PAGE: u32 = 1000;

/// What a caller reads of a walk.
pub(super) type Walk = ReceiverStream<Result<VerifyHistoryResponse, Status>>;

type Teller = mpsc::Sender<Result<VerifyHistoryResponse, Status>>;

pub(super) async fn verify(
    context: &SharedContext,
    call: Call,
    request: VerifyHistoryRequest,
) -> Outcome<Walk> {
    let known = request.known_head.as_ref().map(from_wire::head::known).transpose();
    let known = known.map_err(|misfit| misfit.at(""))?;

    let tenant = call.tenant().clone();
    // Everything acknowledged before this call has its number after this.
    context.sequencer.catch_up(&tenant, context.clock.now()).await?;
    let end = context.store.feed_head(&tenant).await?.map_or_else(|| Head::empty(&tenant), |feed| feed.head);

    let (teller, told) = mpsc::channel(1);
    let context = context.clone();
    let walk = async move {
        let verifier = Verifier::new(&tenant, known);
        let walked = walk(&context, &tenant, verifier, end, &teller);
        if let Err(failure) = while_read(&teller, walked).await {
            // Nobody is there any more to be told.
            let _ = teller.send(Err(status(&failure, &call.id))).await;
        }
    };
    tokio::spawn(walk.in_current_span());

    Ok(ReceiverStream::new(told))
}

/// Does the work of a walk for as long as there is somebody to be told.
async fn while_read(teller: &Teller, work: impl Future<Output = Outcome<()>>) -> Outcome<()> {
    tokio::select! {
        ended = work => ended,
        () = teller.closed() => Ok(()),
    }
}

async fn walk(
    context: &Context,
    tenant: &TenantId,
    mut verifier: Verifier,
    end: Head,
    teller: &Teller,
) -> Outcome<()> {
    let mut told = 0;
    loop {
        let seen = verifier.progress();
        let left = end.position.saturating_sub(seen.head.position);
        let links = match u32::try_from(left).unwrap_or(PAGE).min(PAGE) {
            0 => Vec::new(),
            some => context.store.read_links(tenant, seen.head.position, some).await?,
        };
        if links.is_empty() {
            let verdict = to_wire::ledger::verdict(verifier.finish_at(end), seen);
            // Nobody is there any more to be told.
            let _ = teller.send(Ok(verdict)).await;
            return Ok(());
        }
        for stored in &links {
            let seen = verifier.progress();
            if let Err(broken) = verifier.take(&stored.link()) {
                let _ = teller.send(Ok(to_wire::ledger::verdict(Err(broken), seen))).await;
                return Ok(());
            }
        }
        let seen = verifier.progress();
        if is_worth_telling(told, seen.head.position) {
            told = seen.head.position;
            if teller.send(Ok(to_wire::ledger::progress(seen, end))).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// Whether a walk that got to `position` and told of `told` last says how far it got.
const fn is_worth_telling(told: u64, position: u64) -> bool {
    position / PROGRESS_EVERY > told / PROGRESS_EVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_once_for_each_ten_thousand_entries() {
        let mut told = 0;
        let mut times = Vec::new();
        for position in (0..=30_500).step_by(1000) {
            if is_worth_telling(told, position) {
                told = position;
                times.push(position);
            }
        }
        assert_eq!(times, [10_000, 20_000, 30_000]);
    }

    #[tokio::test]
    async fn a_walk_whose_reader_leaves_ends_in_the_midst_of_a_statement() {
        let (teller, told) = mpsc::channel(1);
        let reader: Walk = ReceiverStream::new(told);
        let (held, given_up) = tokio::sync::oneshot::channel::<()>();
        let walk = tokio::spawn(async move {
            let statement = async move {
                let _held = held;
                std::future::pending::<Outcome<()>>().await
            };
            while_read(&teller, statement).await
        });
        tokio::task::yield_now().await;
        assert!(!walk.is_finished());

        drop(reader);
        assert!(walk.await.unwrap().is_ok());
        assert!(given_up.await.is_err(), "the statement is given up with the walk");
    }
}
