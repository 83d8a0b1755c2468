//! ListNotices: a page of texts by their ids, without the texts.

use assent_proto::v1::{ListNoticesRequest, ListNoticesResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::page;
use crate::wire::token::{FilterHash, List};
use crate::wire::{from_wire, to_wire};

const NOTICES: List = List("notices");

/// The most entries of a page.
const PAGE_MAX: u32 = 1000;

pub(super) async fn list_notices(
    context: &Context,
    call: Call,
    request: ListNoticesRequest,
) -> Outcome<ListNoticesResponse> {
    let filter = FilterHash::of(b"");
    let size = page::size(request.page_size, PAGE_MAX);
    let opened = request.page_token.as_deref().map(|token| {
        let after = context.tokens.open_page(call.tenant(), NOTICES, filter, token).ok()?;
        from_wire::notice::id(&after).ok()
    });
    let after = opened.map(|after| after.ok_or(Failure::PageToken)).transpose()?;

    let mut entries =
        context.store_for(&call).list_notices(call.tenant(), after, u64::from(size) + 1).await?;

    let next = page::cut(&mut entries, size, |entry| entry.id);
    Ok(ListNoticesResponse {
        notices: entries.iter().map(to_wire::notice::entry).collect(),
        next_page_token: next.map(|id| context.tokens.page(call.tenant(), NOTICES, filter, &id.0)),
    })
}
