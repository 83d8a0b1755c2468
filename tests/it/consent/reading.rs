//! States at an instant, by what was known then, and what would be done with what a person does.

use super::*;
use assent_tests::{apply, every_app};
use std::time::Duration;

#[apply(every_app)]
async fn states_are_told_as_of_any_past_instant_and_as_known_then(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    upsert(app, vec![says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")))]).await;
    app.advance(Duration::from_secs(3600));
    upsert(app, vec![says("ada", Answer::Withdraw, opens(), None)]).await;
    app.advance(Duration::from_secs(3600));
    // An import knows of an objection that was made between the two.
    let late = with(says("ada", Answer::Object, opens(), None), |given| {
        given.decided_at = Some(story::timestamp(START + HOUR / 2));
        let kind = v1::SourceKind::Import.into();
        let source = Some(v1::Source { kind, name: None, version: None });
        given.evidence = Some(v1::Evidence { source, ..v1::Evidence::default() });
    });
    upsert(app, vec![late]).await;

    let told = async |as_of, known_at| {
        let reads = get_as(app, "ada", as_of, known_at).await;
        (state(&reads, Series::EmailOpen), reads.profile_version)
    };
    assert_eq!(told(None, None).await, (State::Objected, 3));
    assert_eq!(told(Some(START - 1), None).await, (State::Unknown, 0));
    assert_eq!(told(Some(START), None).await, (State::Granted, 1));
    assert_eq!(told(Some(START + HOUR - 1), None).await, (State::Objected, 3));
    assert_eq!(told(Some(START + HOUR - 1), Some(START + HOUR)).await, (State::Granted, 1));
    assert_eq!(told(None, Some(START + HOUR)).await, (State::Withdrawn, 2));
}

/// The model and the service read this in two ways: facts of now, or those of then. Those of then it is.
#[apply(every_app)]
async fn what_was_known_then_are_the_facts_of_then_too(app: &TestApp) {
    settled(app, "legacy").await;
    let moves_to = |country: &str| v1::UpsertConsentsItem {
        profile: story::person("ada"),
        facts: Some(v1::ProfileFacts {
            jurisdiction: Some(country.to_owned()),
            source: story::form("ours"),
            ..v1::ProfileFacts::default()
        }),
        event: None,
    };
    upsert(app, vec![moves_to("US")]).await;
    app.advance(Duration::from_secs(3600));
    upsert(app, vec![moves_to("DE")]).await;
    let told = async |known_at| {
        let read = get_as(app, "ada", None, known_at).await;
        let policies: Vec<String> = read.policies.iter().map(|policy| policy.id.clone()).collect();
        (read.facts.and_then(|facts| facts.jurisdiction), policies.join(" "), read.verdicts[0].verdict())
    };
    let (then, now) = (told(Some(START)).await, told(None).await);
    assert_eq!(then, (Some("US".to_owned()), "legacy".to_owned(), v1::Verdict::Record));
    assert_eq!(now, (Some("DE".to_owned()), "legacy strict".to_owned(), v1::Verdict::Discard));
}

#[apply(every_app)]
async fn the_future_is_never_told(app: &TestApp) {
    settled(app, "legacy").await;
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person("ada").into_iter().collect(),
        as_of: Some(story::timestamp(START + 1)),
        known_at: Some(story::timestamp(START + HOUR)),
    };
    let status = app.client().consents().get_consents(request).await.expect_err("the future");
    assert_eq!(
        (reason(&status).as_str(), fields(&status)),
        ("FIELD_INVALID", vec!["as_of".into(), "known_at".into()])
    );
}

#[apply(every_app)]
async fn somebody_nobody_heard_of_is_answered(app: &TestApp) {
    settled(app, "legacy").await;
    let reads = get(app, "nobody").await;
    assert_eq!(reads.standings.len(), 7);
    assert!(reads.standings.iter().all(|told| told.state() == State::Unknown && told.since.is_none()));
    assert_eq!((reads.profile_version, reads.facts), (0, Some(v1::KnownFacts::default())));
    // Legacy permits where nobody answered.
    assert!(reads.verdicts.iter().all(|told| told.verdict() == v1::Verdict::Record));
    assert!(reads.verdicts.iter().all(|told| told.reason() == v1::VerdictReason::DefaultPermits));
}

#[apply(every_app)]
async fn the_verdict_of_each_kind_follows_its_scope(app: &TestApp) {
    let notice = settled(app, "strict").await;
    upsert(app, vec![says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")))]).await;
    let reads = get(app, "ada").await;
    let told: Vec<_> =
        reads.verdicts.iter().map(|told| (told.kind(), told.verdict(), told.reason())).collect();
    let denied = |kind| (kind, v1::Verdict::Discard, v1::VerdictReason::Unknown);
    let expected = [
        (v1::InteractionKind::EmailOpen, v1::Verdict::Record, v1::VerdictReason::Granted),
        denied(v1::InteractionKind::EmailClick),
        denied(v1::InteractionKind::SmsClick),
        denied(v1::InteractionKind::WebsiteVisit),
        denied(v1::InteractionKind::TransactionGoal),
    ];
    assert_eq!(told, expected);
    assert!(
        reads.verdicts.iter().all(|told| told.policy.as_ref().is_some_and(|policy| policy.id == "strict"))
    );
    let standing = &reads.standings[1];
    assert_eq!(standing.since, Some(story::timestamp(START)));
    assert_eq!(standing.record_id, Some(story::records(app.client(), "ada").await[0].id.clone()));
}

#[apply(every_app)]
async fn a_person_named_wrongly_blocks_nobody(app: &TestApp) {
    settled(app, "legacy").await;
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: vec![v1::ProfileKey { id: String::new() }, story::person("ada").expect("a person")],
        ..v1::GetConsentsRequest::default()
    };
    let answer = app.client().consents().get_consents(request).await.expect("an answer").into_inner();
    let Some(get_consents_result::Result::Error(error)) = &answer.results[0].result else {
        panic!("{answer:?}")
    };
    let status = status(error);
    assert_eq!(
        (reason(&status).as_str(), fields(&status)),
        ("FIELD_INVALID", vec!["profiles[0].id".to_owned()])
    );
    assert!(matches!(answer.results[1].result, Some(get_consents_result::Result::Consents(_))));
}
