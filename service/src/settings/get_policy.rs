//! GetPolicy: gives one policy, built in or overridden, of the version in force or an earlier one.

use assent_domain::id::PolicyId;
use assent_proto::v1::{self, GetPolicyRequest, GetPolicyResponse};
use assent_store::Versioned;

use super::overrides;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::wire::from_wire::Misfit;
use crate::wire::to_wire;

pub(super) async fn get_policy(
    context: &Context,
    call: Call,
    request: GetPolicyRequest,
) -> Outcome<GetPolicyResponse> {
    let id = PolicyId::new(request.id).map_err(|_| Misfit::of("id").at(""))?;

    let policy = match built_in(context, &id, request.version) {
        Some(policy) => Some(policy),
        None => match stored(context, &call, &id, request.version).await? {
            Some(stored) => Some(overridden(context, &id, &stored)?),
            None => None,
        },
    };

    Ok(GetPolicyResponse { policy: Some(policy.ok_or(Failure::Unknown(Thing::Policy))?) })
}

fn built_in(context: &Context, id: &PolicyId, version: Option<u32>) -> Option<v1::Policy> {
    let policy = context.rulebook.policy(id)?;
    (version.unwrap_or(policy.version) == policy.version).then(|| to_wire::policy::policy(policy, None))
}

fn overridden(context: &Context, id: &PolicyId, stored: &Versioned) -> Outcome<v1::Policy> {
    let (policy, base) = overrides::applied(context, id, stored)?;
    Ok(to_wire::policy::policy(&policy, Some(base)))
}

/// A version of an override; not said: the newest.
async fn stored(
    context: &Context,
    call: &Call,
    id: &PolicyId,
    version: Option<u32>,
) -> Outcome<Option<Versioned>> {
    if let Some(version) = version {
        return Ok(context.store_for(call).policy_override(call.tenant(), id, version.into()).await?);
    }
    let held = context.store_for(call).policy_overrides(call.tenant()).await?;
    Ok(held.into_iter().find(|held| held.id == *id).map(|held| held.stored))
}
