//! PutProfileTable: stores a profile table, against the version that the caller last read.

use assent_proto::v1::{PutProfileTableRequest, PutProfileTableResponse};
use assent_store::StoreError;

use super::opt_ins;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::stored::StoredTable;
use crate::wire::{etag, from_wire, to_wire};

pub(super) async fn put_profile_table(
    context: &Context,
    call: Call,
    request: PutProfileTableRequest,
) -> Outcome<PutProfileTableResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let sent = request.profile_table.unwrap_or_default();
    opt_ins::are_said_once("profile_table", &sent.opt_in_texts)?;
    let misfit = |misfit: from_wire::Misfit| misfit.at("profile_table");
    let (id, table) = from_wire::profile_table::table(&sent).map_err(misfit)?;
    opt_ins::are_stored(context, &call, "profile_table", &table.opt_in_texts).await?;
    let body = StoredTable::write(&table).map_err(Failure::internal)?;

    let stored = context.store_for(&call).profile_table(tenant, &id).await?;
    let last_read = etag::last_read(sent.etag.as_deref(), stored.as_ref());

    if let Some(policy) = &table.policy {
        let known = context.rulebook.policy(policy);
        known.ok_or(Failure::PolicyNotThere { field: "profile_table.policy_id" })?;
    }

    let put = context.store_for(&call).put_profile_table(tenant, &id, &body, last_read, now).await;
    let put = put.map_err(|error| match error {
        StoreError::Conflict => Failure::EtagMismatch,
        error => error.into(),
    })?;

    Ok(PutProfileTableResponse { profile_table: Some(to_wire::profile_table::table(&id, &table, &put)) })
}
