//! Consents: what people said, were told and were asked, and what it adds up to.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer.
//! Deliberately not here: which answer counts, what proves a grant, what a policy permits (the domain's).

mod batch;
pub(crate) mod changing;
mod check_askable;
mod codes;
mod create_tokens;
mod describe_opt_ins;
mod describe_token;
pub(crate) mod expire;
mod get;
mod get_notice;
mod get_receipt;
mod import;
mod list_notices;
mod list_records;
mod opening;
mod people;
mod put_notice;
mod redeem_token;
mod upsert;
mod verify;
mod writing;

use assent_proto::v1::consent_service_server::ConsentService;
use assent_proto::v1::{
    CheckAskableRequest, CheckAskableResponse, CreateTokensRequest, CreateTokensResponse,
    DescribeOptInsRequest, DescribeOptInsResponse, DescribeTokenRequest, DescribeTokenResponse,
    GetConsentReceiptRequest, GetConsentReceiptResponse, GetConsentsRequest, GetConsentsResponse,
    GetNoticeRequest, GetNoticeResponse, ImportConsentsRequest, ListConsentRecordsRequest,
    ListConsentRecordsResponse, ListNoticesRequest, ListNoticesResponse, PutNoticeRequest, PutNoticeResponse,
    RedeemTokenRequest, RedeemTokenResponse, UpsertConsentsRequest, UpsertConsentsResponse,
    UpsertProfilesRequest, UpsertProfilesResponse, VerifyHistoryRequest,
};
use tonic::{Request, Response, Status, Streaming};

use crate::context::SharedContext;
use crate::server::answer::{answer, converse};

/// Answers the calls of ConsentService.
pub struct Consents {
    context: SharedContext,
    writing: writing::Writing,
    turns: import::Turns,
}

impl Consents {
    /// Answers with what `context` holds.
    #[must_use]
    pub fn new(context: SharedContext) -> Self {
        let turns = import::Turns::new(&context.imports, context.clock.clone(), context.traffic.clone());
        Self { writing: writing::lane(&context), turns, context }
    }
}

#[async_trait::async_trait]
impl ConsentService for Consents {
    async fn upsert_consents(
        &self,
        request: Request<UpsertConsentsRequest>,
    ) -> Result<Response<UpsertConsentsResponse>, Status> {
        answer(request, |call, request| upsert::consents(self, call, request)).await
    }

    async fn upsert_profiles(
        &self,
        request: Request<UpsertProfilesRequest>,
    ) -> Result<Response<UpsertProfilesResponse>, Status> {
        answer(request, |call, request| upsert::profiles(self, call, request)).await
    }

    type ImportConsentsStream = import::Acknowledgements;

    async fn import_consents(
        &self,
        request: Request<Streaming<ImportConsentsRequest>>,
    ) -> Result<Response<Self::ImportConsentsStream>, Status> {
        converse(request, |call, inbound| import::import(&self.context, &self.turns, call, inbound)).await
    }

    async fn get_consents(
        &self,
        request: Request<GetConsentsRequest>,
    ) -> Result<Response<GetConsentsResponse>, Status> {
        answer(request, |call, request| get::get(&self.context, call, request)).await
    }

    async fn list_consent_records(
        &self,
        request: Request<ListConsentRecordsRequest>,
    ) -> Result<Response<ListConsentRecordsResponse>, Status> {
        answer(request, |call, request| list_records::list_records(&self.context, call, request)).await
    }

    type VerifyHistoryStream = verify::Walk;

    async fn verify_history(
        &self,
        request: Request<VerifyHistoryRequest>,
    ) -> Result<Response<Self::VerifyHistoryStream>, Status> {
        answer(request, |call, request| verify::verify(&self.context, call, request)).await
    }

    async fn put_notice(
        &self,
        request: Request<PutNoticeRequest>,
    ) -> Result<Response<PutNoticeResponse>, Status> {
        answer(request, |call, request| put_notice::put_notice(&self.context, call, request)).await
    }

    async fn get_notice(
        &self,
        request: Request<GetNoticeRequest>,
    ) -> Result<Response<GetNoticeResponse>, Status> {
        answer(request, |call, request| get_notice::get_notice(&self.context, call, request)).await
    }

    async fn list_notices(
        &self,
        request: Request<ListNoticesRequest>,
    ) -> Result<Response<ListNoticesResponse>, Status> {
        answer(request, |call, request| list_notices::list_notices(&self.context, call, request)).await
    }
    async fn create_tokens(
        &self,
        request: Request<CreateTokensRequest>,
    ) -> Result<Response<CreateTokensResponse>, Status> {
        answer(request, |call, request| create_tokens::create(&self.context, call, request)).await
    }

    async fn describe_token(
        &self,
        request: Request<DescribeTokenRequest>,
    ) -> Result<Response<DescribeTokenResponse>, Status> {
        answer(request, |call, request| describe_token::describe(&self.context, call, request)).await
    }

    async fn redeem_token(
        &self,
        request: Request<RedeemTokenRequest>,
    ) -> Result<Response<RedeemTokenResponse>, Status> {
        answer(request, |call, request| redeem_token::redeem(self, call, request)).await
    }

    async fn describe_opt_ins(
        &self,
        request: Request<DescribeOptInsRequest>,
    ) -> Result<Response<DescribeOptInsResponse>, Status> {
        answer(request, |call, request| describe_opt_ins::describe_opt_ins(&self.context, call, request))
            .await
    }

    async fn check_askable(
        &self,
        request: Request<CheckAskableRequest>,
    ) -> Result<Response<CheckAskableResponse>, Status> {
        answer(request, |call, request| check_askable::check_askable(&self.context, call, request)).await
    }

    async fn get_consent_receipt(
        &self,
        request: Request<GetConsentReceiptRequest>,
    ) -> Result<Response<GetConsentReceiptResponse>, Status> {
        answer(request, |call, request| get_receipt::get_receipt(&self.context, call, request)).await
    }
}
