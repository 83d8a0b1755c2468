//! ReadConsentChanges: reads on from a cursor, and waits for something to read if asked to.

use assent_proto::v1::{ReadConsentChangesRequest, ReadConsentChangesResponse};

use super::end::End;
use super::page::Page;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::feed::patience::Patience;
use crate::wire::from_wire;
use crate::wire::from_wire::cursor::fault;

pub(super) async fn read(
    context: &Context,
    call: Call,
    request: ReadConsentChangesRequest,
) -> Outcome<ReadConsentChangesResponse> {
    let tenant = call.tenant();
    let filter = from_wire::change::filter(request.filter.as_ref()).map_err(|misfit| misfit.at("filter"))?;
    let made_for = from_wire::cursor::made_for(request.filter.as_ref());
    let cursor = context.tokens.open_cursor(tenant, made_for, &request.cursor).map_err(fault)?;
    let max_wait = from_wire::time::duration(request.max_wait.as_ref());

    let patience = Patience::of(context, &call, max_wait);
    let mut following = context.news.follow(tenant);
    let mut page = Page::after(cursor, request.page_size, context.limits.message_out);
    let end = loop {
        let last_look = patience.is_over(context);
        let end = End::load(context, &call, made_for).await?;
        end.check(context, &call, &page.cursor).await?;
        page.fill(context, &call, &filter, &end, &patience).await?;
        if last_look || !page.may_wait(&end) {
            break end;
        }
        patience.wait(context, &mut following).await;
    };

    let through = page.cursor.position;
    Ok(ReadConsentChangesResponse {
        caught_up: page.caught_up(&end),
        next_cursor: context.tokens.cursor(tenant, made_for, &page.cursor),
        changes: page.changes,
        covered_after: cursor.position,
        covered_through: through,
        // What was numbered while this call looked may have been read already.
        head_position: end.head.position.max(through),
    })
}
