//! Audiences: who did something, and who is inactive.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer. Nothing is saved
//! here. Deliberately not here: what an answer is (the domain's `engagement` and `inactivity`).

mod inactive;
mod query;

use assent_proto::v1::audience_service_server::AudienceService;
use assent_proto::v1::{
    FindInactiveRequest, FindInactiveResponse, QueryEngagementRequest, QueryEngagementResponse,
};
use tonic::{Request, Response, Status};

use crate::context::SharedContext;
use crate::server::answer::answer;

/// Answers the calls of AudienceService.
pub struct Audience {
    context: SharedContext,
}

impl Audience {
    /// Answers with what `context` holds.
    #[must_use]
    pub const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

#[async_trait::async_trait]
impl AudienceService for Audience {
    async fn query_engagement(
        &self,
        request: Request<QueryEngagementRequest>,
    ) -> Result<Response<QueryEngagementResponse>, Status> {
        answer(request, |call, request| query::query(&self.context, call, request)).await
    }

    async fn find_inactive(
        &self,
        request: Request<FindInactiveRequest>,
    ) -> Result<Response<FindInactiveResponse>, Status> {
        answer(request, |call, request| inactive::find(&self.context, call, request)).await
    }
}
