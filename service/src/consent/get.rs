//! GetConsents: the states of profiles at an instant, by what was known then, and what would be done with what
//! they do.

use std::collections::BTreeMap;

use assent_domain::id::ProfileId;
use assent_domain::interaction::InteractionKind;
use assent_domain::profile::Profile;
use assent_domain::time::Instant;
use assent_domain::verdict::{Person, verdict_for_kind};
use assent_proto::v1::{self, GetConsentsRequest, GetConsentsResponse, get_consents_result};
use assent_store::ProfileKey;

use super::people::People;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Violation};
use crate::rules::Rules;
use crate::wire::status::of_item;
use crate::wire::{from_wire, to_wire};

pub(super) async fn get(
    context: &Context,
    call: Call,
    request: GetConsentsRequest,
) -> Outcome<GetConsentsResponse> {
    let now = context.clock.now();
    let asked = Asked::read(&request, now)?;

    let rules = Rules::load(context, &call, &asked.people.table).await?;
    let profiles = context.store_for(&call).load_profiles(call.tenant(), &asked.people.keys()).await?;

    let results = asked.people.named.iter().map(|asked_for| {
        let told = match asked_for {
            Ok(id) => asked.tell(id, &profiles, &rules, now),
            Err(wrong) => Err(Failure::Invalid(wrong.clone())),
        };
        let result = match told {
            Ok(consents) => get_consents_result::Result::Consents(consents),
            Err(failure @ Failure::Invalid(_)) => {
                get_consents_result::Result::Error(of_item(&failure, &call.id)?)
            }
            Err(failure) => return Err(failure),
        };
        Ok(v1::GetConsentsResult { result: Some(result) })
    });
    let results = results.collect::<Outcome<_>>()?;

    Ok(GetConsentsResponse { results })
}

/// What is asked.
struct Asked {
    people: People,
    as_of: Option<Instant>,
    known_at: Option<Instant>,
}

impl Asked {
    fn read(request: &GetConsentsRequest, now: Instant) -> Outcome<Self> {
        let mut late = Vec::new();
        let mut past = |field: &'static str, asked: Option<&prost_types::Timestamp>| {
            let at = asked.and_then(from_wire::time::instant);
            if at.is_some_and(|at| at > now) {
                late.push(Violation::new(
                    field,
                    "is out of range; expected: an instant not after the server's now",
                ));
            }
            at
        };
        let as_of = past("as_of", request.as_of.as_ref());
        let known_at = past("known_at", request.known_at.as_ref());
        if !late.is_empty() {
            return Err(Failure::Invalid(late));
        }
        Ok(Self { people: People::read(&request.profile_table, &request.profiles)?, as_of, known_at })
    }

    fn tell(
        &self,
        id: &ProfileId,
        profiles: &BTreeMap<ProfileKey, Profile>,
        rules: &Rules,
        now: Instant,
    ) -> Outcome<v1::ProfileConsents> {
        let profile = profiles.get(&self.people.key(id));
        let profile = profile.ok_or_else(|| Failure::internal("a profile was not loaded"))?;
        // Facts too as they were known then: what came later must not make a past answer read otherwise.
        let history = profile.history_known(self.known_at);
        let facts = history.facts();
        let as_of = self.as_of.unwrap_or_else(|| profile.now(now));
        let standings = profile.standings(as_of, self.known_at, rules.expires_after(facts));
        let person = Person { history: &history, ..profile.person() };
        let policies = rules.policies(facts);
        let verdicts = InteractionKind::TRACKED.into_iter().map(|kind| {
            let verdict = verdict_for_kind(kind, person, policies, &rules.table.zone, as_of);
            to_wire::verdict::of_kind(kind, &verdict)
        });
        Ok(v1::ProfileConsents {
            standings: to_wire::standing::standings(&standings, |_| true),
            facts: Some(to_wire::facts::known(facts)),
            profile_version: profile.version_read(as_of, self.known_at),
            verdicts: verdicts.collect(),
            policies: policies.named().iter().map(to_wire::policy::version).collect(),
        })
    }
}
