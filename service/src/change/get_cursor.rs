//! GetCursor: a place to begin reading at, and what is there to read.

use assent_proto::v1::{GetCursorRequest, GetCursorResponse};

use super::end::End;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::wire::from_wire::cursor::{self, Start};
use crate::wire::{from_wire, to_wire};

pub(super) async fn get_cursor(
    context: &Context,
    call: Call,
    request: GetCursorRequest,
) -> Outcome<GetCursorResponse> {
    let tenant = call.tenant();
    let start = cursor::start(request.start.as_ref()).map_err(|misfit| misfit.at(""))?;
    from_wire::change::filter(request.filter.as_ref()).map_err(|misfit| misfit.at("filter"))?;
    let made_for = cursor::made_for(request.filter.as_ref());

    let end = End::load(context, &call, made_for, Look::Alone).await?;
    let cursor = match start {
        Start::Edge(edge) => end.edge(context, &call, edge).await?,
        Start::RecordedAt(at) => {
            let before = context.store_for(&call).position_before(tenant, at).await?;
            let position = before.unwrap_or(end.head.position).max(end.before_oldest());
            end.cursor_at(context, &call, position).await?
        }
    };

    Ok(GetCursorResponse {
        cursor: context.tokens.cursor(tenant, made_for, &cursor),
        position: cursor.position,
        head: Some(to_wire::ledger::head(end.head)),
        head_recorded_at: end.recorded_up_to.map(to_wire::time::instant),
        oldest_position: end.oldest_position,
    })
}
