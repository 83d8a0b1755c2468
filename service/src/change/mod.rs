//! Consent changes: the feed that other systems follow, and where they stand in it.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer.
//! Deliberately not here: which lines of a change pass a filter (the domain's), and how a cursor is sealed
//! (`wire/token.rs`).

mod end;
mod get_cursor;
mod page;
mod read;
mod reader;
#[cfg(test)]
mod sample;
mod snapshot;
pub(crate) mod trim;
mod watch;
pub(crate) mod written;

use assent_proto::v1::{
    GetCursorRequest, GetCursorResponse, ReadConsentChangesRequest, SnapshotConsentsRequest,
    WatchConsentChangesRequest,
};
use assent_proto::written::ReadConsentChangesResponse;
use assent_proto::written::consent_change_service_server::ConsentChangeService;
use tonic::{Request, Response, Status};

use crate::context::SharedContext;
use crate::server::answer::answer;

/// Answers the calls of ConsentChangeService.
pub struct Changes {
    context: SharedContext,
}

impl Changes {
    /// Answers with what `context` holds.
    #[must_use]
    pub const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

#[async_trait::async_trait]
impl ConsentChangeService for Changes {
    async fn get_cursor(
        &self,
        request: Request<GetCursorRequest>,
    ) -> Result<Response<GetCursorResponse>, Status> {
        answer(request, |call, request| get_cursor::get_cursor(&self.context, call, request)).await
    }

    async fn read_consent_changes(
        &self,
        request: Request<ReadConsentChangesRequest>,
    ) -> Result<Response<ReadConsentChangesResponse>, Status> {
        answer(request, |call, request| read::read(&self.context, call, request)).await
    }

    type WatchConsentChangesStream = watch::Told;

    async fn watch_consent_changes(
        &self,
        request: Request<WatchConsentChangesRequest>,
    ) -> Result<Response<Self::WatchConsentChangesStream>, Status> {
        answer(request, |call, request| watch::watch(&self.context, call, request)).await
    }

    type SnapshotConsentsStream = snapshot::Told;

    async fn snapshot_consents(
        &self,
        request: Request<SnapshotConsentsRequest>,
    ) -> Result<Response<Self::SnapshotConsentsStream>, Status> {
        answer(request, |call, request| snapshot::snapshot(&self.context, call, request)).await
    }
}
