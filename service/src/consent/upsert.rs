//! UpsertConsents: records answers, notices, requests and facts, each judged for itself.

use assent_proto::v1::{
    ConsentsUpserted, UpsertConsentsRequest, UpsertConsentsResponse, UpsertConsentsResult,
    upsert_consents_result,
};

use super::batch::{Accepted, Batch, Envelope};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::{from_wire, to_wire};

pub(super) async fn upsert(
    context: &Context,
    call: Call,
    request: UpsertConsentsRequest,
) -> Outcome<UpsertConsentsResponse> {
    let items = request.items.iter().enumerate().map(|(index, item)| from_wire::item::consents(item, index));
    let envelope = Envelope {
        name: "upsert_consents",
        method: "UpsertConsents",
        profile_table: &request.profile_table,
        request_id: &request.request_id,
        validate_only: request.validate_only,
        origin: request.origin.as_deref(),
    };
    let batch = Batch::read(context, &call, &envelope, &request, items.collect())?;

    // Loads, judges and saves, in one transaction: what was judged is what was loaded under the lock.
    let told = batch.run(context, &call).await?;

    let results = batch.answer(&call, told, upserted)?.into_iter().map(|result| UpsertConsentsResult {
        result: Some(match result {
            Ok(outcome) => upsert_consents_result::Result::Outcome(outcome),
            Err(error) => upsert_consents_result::Result::Error(error),
        }),
    });
    Ok(UpsertConsentsResponse { results: results.collect() })
}

fn upserted(accepted: Accepted) -> ConsentsUpserted {
    let series = accepted.series.iter();
    ConsentsUpserted {
        series: series.map(|(became, of, reads)| to_wire::outcome::of_series(*became, *of, reads)).collect(),
        facts: accepted.facts.map(|became| to_wire::outcome::outcome(became).into()),
    }
}
