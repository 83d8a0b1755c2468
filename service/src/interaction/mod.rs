//! Interactions: what people did, recorded only where consent and policy permit.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer.
//! Deliberately not here: whether something may be recorded or read (the domain's `judge`).

mod activity;
mod case;
mod end;
mod lanes;
mod page;
mod plan;
mod read;
mod reader;
mod record;
mod recorder;
pub(crate) mod removal;
mod report;
pub(crate) mod retention;
mod stream;
mod telling;
mod watch;

use assent_proto::v1::interaction_service_server::InteractionService;
use assent_proto::v1::{
    GetCampaignReportRequest, GetCampaignReportResponse, GetProfileActivityRequest,
    GetProfileActivityResponse, PlanTrackingRequest, PlanTrackingResponse, ReadInteractionsRequest,
    ReadInteractionsResponse, RecordInteractionsRequest, RecordInteractionsResponse,
    StreamInteractionsRequest, WatchInteractionsRequest,
};
use tonic::{Request, Response, Status, Streaming};

use crate::context::SharedContext;
use crate::server::answer::{answer, converse};
use lanes::Lanes;
use stream::Hall;

/// Answers the calls of InteractionService.
pub struct Interactions {
    context: SharedContext,
    lanes: Lanes,
    hall: Hall,
}

impl Interactions {
    /// Answers with what `context` holds.
    #[must_use]
    pub fn new(context: SharedContext) -> Self {
        let lanes = Lanes::new(&context);
        let hall = Hall::new(context.interactions.streamed_max);
        Self { lanes, hall, context }
    }
}

#[async_trait::async_trait]
impl InteractionService for Interactions {
    async fn record_interactions(
        &self,
        request: Request<RecordInteractionsRequest>,
    ) -> Result<Response<RecordInteractionsResponse>, Status> {
        answer(request, |call, request| record::record(&self.context, &self.lanes, call, request)).await
    }

    type StreamInteractionsStream = stream::Acknowledgements;

    async fn stream_interactions(
        &self,
        request: Request<Streaming<StreamInteractionsRequest>>,
    ) -> Result<Response<Self::StreamInteractionsStream>, Status> {
        converse(request, async |call, inbound| {
            Ok(stream::stream(&self.context, &self.lanes, &self.hall, call, inbound))
        })
        .await
    }

    async fn plan_tracking(
        &self,
        request: Request<PlanTrackingRequest>,
    ) -> Result<Response<PlanTrackingResponse>, Status> {
        answer(request, |call, request| plan::plan(&self.context, call, request)).await
    }

    async fn get_profile_activity(
        &self,
        request: Request<GetProfileActivityRequest>,
    ) -> Result<Response<GetProfileActivityResponse>, Status> {
        answer(request, |call, request| activity::activity(&self.context, call, request)).await
    }

    async fn get_campaign_report(
        &self,
        request: Request<GetCampaignReportRequest>,
    ) -> Result<Response<GetCampaignReportResponse>, Status> {
        answer(request, |call, request| report::report(&self.context, call, request)).await
    }

    async fn read_interactions(
        &self,
        request: Request<ReadInteractionsRequest>,
    ) -> Result<Response<ReadInteractionsResponse>, Status> {
        answer(request, |call, request| read::read(&self.context, call, request)).await
    }

    type WatchInteractionsStream = watch::Triggers;

    async fn watch_interactions(
        &self,
        request: Request<WatchInteractionsRequest>,
    ) -> Result<Response<Self::WatchInteractionsStream>, Status> {
        answer(request, |call, request| watch::watch(&self.context, call, request)).await
    }
}
