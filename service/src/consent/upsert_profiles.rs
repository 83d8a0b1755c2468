//! UpsertProfiles: records facts of profiles alone.

use assent_proto::v1::{
    Outcome as Became, ProfileUpserted, UpsertProfilesRequest, UpsertProfilesResponse, UpsertProfilesResult,
    upsert_profiles_result,
};

use super::batch::{Accepted, Batch, Envelope};
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::{from_wire, to_wire};

pub(super) async fn upsert_profiles(
    context: &Context,
    call: Call,
    request: UpsertProfilesRequest,
) -> Outcome<UpsertProfilesResponse> {
    let items = request.items.iter().enumerate().map(|(index, item)| from_wire::item::profiles(item, index));
    let envelope = Envelope {
        name: "upsert_profiles",
        method: "UpsertProfiles",
        profile_table: &request.profile_table,
        request_id: &request.request_id,
        validate_only: request.validate_only,
        origin: request.origin.as_deref(),
    };
    let batch = Batch::read(context, &call, &envelope, &request, items.collect())?;

    // Loads, judges and saves, in one transaction: what was judged is what was loaded under the lock.
    let told = batch.run(context, &call).await?;

    let results = batch.answer(&call, told, upserted)?.into_iter().map(|result| UpsertProfilesResult {
        result: Some(match result {
            Ok(outcome) => upsert_profiles_result::Result::Outcome(outcome),
            Err(error) => upsert_profiles_result::Result::Error(error),
        }),
    });
    Ok(UpsertProfilesResponse { results: results.collect() })
}

fn upserted(accepted: Accepted) -> ProfileUpserted {
    ProfileUpserted {
        outcome: accepted.facts.map_or(Became::Unspecified, to_wire::outcome::outcome).into(),
        facts: Some(to_wire::facts::known(accepted.known)),
    }
}
