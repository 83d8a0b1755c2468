//! ReadConsentChanges: reads on from a cursor, and waits for something to read if asked to.

use assent_proto::v1::ReadConsentChangesRequest;
use assent_proto::written::ReadConsentChangesResponse;

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
    request: ReadConsentChangesRequest,
) -> Outcome<ReadConsentChangesResponse> {
    let asked = Asked {
        position: Some(Position::Cursor(request.cursor)),
        filter: request.filter.as_ref(),
        size: request.page_size,
        bytes: context.limits.message_out,
    };
    let max_wait = from_wire::time::duration(request.max_wait.as_ref());
    let patience = Patience::of(context, &call, max_wait);

    let mut reader = Reader::begin(context, call, asked).await?;
    let after = reader.position();
    let (page, end) = reader.next(&patience, Look::Alone).await?;

    let through = page.cursor.position;
    Ok(ReadConsentChangesResponse {
        caught_up: page.caught_up(&end),
        next_cursor: reader.cursor(),
        changes: page.changes,
        covered_after: after,
        covered_through: through,
        // What was numbered while this call looked may have been read already.
        head_position: end.head.position.max(through),
    })
}
