//! What became of what was said, in every word there is.

use super::*;
use assent_tests::{apply, every_app};
use std::time::Duration;

#[apply(every_app)]
async fn every_outcome_has_its_word(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let evidence = || Some(story::evidence(&notice, "ours"));
    let second = Duration::from_secs(1);

    let yes = says("ada", Answer::Grant, opens(), evidence());
    let told = upsert(app, vec![yes.clone()]).await;
    assert_eq!(one(&told[0]), (Outcome::Created, State::Granted));

    app.advance(second);
    let no = says("ada", Answer::Withdraw, opens(), None);
    let told = upsert(app, vec![no.clone()]).await;
    assert_eq!(one(&told[0]), (Outcome::Changed, State::Withdrawn));

    app.advance(second);
    let told = upsert(app, vec![no]).await;
    assert_eq!(
        one(&told[0]),
        (Outcome::Renewed, State::Withdrawn),
        "a direct withdrawal is an act each time"
    );

    let told = upsert(app, vec![yes]).await;
    assert_eq!(one(&told[0]), (Outcome::Unchanged, State::Withdrawn), "the same grant is on record");

    let late = with(says("ada", Answer::Grant, opens(), evidence()), |given| {
        given.decided_at = Some(story::timestamp(START - HOUR));
    });
    let told = upsert(app, vec![late]).await;
    assert_eq!(one(&told[0]), (Outcome::Superseded, State::Withdrawn), "it was said before the withdrawal");
}

/// Actito 5: marketing yes and tracking no at once.
#[apply(every_app)]
async fn marketing_yes_and_tracking_no_at_once(app: &TestApp) {
    let notice = settled(app, "fr-cnil-2026").await;
    let yes = says("ada", Answer::Grant, marketing(), Some(story::evidence(&notice, "ours")));
    let no = says("ada", Answer::Refuse, story::tracking(), None);
    let told = upsert(app, vec![yes, no]).await;
    assert_eq!(one(&told[0]), (Outcome::Created, State::Granted));
    let refused = told[1].as_ref().expect("a refusal is always taken");
    assert_eq!(refused.series.len(), 6);

    let reads = get(app, "ada").await;
    assert_eq!(state(&reads, Series::Marketing), State::Granted);
    let scopes = reads.standings.iter().filter(|standing| standing.series() != Series::Marketing);
    assert!(scopes.clone().count() == 6 && scopes.clone().all(|standing| standing.state() == State::Refused));
    assert!(reads.verdicts.iter().all(|told| told.reason() == v1::VerdictReason::Refused), "{reads:?}");
}

#[apply(every_app)]
async fn what_an_item_reads_counts_the_whole_batch(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let yes = says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    let no = says("ada", Answer::Object, opens(), None);
    let told = upsert(app, vec![yes, no]).await;
    assert_eq!(one(&told[0]), (Outcome::Created, State::Objected));
    assert_eq!(one(&told[1]), (Outcome::Changed, State::Objected));
    assert_eq!(story::records(app.client(), "ada").await.len(), 2);
}

#[apply(every_app)]
async fn facts_count_before_what_is_said_with_them(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let mut bare = says("ada", Answer::Grant, opens(), None);
    // Legacy demands nothing; a person in France is judged by the French rules too, from the same item on.
    bare.facts = Some(v1::ProfileFacts {
        collected_on: None,
        jurisdiction: Some("FR".to_owned()),
        source: story::form("ours"),
    });
    let told = upsert(app, vec![bare.clone()]).await;
    assert_eq!(fact(&refused(&told[0]), "policies"), "fr-cnil-2026");
    assert_eq!(
        get(app, "ada").await.facts,
        Some(v1::KnownFacts::default()),
        "nothing of a refused item is stored"
    );

    let full = with(bare, |given| given.evidence = Some(story::evidence(&notice, "ours")));
    let told = upsert(app, vec![full]).await;
    let accepted = told[0].as_ref().expect("full evidence");
    assert_eq!(accepted.facts(), Outcome::Created);
    let reads = get(app, "ada").await;
    let policies: Vec<_> = reads.policies.iter().map(|policy| policy.id.as_str()).collect();
    assert_eq!(policies, ["legacy", "fr-cnil-2026"]);
    assert_eq!(reads.profile_version, 2);
}

#[apply(every_app)]
async fn profile_facts_alone_are_created_changed_or_unchanged(app: &TestApp) {
    settled(app, "legacy").await;
    let send = async |year| {
        let facts = v1::ProfileFacts {
            collected_on: Some(assent_proto::google::Date { year, month: 2, day: 28 }),
            jurisdiction: None,
            source: story::form("ours"),
        };
        let request = v1::UpsertProfilesRequest {
            profile_table: story::people(),
            items: vec![v1::UpsertProfilesItem { profile: story::person("ada"), facts: Some(facts) }],
            request_id: marks::uuid(),
            validate_only: false,
            origin: None,
        };
        let answer = app.client().consents().upsert_profiles(request).await.expect("facts are taken");
        let result = answer.into_inner().results.remove(0).result;
        let Some(v1::upsert_profiles_result::Result::Outcome(outcome)) = result else { panic!("{result:?}") };
        (outcome.outcome(), outcome.facts.and_then(|facts| facts.collected_on).map(|day| day.year))
    };
    assert_eq!(send(2024).await, (Outcome::Created, Some(2024)));
    assert_eq!(send(2024).await, (Outcome::Unchanged, Some(2024)));
    assert_eq!(send(2025).await, (Outcome::Changed, Some(2025)));
}
