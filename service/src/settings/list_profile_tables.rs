//! ListProfileTables: a page of profile tables in the order of their ids.

use assent_domain::id::TableId;
use assent_proto::v1::{ListProfileTablesRequest, ListProfileTablesResponse};

use super::PAGE_MAX;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::page;
use crate::stored::StoredTable;
use crate::wire::to_wire;
use crate::wire::token::{FilterHash, List};

const TABLES: List = List("profile tables");

pub(super) async fn list_profile_tables(
    context: &Context,
    call: Call,
    request: ListProfileTablesRequest,
) -> Outcome<ListProfileTablesResponse> {
    let tenant = call.tenant();
    let unfiltered = FilterHash::of(b"");
    let size = page::size(request.page_size, PAGE_MAX);
    let opened = request.page_token.as_deref().map(|token| {
        let after = context.tokens.open_page(tenant, TABLES, unfiltered, token).ok()?;
        TableId::new(String::from_utf8(after).ok()?).ok()
    });
    let after = opened.map(|after| after.ok_or(Failure::PageToken)).transpose()?;

    let mut stored =
        context.store_for(&call).list_profile_tables(tenant, after.as_ref(), u64::from(size) + 1).await?;

    let next = page::cut(&mut stored, size, |(id, _)| id.clone());
    let tables = stored.iter().map(|(id, stored)| {
        let table = StoredTable::read(&stored.body).map_err(Failure::internal)?;
        Ok(to_wire::profile_table::table(id, &table, stored))
    });
    Ok(ListProfileTablesResponse {
        profile_tables: tables.collect::<Outcome<_>>()?,
        next_page_token: next
            .map(|id| context.tokens.page(tenant, TABLES, unfiltered, id.as_str().as_bytes())),
    })
}
