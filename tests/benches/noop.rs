//! A service that answers without doing anything: what the wire alone takes.

use assent_proto::v1::interaction_service_server::{InteractionService, InteractionServiceServer};
use assent_proto::v1::{self, record_interactions_result};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// Stands on the command line of the process that does nothing.
pub(crate) const ORDER: &str = "noop";

struct Noop;

#[tonic::async_trait]
impl InteractionService for Noop {
    async fn record_interactions(
        &self,
        request: Request<v1::RecordInteractionsRequest>,
    ) -> Result<Response<v1::RecordInteractionsResponse>, Status> {
        let outcome = |_| {
            let disposition = v1::Disposition::Recorded.into();
            let outcome = v1::InteractionOutcome {
                disposition,
                reason: v1::VerdictReason::Granted.into(),
                policy: Some(v1::PolicyVersion { id: "strict".to_owned(), version: 1 }),
            };
            let result = Some(record_interactions_result::Result::Outcome(outcome));
            v1::RecordInteractionsResult { result }
        };
        let results = request.into_inner().interactions.iter().map(outcome).collect();
        Ok(Response::new(v1::RecordInteractionsResponse { results }))
    }

    type StreamInteractionsStream = tonic::Streaming<v1::StreamInteractionsResponse>;

    async fn stream_interactions(
        &self,
        _: Request<tonic::Streaming<v1::StreamInteractionsRequest>>,
    ) -> Result<Response<Self::StreamInteractionsStream>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }

    async fn plan_tracking(
        &self,
        _: Request<v1::PlanTrackingRequest>,
    ) -> Result<Response<v1::PlanTrackingResponse>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }

    async fn get_campaign_report(
        &self,
        _: Request<v1::GetCampaignReportRequest>,
    ) -> Result<Response<v1::GetCampaignReportResponse>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }

    async fn get_profile_activity(
        &self,
        _: Request<v1::GetProfileActivityRequest>,
    ) -> Result<Response<v1::GetProfileActivityResponse>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }

    async fn read_interactions(
        &self,
        _: Request<v1::ReadInteractionsRequest>,
    ) -> Result<Response<v1::ReadInteractionsResponse>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }

    type WatchInteractionsStream = tonic::Streaming<v1::WatchInteractionsResponse>;

    async fn watch_interactions(
        &self,
        _: Request<v1::WatchInteractionsRequest>,
    ) -> Result<Response<Self::WatchInteractionsStream>, Status> {
        Err(Status::unimplemented("it does nothing"))
    }
}

/// Answers until it is ended, and says where as the service does.
pub(crate) fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        eprintln!("serving address={}", listener.local_addr().expect("its address"));
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server = tonic::transport::Server::builder().add_service(InteractionServiceServer::new(Noop));
        server.serve_with_incoming(incoming).await.expect("it serves");
    });
}
