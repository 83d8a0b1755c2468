//! ListPolicyOverrides: a page of the overrides in force in the order of their ids.

use assent_proto::v1::{ListPolicyOverridesRequest, ListPolicyOverridesResponse};

use super::overrides;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::to_wire;
use crate::wire::token::List;

const OVERRIDES: List = List("policy overrides");

pub(super) async fn list_policy_overrides(
    context: &Context,
    call: Call,
    request: ListPolicyOverridesRequest,
) -> Outcome<ListPolicyOverridesResponse> {
    let held = context.store_for(&call).policy_overrides(call.tenant()).await?;
    let rows = held.into_iter().map(|held| {
        let told = to_wire::policy_override::stored(&held.id, &held.stored)?;
        Ok((held.id, told))
    });
    let rows = rows.collect::<Outcome<Vec<_>>>()?;

    let asked = (request.page_size, request.page_token.as_deref());
    let (policy_overrides, next_page_token) =
        overrides::page(context, call.tenant(), OVERRIDES, rows, asked)?;
    Ok(ListPolicyOverridesResponse { policy_overrides, next_page_token })
}
