//! CheckAskable: whether people may be asked, or asked again, and from when.

use std::collections::BTreeMap;

use assent_domain::asking::askable;
use assent_domain::id::ProfileId;
use assent_domain::profile::Profile;
use assent_domain::scope::Series;
use assent_domain::time::Instant;
use assent_proto::v1::{self, CheckAskableRequest, CheckAskableResponse, check_askable_result};
use assent_store::ProfileKey;

use super::people::People;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::Rules;
use crate::wire::status::of_item;
use crate::wire::to_wire;

pub(super) async fn check_askable(
    context: &Context,
    call: Call,
    request: CheckAskableRequest,
) -> Outcome<CheckAskableResponse> {
    let people = People::read(&request.profile_table, &request.profiles)?;

    let rules = Rules::load(context, &call, &people.table).await?;
    let profiles = context.store_for(&call).load_profiles(call.tenant(), &people.keys()).await?;

    let now = context.clock.now();
    let results = people.named.iter().map(|named| {
        let result = match named {
            Ok(id) => check_askable_result::Result::Askable(tell(&people, id, &profiles, &rules, now)?),
            Err(wrong) => {
                check_askable_result::Result::Error(of_item(&Failure::Invalid(wrong.clone()), &call.id)?)
            }
        };
        Ok(v1::CheckAskableResult { result: Some(result) })
    });
    let results = results.collect::<Outcome<_>>()?;

    Ok(CheckAskableResponse { results })
}

fn tell(
    people: &People,
    id: &ProfileId,
    profiles: &BTreeMap<ProfileKey, Profile>,
    rules: &Rules<'_>,
    now: Instant,
) -> Outcome<v1::ProfileAskable> {
    let profile = profiles.get(&people.key(id));
    let profile = profile.ok_or_else(|| Failure::internal("a profile was not loaded"))?;
    let policies = rules.policies(profile.history().facts());
    let now = profile.now(now);
    let series = Series::ALL.into_iter().map(|series| {
        let askable = askable(series, profile.person(), policies, &rules.table.zone, now);
        to_wire::asking::of_series(series, askable)
    });
    Ok(v1::ProfileAskable {
        series: series.collect(),
        policies: policies.named().iter().map(to_wire::policy::version).collect(),
    })
}
