//! PutPolicyOverride: stores what the tenant changes of a built-in policy, against the version that the caller
//! last read.

use assent_domain::policy::NotAdmitted;
use assent_proto::v1::{PutPolicyOverrideRequest, PutPolicyOverrideResponse};
use assent_store::StoreError;

use super::overrides;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::wire::{etag, from_wire, to_wire};

/// The version under which an override is judged before it has one.
const FIRST: u32 = 1;

pub(super) async fn put_policy_override(
    context: &Context,
    call: Call,
    request: PutPolicyOverrideRequest,
) -> Outcome<PutPolicyOverrideResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let sent = request.policy_override.unwrap_or_default();
    let misfit = |misfit: from_wire::Misfit| misfit.at("policy_override");
    let (id, base, asked) = from_wire::policy_override::asked(&sent).map_err(misfit)?;
    let body = asked.write().map_err(Failure::internal)?;

    let held = context.store_for(&call).policy_overrides(tenant).await?;
    let all = held.iter().map(|held| overrides::asked(context, &held.id, &held.stored));
    let all = all.collect::<Outcome<Vec<_>>>()?;
    let stored = held.iter().find(|held| held.id == id).map(|held| &held.stored);
    let last_read = etag::last_read(sent.etag.as_deref(), stored);

    context.rulebook.policy(&base).ok_or(NotAdmitted::BaseUnknown)?;
    let asked = asked.of(id.clone(), FIRST, context.rulebook.policies()).map_err(Failure::internal)?;
    context.rulebook.admit(&asked, &all)?;

    let put = context.store_for(&call).put_policy_override(tenant, &id, &base, &body, last_read, now).await;
    let put = put.map_err(|error| match error {
        StoreError::Conflict => Failure::EtagMismatch,
        error => error.into(),
    })?;

    Ok(PutPolicyOverrideResponse { policy_override: Some(to_wire::policy_override::stored(&id, &put)?) })
}
