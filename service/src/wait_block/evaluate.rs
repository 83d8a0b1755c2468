//! EvaluateWaitBlocks: where each profile stands at its wait block.

use assent_domain::id::{TableId, TenantId};
use assent_domain::time::{Instant, Span};
use assent_domain::wait_block::{WaitState, evaluate as evaluated};
use assent_proto::v1::{
    EvaluateWaitBlocksRequest, EvaluateWaitBlocksResponse, EvaluateWaitBlocksResult,
    evaluate_wait_blocks_result,
};
use assent_store::{ProfileKey, SendsAsked, Store};

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::sight::{Going, Seeking, look};
use crate::wire::from_wire::wait_block::Block;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};

pub(super) async fn evaluate(
    context: &Context,
    call: Call,
    request: EvaluateWaitBlocksRequest,
) -> Outcome<EvaluateWaitBlocksResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let asked = Asked::read(&request, now)?;

    let store = context.store_for(&call);
    let rules = Rules::load(context, &call, &asked.table).await?;
    let blocks: Vec<&Block> = asked.blocks.iter().flatten().collect();
    let waiting = asked.waiting(&store, tenant, &blocks).await?;

    let told = look(&store, tenant, &rules, &waiting, |place, seen| {
        let (block, started_by) = (blocks[place], waiting[place].sends.started_by);
        let definition = block.definition(seen.functional_link, started_by.as_slice());
        let told = evaluated(&definition, &seen.known, seen.rows, asked.as_of, now);
        Going {
            open: matches!(told.state, WaitState::Waiting | WaitState::Exited(_)),
            answer: to_wire::wait_block::outcome(&block.name, &told),
        }
    });
    let told = told.await?;

    let mut told = told.into_iter();
    let results = asked.blocks.iter().map(|block| {
        let result = match block {
            Ok(_) => {
                let outcome = told.next();
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
struct Asked {
    /// Whose people.
    table: TableId,
    /// The instant that is evaluated for.
    as_of: Instant,
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

    /// What is looked for, with the sends that lead to the blocks' targets and the windows that start from them.
    async fn waiting<'a>(
        &self,
        store: &Store,
        tenant: &TenantId,
        blocks: &[&'a Block],
    ) -> Outcome<Vec<Seeking<'a>>> {
        let key = |block: &Block| ProfileKey { table: self.table.clone(), id: block.profile.clone() };
        let keys: Vec<ProfileKey> = blocks.iter().map(|block| key(block)).collect();
        let wanted = blocks.iter().zip(&keys).map(|(block, key)| SendsAsked {
            key,
            target: &block.target,
            started_by: block.started_by(),
        });
        let sends = store.sends_toward(tenant, &wanted.collect::<Vec<_>>()).await?;
        let waiting = blocks.iter().zip(keys).zip(sends);
        let waiting = waiting.map(|((block, key), sends)| {
            let (window, _) = block.definition(false, sends.started_by.as_slice()).window();
            // At the instant that is evaluated for is in.
            let until = window.deadline.min(self.as_of.plus(Span::from_micros(1)));
            let Block { target, kinds, link, .. } = block;
            Seeking { key, target, kinds, link: link.as_ref(), sends, start: window.start, until }
        });
        Ok(waiting.collect())
    }
}
