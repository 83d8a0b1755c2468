//! ListPolicies: a page of the policies in force, built in and overridden, in the order of their ids.

use assent_proto::v1::{ListPoliciesRequest, ListPoliciesResponse};

use super::overrides;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::to_wire::policy;
use crate::wire::token::List;

const POLICIES: List = List("policies");

pub(super) async fn list_policies(
    context: &Context,
    call: Call,
    request: ListPoliciesRequest,
) -> Outcome<ListPoliciesResponse> {
    let held = context.store_for(&call).policy_overrides(call.tenant()).await?;
    let built_in = context.rulebook.policies().iter();
    let built_in = built_in.map(|built_in| Ok((built_in.id.clone(), policy::policy(built_in, None))));
    let overridden = held.into_iter().map(|held| {
        let (policy, base) = overrides::applied(context, &held.id, &held.stored)?;
        Ok((held.id, policy::policy(&policy, Some(base))))
    });
    let rows = built_in.chain(overridden).collect::<Outcome<Vec<_>>>()?;

    let asked = (request.page_size, request.page_token.as_deref());
    let (policies, next_page_token) = overrides::page(context, call.tenant(), POLICIES, rows, asked)?;
    Ok(ListPoliciesResponse { policies, next_page_token })
}
