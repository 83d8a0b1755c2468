//! ListConsentRecords: one profile's history in the order it was recorded, with evidence and hashes.

use assent_proto::v1::{ListConsentRecordsRequest, ListConsentRecordsResponse};
use assent_store::ProfileKey;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::page;
use crate::wire::token::List;
use crate::wire::{from_wire, to_wire};

const RECORDS: List = List("consent records");

/// The most records of a page.
const PAGE_MAX: u32 = 200;

pub(super) async fn list_records(
    context: &Context,
    call: Call,
    request: ListConsentRecordsRequest,
) -> Outcome<ListConsentRecordsResponse> {
    let tenant = call.tenant();
    let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
    let id = from_wire::profile::profile(request.profile.as_ref()).map_err(|misfit| misfit.at(""))?;
    let size = page::size(request.page_size, PAGE_MAX);
    let filter = context.tokens.filter(tenant, &[table.as_str(), id.as_str()]);
    let opened = request.page_token.as_deref().map(|token| {
        let after = context.tokens.open_page(tenant, RECORDS, filter, token).ok()?;
        Some(u64::from_be_bytes(after.try_into().ok()?))
    });
    let after = opened.map(|after| after.ok_or(Failure::PageToken)).transpose()?.unwrap_or(0);

    let known = context.store_for(&call).profile_table(tenant, &table).await?;
    known.ok_or(Failure::Unknown(Thing::ProfileTable))?;
    // Everything acknowledged before this call has its number after this.
    context.sequencer.catch_up(tenant, context.clock.now()).await?;
    let mut stored =
        context.store_for(&call).list_records(tenant, &ProfileKey { table, id }, after, size + 1).await?;

    // One without a number yet, and all after it, come with the next page: they were recorded while this looked.
    stored.truncate(stored.iter().take_while(|record| record.place.is_some()).count());
    let next = page::cut(&mut stored, size, |last| last.held.record.profile_version);
    Ok(ListConsentRecordsResponse {
        records: stored.iter().map_while(to_wire::record::record).collect(),
        next_page_token: next.map(|last| context.tokens.page(tenant, RECORDS, filter, &last.to_be_bytes())),
    })
}
