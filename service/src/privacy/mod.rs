//! A person's rights: to be told what is held about them, and to have it erased.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer. `finish` does what
//! an erasure leaves to be done later. Deliberately not here: what an erased profile is told (the domain's), and which rows
//! name somebody (the store's).

mod access;
mod erase;
pub(crate) mod finish;
pub(crate) mod journal;
pub(crate) mod resume;

use assent_proto::v1::privacy_service_server::PrivacyService;
use assent_proto::v1::{AccessProfileRequest, EraseProfileRequest, EraseProfileResponse};
use tonic::{Request, Response, Status};

use crate::context::SharedContext;
use crate::server::answer::answer;

/// Answers the calls of PrivacyService.
pub struct Privacy {
    context: SharedContext,
}

impl Privacy {
    /// Answers with what `context` holds.
    #[must_use]
    pub const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

#[async_trait::async_trait]
impl PrivacyService for Privacy {
    type AccessProfileStream = access::Pieces;

    async fn access_profile(
        &self,
        request: Request<AccessProfileRequest>,
    ) -> Result<Response<Self::AccessProfileStream>, Status> {
        answer(request, |call, request| access::access(&self.context, call, request)).await
    }

    async fn erase_profile(
        &self,
        request: Request<EraseProfileRequest>,
    ) -> Result<Response<EraseProfileResponse>, Status> {
        answer(request, |call, request| erase::erase(&self.context, call, request)).await
    }
}
