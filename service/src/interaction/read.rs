//! ReadInteractions: reads on through what was recorded, and waits for something to read if asked to.

use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::{ReadInteractionsRequest, ReadInteractionsResponse};

use super::end::End;
use super::page::Page;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::feed::patience::Patience;
use crate::wire::from_wire;
use crate::wire::from_wire::Misfit;
use crate::wire::from_wire::cursor::{edge, fault};

pub(super) async fn read(
    context: &Context,
    call: Call,
    request: ReadInteractionsRequest,
) -> Outcome<ReadInteractionsResponse> {
    let tenant = call.tenant();
    let filter = from_wire::interaction_filter::filter(request.filter.as_ref());
    let filter = filter.map_err(|misfit| misfit.at("filter"))?;
    let made_for = from_wire::interaction_filter::made_for(request.filter.as_ref());
    let max_wait = from_wire::time::duration(request.max_wait.as_ref());

    let patience = Patience::of(context, &call, max_wait);
    let mut following = context.interaction_news.follow(tenant);
    let start = match request.position.ok_or(Misfit::of("position")).map_err(|misfit| misfit.at(""))? {
        Position::Cursor(cursor) => {
            context.tokens.open_interactions(tenant, made_for, &cursor).map_err(fault)?
        }
        Position::Edge(number) => {
            let edge = edge(number).map_err(|misfit| misfit.at(""))?;
            End::load(context, tenant).await?.edge(context, tenant, edge).await?
        }
    };
    let mut page = Page::after(start, request.page_size, context.limits.message_out);
    let end = loop {
        let last_look = patience.is_over(context);
        let end = End::load(context, tenant).await?;
        end.check(context, tenant, &page.cursor, made_for).await?;
        page.fill(context, tenant, &filter, &end, &patience).await?;
        if last_look || !page.may_wait(&end) {
            break end;
        }
        patience.wait(context, &mut following).await;
    };

    Ok(ReadInteractionsResponse {
        caught_up: page.caught_up(&end),
        next_cursor: context.tokens.interactions(tenant, made_for, &page.cursor),
        left_out: page.left_out(),
        interactions: page.interactions,
    })
}
