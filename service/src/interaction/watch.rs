//! WatchInteractions: the trigger stream, what scenarios may start from. It shows recorded interactions only, of people who
//! may be tracked for them now.
//!
//! Deliberately not here: when a stream speaks and ends, and what becomes of a slow reader (`feed`).

use std::time::Duration;

use assent_domain::verdict::Use;
use assent_proto::v1::watch_interactions_response::Event;
use assent_proto::v1::{
    TriggerBatch, WatchCheckpoint, WatchInteractionsRequest, WatchInteractionsResponse,
    watch_interactions_request,
};

use super::reader::{Asked, Position, Reader};
use crate::caller::Call;
use crate::context::SharedContext;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::outlet::Outflow;
use crate::feed::patience::Patience;
use crate::feed::stream::{self, Telling};
use crate::wire::from_wire;

/// What a caller reads.
pub(super) type Triggers = Outflow<WatchInteractionsResponse>;

pub(super) async fn watch(
    context: &SharedContext,
    call: Call,
    request: WatchInteractionsRequest,
) -> Outcome<Triggers> {
    let made_for = request.filter.as_ref();
    let filter = from_wire::interaction_filter::trigger_filter(made_for);
    let filter = filter.map_err(|misfit| misfit.at("filter"))?;
    let position = request.position.map(|position| match position {
        watch_interactions_request::Position::Cursor(cursor) => Position::Cursor(cursor),
        watch_interactions_request::Position::Edge(number) => Position::Edge(number),
    });
    let asked = Asked { asked_for: Use::Trigger, position, made_for, filter, size: request.batch_size };

    let reader = Reader::begin(context, call.tenant(), asked).await?;
    // Told as the call's own answer where it can be, and not after it began.
    reader.check().await?;

    Ok(stream::begin(context, &call, reader))
}

impl Telling for Reader {
    type Message = WatchInteractionsResponse;

    async fn read_on(&mut self, until: Duration) -> Outcome<Option<WatchInteractionsResponse>> {
        let (page, _) = self.next(&Patience::until(until), Look::Together).await?;
        let left_out = page.left_out();
        if page.interactions.is_empty() && left_out.is_none() {
            return Ok(None);
        }
        let next_cursor = self.cursor();
        let batch = TriggerBatch { interactions: page.interactions, next_cursor, left_out };
        Ok(Some(WatchInteractionsResponse { event: Some(Event::Batch(batch)) }))
    }

    fn checkpoint(&mut self) -> WatchInteractionsResponse {
        let checkpoint = WatchCheckpoint { cursor: self.cursor() };
        WatchInteractionsResponse { event: Some(Event::Checkpoint(checkpoint)) }
    }
}
