//! RecordInteractions: records what consent and policy permit, and tells what became of each.

use assent_domain::id::TableId;
use assent_domain::interaction::Reported;
use assent_domain::time::Instant;
use assent_domain::verdict::Disposition;
use assent_proto::v1::{
    Interaction, RecordInteractionsRequest, RecordInteractionsResponse, RecordInteractionsResult,
    record_interactions_result,
};
use assent_store::Fate;

use super::lanes::Lanes;
use crate::caller::{Call, Role};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
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
    lanes: &Lanes,
    call: Call,
    request: RecordInteractionsRequest,
) -> Outcome<RecordInteractionsResponse> {
    let (items, record) = read(&request.profile_table, &request.interactions, context.clock.now())?;
    let fates = lanes.begin(call.tenant(), record, call.deadline).await?;
    Ok(RecordInteractionsResponse { results: items.told(fates, &call)? })
}

/// The interactions of a batch, each as far as it could be read.
pub(super) struct Items(Vec<Outcome<()>>);

/// Reads a batch: what is told of it, beside what the lane takes.
pub(super) fn read(
    profile_table: &str,
    interactions: &[Interaction],
    now: Instant,
) -> Outcome<(Items, RecordCall)> {
    let table = from_wire::profile::table(profile_table).map_err(|misfit| misfit.at(""))?;
    let mut reported: Vec<Reported> = Vec::with_capacity(interactions.len());
    let mut read = |(index, item)| {
        from_wire::interaction::reported(item, index, now).map(|readable| reported.push(readable))
    };
    let items = interactions.iter().enumerate().map(&mut read).collect();
    Ok((Items(items), RecordCall { table, reported }))
}

impl Items {
    /// What the caller is told of each, in order, when the lane has told the fates of those that could be read.
    pub(super) fn told(
        self,
        fates: Vec<Outcome<Fate>>,
        call: &Call,
    ) -> Outcome<Vec<RecordInteractionsResult>> {
        let mut fates = fates.into_iter();
        let told_why = call.roles().iter().any(|role| role != Role::Record);
        let results = self.0.into_iter().map(|item| {
            let fate = match item {
                Ok(()) => fates.next().ok_or_else(|| Failure::internal("an interaction has no fate"))?,
                Err(failure) => Err(failure),
            };
            let result = match fate {
                Ok(fate) => record_interactions_result::Result::Outcome(outcome(&fate, told_why)),
                Err(failure) => record_interactions_result::Result::Error(of_item(&failure, &call.id)?),
            };
            Ok(RecordInteractionsResult { result: Some(result) })
        });
        results.collect()
    }
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
