//! GetConsents: the states of profiles at an instant, by what was known then, and what would be done with what
//! they do.

use std::collections::BTreeMap;

use assent_domain::id::ProfileId;
use assent_domain::interaction::InteractionKind;
use assent_domain::profile::Profile;
use assent_domain::subject::Subject;
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
    let people = asked.load(context, &call).await?;

    let results = asked.people.named.iter().map(|asked_for| {
        let told = match asked_for {
            Ok(id) => asked.tell(id, &people, &rules, now),
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

/// The people asked about.
enum Loaded {
    /// As they are now, one row each.
    Now(BTreeMap<ProfileKey, Subject>),
    /// With their records, which alone say what was so or known at another instant.
    Then(BTreeMap<ProfileKey, Profile>),
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

    async fn load(&self, context: &Context, call: &Call) -> Outcome<Loaded> {
        let (store, keys) = (context.store_for(call), self.people.keys());
        Ok(match (self.as_of, self.known_at) {
            (None, None) => Loaded::Now(store.load_subjects(call.tenant(), &keys).await?),
            _ => Loaded::Then(store.load_profiles(call.tenant(), &keys).await?),
        })
    }

    fn tell(
        &self,
        id: &ProfileId,
        people: &Loaded,
        rules: &Rules,
        now: Instant,
    ) -> Outcome<v1::ProfileConsents> {
        let key = self.people.key(id);
        let told = match people {
            Loaded::Now(people) => people
                .get(&key)
                .map(|subject| consents(rules, subject.person(), subject.version(), subject.now(now))),
            Loaded::Then(people) => people.get(&key).map(|profile| {
                let as_of = self.as_of.unwrap_or_else(|| profile.now(now));
                // Facts too as they were known then: what came later must not make a past answer read otherwise.
                let history = profile.history_known(self.known_at);
                let person = Person { history: &history, ..profile.person() };
                let version = profile.version_read(as_of, self.known_at);
                consents(rules, person, version, as_of)
            }),
        };
        told.ok_or_else(|| Failure::internal("a person was not loaded"))
    }
}

/// What one person's consents are.
fn consents(rules: &Rules, person: Person<'_>, version: u64, as_of: Instant) -> v1::ProfileConsents {
    let facts = person.history.facts();
    let standings = person.history.standings(as_of, rules.expires_after(facts));
    let policies = rules.policies(facts);
    let verdicts = InteractionKind::TRACKED.into_iter().map(|kind| {
        let verdict = verdict_for_kind(kind, person, policies, &rules.table.zone, as_of);
        to_wire::verdict::of_kind(kind, &verdict)
    });
    v1::ProfileConsents {
        standings: to_wire::standing::standings(&standings, |_| true),
        facts: Some(to_wire::facts::known(facts)),
        profile_version: version,
        verdicts: verdicts.collect(),
        policies: policies.named().iter().map(to_wire::policy::version).collect(),
    }
}
