//! Settings: profile tables, and what a tenant changes of the built-in policies.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer.
//! Deliberately not here: what an override may change (the domain's), and what a stored body says (`stored`).

mod get_policy;
mod get_policy_override;
mod get_profile_table;
mod list_policies;
mod list_policy_overrides;
mod list_profile_tables;
mod overrides;
mod put_policy_override;
mod put_profile_table;

use assent_proto::v1::settings_service_server::SettingsService;
use assent_proto::v1::{
    GetPolicyOverrideRequest, GetPolicyOverrideResponse, GetPolicyRequest, GetPolicyResponse,
    GetProfileTableRequest, GetProfileTableResponse, ListPoliciesRequest, ListPoliciesResponse,
    ListPolicyOverridesRequest, ListPolicyOverridesResponse, ListProfileTablesRequest,
    ListProfileTablesResponse, PutPolicyOverrideRequest, PutPolicyOverrideResponse, PutProfileTableRequest,
    PutProfileTableResponse,
};
use tonic::{Request, Response, Status};

use crate::context::SharedContext;
use crate::server::answer::answer;

/// The most rows of a page of any of these lists.
const PAGE_MAX: u32 = 500;

/// Answers the calls of SettingsService.
pub struct Settings {
    context: SharedContext,
}

impl Settings {
    /// Answers with what `context` holds.
    #[must_use]
    pub const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

#[async_trait::async_trait]
impl SettingsService for Settings {
    async fn put_profile_table(
        &self,
        request: Request<PutProfileTableRequest>,
    ) -> Result<Response<PutProfileTableResponse>, Status> {
        answer(request, |call, request| put_profile_table::put_profile_table(&self.context, call, request))
            .await
    }

    async fn get_profile_table(
        &self,
        request: Request<GetProfileTableRequest>,
    ) -> Result<Response<GetProfileTableResponse>, Status> {
        answer(request, |call, request| get_profile_table::get_profile_table(&self.context, call, request))
            .await
    }

    async fn list_profile_tables(
        &self,
        request: Request<ListProfileTablesRequest>,
    ) -> Result<Response<ListProfileTablesResponse>, Status> {
        answer(request, |call, request| {
            list_profile_tables::list_profile_tables(&self.context, call, request)
        })
        .await
    }

    async fn put_policy_override(
        &self,
        request: Request<PutPolicyOverrideRequest>,
    ) -> Result<Response<PutPolicyOverrideResponse>, Status> {
        answer(request, |call, request| {
            put_policy_override::put_policy_override(&self.context, call, request)
        })
        .await
    }

    async fn get_policy_override(
        &self,
        request: Request<GetPolicyOverrideRequest>,
    ) -> Result<Response<GetPolicyOverrideResponse>, Status> {
        answer(request, |call, request| {
            get_policy_override::get_policy_override(&self.context, call, request)
        })
        .await
    }

    async fn list_policy_overrides(
        &self,
        request: Request<ListPolicyOverridesRequest>,
    ) -> Result<Response<ListPolicyOverridesResponse>, Status> {
        answer(request, |call, request| {
            list_policy_overrides::list_policy_overrides(&self.context, call, request)
        })
        .await
    }

    async fn get_policy(
        &self,
        request: Request<GetPolicyRequest>,
    ) -> Result<Response<GetPolicyResponse>, Status> {
        answer(request, |call, request| get_policy::get_policy(&self.context, call, request)).await
    }

    async fn list_policies(
        &self,
        request: Request<ListPoliciesRequest>,
    ) -> Result<Response<ListPoliciesResponse>, Status> {
        answer(request, |call, request| list_policies::list_policies(&self.context, call, request)).await
    }
}
