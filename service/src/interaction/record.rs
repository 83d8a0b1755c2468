//! RecordInteractions: records what consent and policy permit, and tells what became of each.

use assent_domain::id::TableId;
use assent_domain::interaction::Reported;
use assent_domain::verdict::Disposition;
use assent_proto::v1::{
    RecordInteractionsRequest, RecordInteractionsResponse, RecordInteractionsResult,
    record_interactions_result,
};
use assent_store::Fate;

use super::recorder::Recorder;
use crate::caller::{Call, Role};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::lane::Lane;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};

/// The interactions of one call, as the lane takes them.
pub(super) struct RecordCall {
    /// The profile table.
    pub(super) table: TableId,
    /// Those that could be read, in order.
    pub(super) reported: Vec<Reported>,
}

pub(super) async fn record(
    context: &Context,
    lane: &Lane<Recorder>,
    call: Call,
    request: RecordInteractionsRequest,
) -> Outcome<RecordInteractionsResponse> {
    let now = context.clock.now();
    let table = from_wire::profile::table(&request.profile_table).map_err(|misfit| misfit.at(""))?;
    let mut reported: Vec<Reported> = Vec::with_capacity(request.interactions.len());
    let mut read = |(index, item)| {
        from_wire::interaction::reported(item, index, now).map(|readable| reported.push(readable))
    };
    let items: Vec<Outcome<()>> = request.interactions.iter().enumerate().map(&mut read).collect();

    let fates = lane.pass(call.tenant(), RecordCall { table, reported }, call.deadline).await?;

    let mut fates = fates.into_iter();
    let told_why = call.roles().iter().any(|role| role != Role::Record);
    let results = items.into_iter().map(|item| {
        let result = match item {
            Ok(()) => match fates.next().ok_or_else(|| Failure::internal("an interaction has no fate"))? {
                Ok(fate) => record_interactions_result::Result::Outcome(outcome(&fate, told_why)),
                Err(failure) => record_interactions_result::Result::Error(of_item(&failure, &call.id)?),
            },
            Err(failure) => record_interactions_result::Result::Error(of_item(&failure, &call.id)?),
        };
        Ok(RecordInteractionsResult { result: Some(result) })
    });
    Ok(RecordInteractionsResponse { results: results.collect::<Outcome<_>>()? })
}

fn outcome(fate: &Fate, told_why: bool) -> assent_proto::v1::InteractionOutcome {
    use assent_proto::v1::{Disposition as Told, InteractionOutcome};
    let disposition = match fate.verdict.disposition {
        Disposition::Record | Disposition::Exempt if fate.duplicate => Told::Duplicate,
        Disposition::Record => Told::Recorded,
        Disposition::Exempt => Told::Exempted,
        Disposition::Discard => Told::Discarded,
    };
    let mut outcome = InteractionOutcome { disposition: disposition.into(), ..InteractionOutcome::default() };
    if told_why {
        outcome.reason = to_wire::verdict::reason(fate.verdict.reason).into();
        outcome.policy = Some(to_wire::policy::version(&fate.verdict.policy));
    }
    outcome
}
