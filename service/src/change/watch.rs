//! WatchConsentChanges: the changes as they come.
//!
//! Deliberately not here: when a stream speaks and ends, and what becomes of a slow reader (`feed`).

use std::time::Duration;

use assent_proto::v1::{ChangeCheckpoint, WatchConsentChangesRequest, watch_consent_changes_request};
use assent_proto::written::watch_consent_changes_response::Event;
use assent_proto::written::{ChangeBatch, WatchConsentChangesResponse};

use super::reader::{Asked, Position, Reader};
use crate::caller::Call;
use crate::context::SharedContext;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::outlet::Outflow;
use crate::feed::patience::Patience;
use crate::feed::stream::{self, Telling};

/// The most bytes of a batch. A reader who takes nothing has two of them waiting for it, and five hundred readers may.
const BATCH_BYTES: usize = 128 * 1024;

/// What a caller reads.
pub(super) type Told = Outflow<WatchConsentChangesResponse>;

pub(super) async fn watch(
    context: &SharedContext,
    call: Call,
    request: WatchConsentChangesRequest,
) -> Outcome<Told> {
    let asked = Asked {
        position: request.position.map(|position| match position {
            watch_consent_changes_request::Position::Cursor(cursor) => Position::Cursor(cursor),
            watch_consent_changes_request::Position::Edge(number) => Position::Edge(number),
        }),
        filter: request.filter.as_ref(),
        size: request.batch_size,
        bytes: context.limits.message_out.min(BATCH_BYTES),
    };

    let reader = Reader::begin(context, call.clone().endless(), asked).await?;
    // Told as the call's own answer where it can be, and not after it began.
    let head = reader.check().await?.head.position;

    let told_through = reader.position();
    Ok(stream::begin(context, &call, Watch { reader, told_through, head }))
}

/// One who watches.
struct Watch {
    reader: Reader,
    /// The last position that its messages cover.
    told_through: u64,
    /// The ledger's end as it was seen last.
    head: u64,
}

impl Watch {
    /// What the next message covers, and the ledger's end.
    fn covers(&mut self) -> (u64, u64, u64) {
        let after = std::mem::replace(&mut self.told_through, self.reader.position());
        // What was numbered while it looked may have been read already.
        (after, self.told_through, self.head.max(self.told_through))
    }
}

impl Telling for Watch {
    type Message = WatchConsentChangesResponse;

    async fn read_on(&mut self, until: Duration) -> Outcome<Option<WatchConsentChangesResponse>> {
        let (page, end) = self.reader.next(&Patience::until(until), Look::Together).await?;
        self.head = end.head.position;
        if page.changes.is_empty() {
            return Ok(None);
        }
        let (covered_after, covered_through, head_position) = self.covers();
        let next_cursor = self.reader.cursor();
        let batch =
            ChangeBatch { changes: page.changes, next_cursor, covered_after, covered_through, head_position };
        Ok(Some(WatchConsentChangesResponse { event: Some(Event::Batch(batch)) }))
    }

    fn checkpoint(&mut self) -> WatchConsentChangesResponse {
        let (covered_after, covered_through, head_position) = self.covers();
        let cursor = self.reader.cursor();
        let checkpoint = ChangeCheckpoint { cursor, covered_after, covered_through, head_position };
        WatchConsentChangesResponse { event: Some(Event::Checkpoint(checkpoint)) }
    }
}
