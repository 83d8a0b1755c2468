//! Settings: profile tables, what a tenant declares, and what it changes of the built-in policies.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer.
//! Deliberately not here: what an override may change (the domain's), and what a stored body says (`stored`).

mod declarations;
mod get_campaign;
mod get_message;
mod get_policy;
mod get_policy_override;
mod get_profile_table;
mod get_website;
mod list_campaigns;
mod list_messages;
mod list_policies;
mod list_policy_overrides;
mod list_profile_tables;
mod list_websites;
mod opt_ins;
pub(crate) mod overrides;
mod put_campaign;
mod put_message;
mod put_policy_override;
mod put_profile_table;
mod put_website;

use assent_proto::v1::settings_service_server::SettingsService;
use assent_proto::v1::{
    GetCampaignRequest, GetCampaignResponse, GetMessageRequest, GetMessageResponse, GetPolicyOverrideRequest,
    GetPolicyOverrideResponse, GetPolicyRequest, GetPolicyResponse, GetProfileTableRequest,
    GetProfileTableResponse, GetWebsiteRequest, GetWebsiteResponse, ListCampaignsRequest,
    ListCampaignsResponse, ListMessagesRequest, ListMessagesResponse, ListPoliciesRequest,
    ListPoliciesResponse, ListPolicyOverridesRequest, ListPolicyOverridesResponse, ListProfileTablesRequest,
    ListProfileTablesResponse, ListWebsitesRequest, ListWebsitesResponse, PutCampaignRequest,
    PutCampaignResponse, PutMessageRequest, PutMessageResponse, PutPolicyOverrideRequest,
    PutPolicyOverrideResponse, PutProfileTableRequest, PutProfileTableResponse, PutWebsiteRequest,
    PutWebsiteResponse,
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

    async fn put_website(
        &self,
        request: Request<PutWebsiteRequest>,
    ) -> Result<Response<PutWebsiteResponse>, Status> {
        answer(request, |call, request| put_website::put_website(&self.context, call, request)).await
    }

    async fn get_website(
        &self,
        request: Request<GetWebsiteRequest>,
    ) -> Result<Response<GetWebsiteResponse>, Status> {
        answer(request, |call, request| get_website::get_website(&self.context, call, request)).await
    }

    async fn list_websites(
        &self,
        request: Request<ListWebsitesRequest>,
    ) -> Result<Response<ListWebsitesResponse>, Status> {
        answer(request, |call, request| list_websites::list_websites(&self.context, call, request)).await
    }

    async fn put_campaign(
        &self,
        request: Request<PutCampaignRequest>,
    ) -> Result<Response<PutCampaignResponse>, Status> {
        answer(request, |call, request| put_campaign::put_campaign(&self.context, call, request)).await
    }

    async fn get_campaign(
        &self,
        request: Request<GetCampaignRequest>,
    ) -> Result<Response<GetCampaignResponse>, Status> {
        answer(request, |call, request| get_campaign::get_campaign(&self.context, call, request)).await
    }

    async fn list_campaigns(
        &self,
        request: Request<ListCampaignsRequest>,
    ) -> Result<Response<ListCampaignsResponse>, Status> {
        answer(request, |call, request| list_campaigns::list_campaigns(&self.context, call, request)).await
    }

    async fn put_message(
        &self,
        request: Request<PutMessageRequest>,
    ) -> Result<Response<PutMessageResponse>, Status> {
        answer(request, |call, request| put_message::put_message(&self.context, call, request)).await
    }

    async fn get_message(
        &self,
        request: Request<GetMessageRequest>,
    ) -> Result<Response<GetMessageResponse>, Status> {
        answer(request, |call, request| get_message::get_message(&self.context, call, request)).await
    }

    async fn list_messages(
        &self,
        request: Request<ListMessagesRequest>,
    ) -> Result<Response<ListMessagesResponse>, Status> {
        answer(request, |call, request| list_messages::list_messages(&self.context, call, request)).await
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
