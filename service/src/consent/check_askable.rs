//! CheckAskable: whether people may be asked, or asked again, and from when.

use std::collections::BTreeMap;

use assent_domain::asking::askable;
use assent_domain::id::ProfileId;
use assent_domain::scope::Series;
use assent_domain::subject::Subject;
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
    let subjects = context.store_for(&call).load_subjects(call.tenant(), &people.keys()).await?;

    let now = context.clock.now();
    let results = people.named.iter().map(|named| {
        let result = match named {
            Ok(id) => check_askable_result::Result::Askable(tell(&people, id, &subjects, &rules, now)?),
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
    subjects: &BTreeMap<ProfileKey, Subject>,
    rules: &Rules<'_>,
    now: Instant,
) -> Outcome<v1::ProfileAskable> {
    let person = subjects.get(&people.key(id));
    let person = person.ok_or_else(|| Failure::internal("a person was not loaded"))?;
    let policies = rules.policies(person.history().facts());
    let now = person.now(now);
    let series = Series::ALL.into_iter().map(|series| {
        let askable = askable(series, person.person(), policies, &rules.table.zone, now);
        to_wire::asking::of_series(series, askable)
    });
    Ok(v1::ProfileAskable {
        series: series.collect(),
        policies: policies.named().iter().map(to_wire::policy::version).collect(),
    })
}
