//! GetPolicyOverride: gives one override as it is in force.

use assent_proto::v1::{GetPolicyOverrideRequest, GetPolicyOverrideResponse};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::wire::to_wire;

pub(super) async fn get_policy_override(
    context: &Context,
    call: Call,
    request: GetPolicyOverrideRequest,
) -> Outcome<GetPolicyOverrideResponse> {
    let held = context.store_for(&call).policy_overrides(call.tenant()).await?;
    let found = held.iter().find(|held| held.id.as_str() == request.id);
    let found = found.ok_or(Failure::Unknown(Thing::Policy))?;

    Ok(GetPolicyOverrideResponse {
        policy_override: Some(to_wire::policy_override::stored(&found.id, &found.stored)?),
    })
}
