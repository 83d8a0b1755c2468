//! GetProfileTable: gives one profile table.

use assent_domain::id::TableId;
use assent_proto::v1::{GetProfileTableRequest, GetProfileTableResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::stored::StoredTable;
use crate::wire::from_wire::Misfit;
use crate::wire::to_wire;

pub(super) async fn get_profile_table(
    context: &Context,
    call: Call,
    request: GetProfileTableRequest,
) -> Outcome<GetProfileTableResponse> {
    let id = TableId::new(request.id).map_err(|_| Misfit::of("id").at(""))?;

    let stored = context.store_for(&call).profile_table(call.tenant(), &id).await?;
    let stored = stored.ok_or(Failure::Unknown(Thing::ProfileTable))?;
    let table = StoredTable::read(&stored.body).map_err(Failure::internal)?;

    Ok(GetProfileTableResponse { profile_table: Some(to_wire::profile_table::table(&id, &table, &stored)) })
}
