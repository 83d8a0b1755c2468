//! UpsertConsents and UpsertProfiles: record answers, notices, requests and facts, each judged for itself.
//!
//! The two differ in their items and in the words of their answers, which stand here side by side.

use std::sync::Arc;

use assent_proto::google::rpc;
use assent_proto::v1::{
    ConsentsUpserted, Outcome as Became, ProfileUpserted, UpsertConsentsRequest, UpsertConsentsResponse,
    UpsertConsentsResult, UpsertProfilesRequest, UpsertProfilesResponse, UpsertProfilesResult,
    upsert_consents_result, upsert_profiles_result,
};
use prost::Message;

use super::Consents;
use super::batch::{Accepted, Batch, Envelope, place};
use super::writing;
use crate::caller::Call;
use crate::failure::Outcome;
use crate::wire::from_wire;
use crate::wire::from_wire::item::Item;
use crate::wire::to_wire;

pub(super) async fn consents(
    to: &Consents,
    call: Call,
    mut request: UpsertConsentsRequest,
) -> Outcome<UpsertConsentsResponse> {
    // A UUID is the same in either case, and so is the request that it stands in.
    request.request_id.make_ascii_lowercase();
    let items = request.items.iter().enumerate().map(|(index, item)| from_wire::item::consents(item, index));
    let envelope = Envelope {
        method: "UpsertConsents",
        profile_table: &request.profile_table,
        request_id: &request.request_id,
        validate_only: request.validate_only,
        origin: request.origin.as_deref(),
        place,
    };
    let results = upsert(to, &call, &envelope, &request, items.collect(), consents_upserted).await?;
    let results = results.into_iter().map(|result| UpsertConsentsResult {
        result: Some(match result {
            Ok(outcome) => upsert_consents_result::Result::Outcome(outcome),
            Err(error) => upsert_consents_result::Result::Error(error),
        }),
    });
    Ok(UpsertConsentsResponse { results: results.collect() })
}

pub(super) async fn profiles(
    to: &Consents,
    call: Call,
    mut request: UpsertProfilesRequest,
) -> Outcome<UpsertProfilesResponse> {
    request.request_id.make_ascii_lowercase();
    let items = request.items.iter().enumerate().map(|(index, item)| from_wire::item::profiles(item, index));
    let envelope = Envelope {
        method: "UpsertProfiles",
        profile_table: &request.profile_table,
        request_id: &request.request_id,
        validate_only: request.validate_only,
        origin: request.origin.as_deref(),
        place,
    };
    let results = upsert(to, &call, &envelope, &request, items.collect(), profile_upserted).await?;
    let results = results.into_iter().map(|result| UpsertProfilesResult {
        result: Some(match result {
            Ok(outcome) => upsert_profiles_result::Result::Outcome(outcome),
            Err(error) => upsert_profiles_result::Result::Error(error),
        }),
    });
    Ok(UpsertProfilesResponse { results: results.collect() })
}

async fn upsert<T>(
    to: &Consents,
    call: &Call,
    envelope: &Envelope<'_>,
    request: &impl Message,
    items: Vec<Outcome<Item>>,
    accepted: impl Fn(Accepted) -> T,
) -> Outcome<Vec<Result<T, rpc::Status>>> {
    let batch = Arc::new(Batch::read(&to.context, call, envelope, request, items)?);

    // Loads, judges and saves, in one transaction: what was judged is what was loaded under the lock.
    let told = writing::pass(&to.context, &to.writing, call, &batch).await?;

    batch.answer(call, told, accepted)
}

fn consents_upserted(accepted: Accepted) -> ConsentsUpserted {
    let series = accepted.series.iter();
    ConsentsUpserted {
        series: series.map(|(became, of, reads)| to_wire::outcome::of_series(*became, *of, reads)).collect(),
        facts: accepted.facts.map(|became| to_wire::outcome::outcome(became).into()),
    }
}

fn profile_upserted(accepted: Accepted) -> ProfileUpserted {
    ProfileUpserted {
        outcome: accepted.facts.map_or(Became::Unspecified, to_wire::outcome::outcome).into(),
        facts: Some(to_wire::facts::known(accepted.known)),
    }
}
