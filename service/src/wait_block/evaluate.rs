//! EvaluateWaitBlocks: where each profile stands at its wait block.

use assent_domain::id::TableId;
use assent_domain::time::Instant;
use assent_domain::wait_block::WaitState;
use assent_proto::v1::{
    self, EvaluateWaitBlocksRequest, EvaluateWaitBlocksResponse, EvaluateWaitBlocksResult,
    evaluate_wait_blocks_result,
};

use super::ground::{Ground, Waiting};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::wire::from_wire::wait_block::Block;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};

/// How many rows of each block are looked at first. One is enough for most; the rest is for rows that may no longer
/// be read.
const FIRST_LOOK: u32 = 20;

/// How many are looked at once, of those blocks where all rows before may no longer be read.
const NEXT_LOOK: u32 = 1_000;

pub(super) async fn evaluate(
    context: &Context,
    call: Call,
    request: EvaluateWaitBlocksRequest,
) -> Outcome<EvaluateWaitBlocksResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let asked = Asked::read(&request, now)?;

    let rules = Rules::load(context, &call, &asked.table).await?;
    let blocks: Vec<&Block> = asked.blocks.iter().flatten().collect();
    let mut waiting = Waiting::load(context, tenant, &asked, &blocks).await?;

    let mut told: Vec<Option<v1::WaitBlockOutcome>> = vec![None; blocks.len()];
    let mut limit = FIRST_LOOK;
    while !waiting.is_empty() {
        let (ground, pages) = Ground::load(context, tenant, &waiting, limit).await?;
        let mut further = Vec::new();
        for (one, page) in waiting.into_iter().zip(pages) {
            let evaluation = ground.evaluate(&one, page.rows, &rules, asked.as_of, now);
            match (page.more, &evaluation.state) {
                (Some(after), WaitState::Waiting | WaitState::Exited(_)) => further.push(one.after(after)),
                _ => told[one.place] = Some(to_wire::wait_block::outcome(&one.block.name, &evaluation)),
            }
        }
        (waiting, limit) = (further, NEXT_LOOK);
    }

    let mut told = told.into_iter();
    let results = asked.blocks.iter().map(|block| {
        let result = match block {
            Ok(_) => {
                let outcome = told.next().flatten();
                let outcome = outcome.ok_or_else(|| Failure::internal("a wait block has no outcome"))?;
                evaluate_wait_blocks_result::Result::Outcome(outcome)
            }
            Err(failure) => evaluate_wait_blocks_result::Result::Error(of_item(failure, &call.id)?),
        };
        Ok(EvaluateWaitBlocksResult { result: Some(result) })
    });
    Ok(EvaluateWaitBlocksResponse { results: results.collect::<Outcome<_>>()? })
}

/// What is asked.
pub(super) struct Asked {
    /// Whose people.
    pub(super) table: TableId,
    /// The instant that is evaluated for.
    pub(super) as_of: Instant,
    blocks: Vec<Outcome<Block>>,
}

impl Asked {
    fn read(request: &EvaluateWaitBlocksRequest, now: Instant) -> Outcome<Self> {
        let as_of = request.as_of.as_ref().and_then(from_wire::time::instant);
        if as_of.is_some_and(|at| at > now) {
            let text = "is out of range; expected: an instant not after the server's now";
            return Err(Failure::invalid("as_of", text));
        }
        let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
        let blocks = request.blocks.iter().enumerate();
        let blocks = blocks.map(|(index, block)| from_wire::wait_block::block(block, index));
        Ok(Self { table, blocks: blocks.collect(), as_of: as_of.unwrap_or(now) })
    }
}
