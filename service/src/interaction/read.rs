//! ReadInteractions: reads on through what was recorded, and waits for something to read if asked to.

use assent_domain::verdict::Use;
use assent_proto::v1::{ReadInteractionsRequest, ReadInteractionsResponse, read_interactions_request};

use super::reader::{Asked, Position, Reader};
use crate::caller::Call;
use crate::context::SharedContext;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::patience::Patience;
use crate::wire::from_wire;

pub(super) async fn read(
    context: &SharedContext,
    call: Call,
    request: ReadInteractionsRequest,
) -> Outcome<ReadInteractionsResponse> {
    let made_for = request.filter.as_ref();
    let filter = from_wire::interaction_filter::filter(made_for).map_err(|misfit| misfit.at("filter"))?;
    let position = request.position.map(|position| match position {
        read_interactions_request::Position::Cursor(cursor) => Position::Cursor(cursor),
        read_interactions_request::Position::Edge(number) => Position::Edge(number),
    });
    let asked = Asked { asked_for: Use::Export, position, made_for, filter, size: request.page_size };

    let max_wait = from_wire::time::duration(request.max_wait.as_ref());
    let patience = Patience::of(context, &call, max_wait);
    let mut reader = Reader::begin(context, call.tenant(), asked).await?;
    let (page, end) = reader.next(&patience, Look::Alone).await?;

    Ok(ReadInteractionsResponse {
        caught_up: page.caught_up(&end),
        next_cursor: reader.cursor(),
        left_out: page.left_out(),
        interactions: page.interactions,
    })
}
