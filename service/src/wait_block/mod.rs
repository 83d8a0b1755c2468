//! Wait blocks: where profiles stand that wait for something to be done.
//!
//! One line for each method; a file for each verb, in five movements: read, load, judge, save, answer. Nothing
//! is saved here. Deliberately not here: when a block has matched or exited (the domain's `wait_block`).

mod evaluate;

use assent_proto::v1::wait_block_service_server::WaitBlockService;
use assent_proto::v1::{EvaluateWaitBlocksRequest, EvaluateWaitBlocksResponse};
use tonic::{Request, Response, Status};

use crate::context::SharedContext;
use crate::server::answer::answer;

/// Answers the calls of WaitBlockService.
pub struct WaitBlocks {
    context: SharedContext,
}

impl WaitBlocks {
    /// Answers with what `context` holds.
    #[must_use]
    pub const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

#[async_trait::async_trait]
impl WaitBlockService for WaitBlocks {
    async fn evaluate_wait_blocks(
        &self,
        request: Request<EvaluateWaitBlocksRequest>,
    ) -> Result<Response<EvaluateWaitBlocksResponse>, Status> {
        answer(request, |call, request| evaluate::evaluate(&self.context, call, request)).await
    }
}
