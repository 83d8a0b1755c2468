//! A service that does as the caller says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assent_proto::v1::consent_change_service_server::ConsentChangeService;
use assent_proto::v1::{
    GetCursorRequest, GetCursorResponse, ReadConsentChangesRequest, ReadConsentChangesResponse,
    SnapshotConsentsRequest, SnapshotConsentsResponse, WatchConsentChangesRequest,
    WatchConsentChangesResponse,
};
use assent_store::StoreError;
use tonic::{Request, Response, Status};

use super::LIMIT;
use crate::clock::ManualClock;
use crate::failure::{Failure, Outcome};
use crate::server::answer::answer;

pub(super) struct Obedient {
    pub(super) clock: Arc<ManualClock>,
    pub(super) working: Arc<AtomicUsize>,
}

struct AtWork(Arc<AtomicUsize>);

impl AtWork {
    fn start(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Obedient {
    async fn obey(&self, order: &str, tenant: &str, left: Duration) -> Outcome<String> {
        let _at_work = AtWork::start(&self.working);
        match order {
            "wait" => std::future::pending().await,
            "long" => Ok("x".repeat(LIMIT)),
            // What the store says when it looks at the time just after the layer did.
            "late" => {
                self.clock.advance(left);
                Err(StoreError::Timeout.into())
            }
            "down" => Err(StoreError::Unavailable.into()),
            "fail" => Err(Failure::internal("the cause, with a marker")),
            _ => Ok(format!("{tenant} {}", left.as_secs())),
        }
    }
}

#[tonic::async_trait]
impl ConsentChangeService for Obedient {
    async fn get_cursor(
        &self,
        request: Request<GetCursorRequest>,
    ) -> Result<Response<GetCursorResponse>, Status> {
        let order = request.metadata().get("x-order").map_or("", |order| order.to_str().unwrap()).to_owned();
        answer(request, async |call, _| {
            let left = call.deadline.left(self.clock.as_ref());
            let cursor = self.obey(&order, call.tenant().as_str(), left).await?;
            Ok(GetCursorResponse { cursor, ..Default::default() })
        })
        .await
    }

    async fn read_consent_changes(
        &self,
        _: Request<ReadConsentChangesRequest>,
    ) -> Result<Response<ReadConsentChangesResponse>, Status> {
        Err(Status::unknown("a bare status of some library, with a marker"))
    }

    type WatchConsentChangesStream = tokio_stream::Empty<Result<WatchConsentChangesResponse, Status>>;

    async fn watch_consent_changes(
        &self,
        _: Request<WatchConsentChangesRequest>,
    ) -> Result<Response<Self::WatchConsentChangesStream>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }

    type SnapshotConsentsStream = tokio_stream::Empty<Result<SnapshotConsentsResponse, Status>>;

    async fn snapshot_consents(
        &self,
        _: Request<SnapshotConsentsRequest>,
    ) -> Result<Response<Self::SnapshotConsentsStream>, Status> {
        Err(Status::unimplemented("nobody asks for it here"))
    }
}
