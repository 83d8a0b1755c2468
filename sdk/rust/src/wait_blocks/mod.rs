//! Where profiles stand that wait for something to be done: one line for each call of the contract's WaitBlockService.

mod block;
mod outcome;
#[cfg(test)]
mod tests;

pub use block::{ExitPolicy, WaitBlock, WaitEnd, WaitStart, WaitTarget};
pub use outcome::{WaitOutcome, WaitReason, WaitState};

use assent_proto::v1;

use crate::batch::in_parts;
use crate::call::Caller;
use crate::error::{Error, Result};
use crate::time::Instant;

/// Tells scenario engines where profiles stand that wait for something to be done. Whoever could not be seen leaves by the
/// same branch as whoever did nothing; a "no" is a normal answer, never an error.
///
/// Any call can fail as [`Error`] tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct WaitBlocks<'a> {
    pub(crate) caller: &'a Caller,
}

/// Wait blocks of one profile table, and when they are evaluated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluateWaitBlocks {
    table: String,
    blocks: Vec<WaitBlock>,
    as_of: Option<Instant>,
}

impl EvaluateWaitBlocks {
    /// None yet, of the profile table of that id, which must exist; evaluated for now.
    #[must_use]
    pub fn of_table(id: impl Into<String>) -> Self {
        Self { table: id.into(), blocks: Vec::new(), as_of: None }
    }

    /// Adds one. Any number may be added, and several may be of one profile.
    #[must_use]
    pub fn block(mut self, block: WaitBlock) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds several.
    #[must_use]
    pub fn blocks(mut self, blocks: impl IntoIterator<Item = WaitBlock>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    /// Evaluates them for that instant, which is not in the future. It moves the window and the timeout and nothing else:
    /// consent is looked at now, so that a past instant never shows more than now.
    #[must_use]
    pub const fn as_of(mut self, instant: Instant) -> Self {
        self.as_of = Some(instant);
        self
    }
}

impl WaitBlocks<'_> {
    /// Evaluates wait blocks, in their order, each for itself. More than 1,000 go out in several calls, each of which without
    /// [`EvaluateWaitBlocks::as_of`] is evaluated at its own instant. Reads only: the same question may be asked again at any
    /// time.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). Of a block, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn evaluate(self, query: EvaluateWaitBlocks) -> Result<Vec<Result<WaitOutcome>>> {
        let EvaluateWaitBlocks { table, blocks, as_of } = query;
        in_parts(blocks.into_iter().map(WaitBlock::into_wire).collect(), None, |blocks, _| {
            let message = v1::EvaluateWaitBlocksRequest {
                profile_table: table.clone(),
                blocks,
                as_of: as_of.map(Instant::into_wire),
            };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.wait_blocks();
                        async move { client.evaluate_wait_blocks(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::EvaluateWaitBlocksResult) -> Result<Result<WaitOutcome>> {
    use v1::evaluate_wait_blocks_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Outcome(outcome) => Ok(WaitOutcome::from_wire(outcome)?),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
