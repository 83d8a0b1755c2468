//! What a grant must come with, and how it is told what it lacks.

use super::*;
use assent_tests::{apply, every_app};

#[apply(every_app)]
async fn each_missing_item_of_evidence_is_named(app: &TestApp) {
    settled(app, "strict").await;
    let bare = with(says("ada", Answer::Grant, opens(), None), |given| given.decided_at = None);
    let told = upsert(app, vec![bare]).await;
    let status = refused(&told[0]);
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "EVIDENCE_MISSING"));
    let items = "DECISION_TIME,METHOD,SOURCE,SOURCE_VERSION,NOTICE_TEXT,LANGUAGE,ACTOR";
    assert_eq!(fact(&status, "items"), items);
    assert_eq!(fact(&status, "policies"), "strict");
    let expected = [
        "decided_at",
        "evidence.method",
        "evidence.source.name",
        "evidence.source.version",
        "evidence.notice_id",
        "evidence.language",
        "evidence.actor",
    ];
    assert_eq!(fields(&status), expected.map(|field| format!("items[0].answer.{field}")));
    assert!(story::records(app.client(), "ada").await.is_empty());
}

#[apply(every_app)]
async fn no_refusal_ever_fails_for_missing_evidence(app: &TestApp) {
    settled(app, "strict").await;
    for (who, answer, state) in [
        ("ada", Answer::Refuse, State::Refused),
        ("bob", Answer::Withdraw, State::Withdrawn),
        ("cyd", Answer::Object, State::Objected),
    ] {
        let told = upsert(app, vec![says(who, answer, opens(), None)]).await;
        assert_eq!(one(&told[0]), (Outcome::Created, state));
    }
}

#[apply(every_app)]
async fn each_rule_that_refuses_a_grant_gives_its_reason(app: &TestApp) {
    let notice = settled(app, "fr-cnil-2026").await;
    let full = || says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    let evidence = |given: &mut v1::AnswerGiven, change: fn(&mut v1::Evidence)| {
        change(given.evidence.as_mut().expect("full evidence"));
    };
    let items = vec![
        with(full(), |given| evidence(given, |evidence| evidence.method = Some("pre_ticked".into()))),
        with(full(), |given| given.basis = Basis::Assumed.into()),
        with(full(), |given| given.coverage = story::everything()),
        with(full(), |given| given.decided_at = Some(story::timestamp(START + HOUR))),
        with(full(), |given| evidence(given, |evidence| evidence.notice_id = Some(vec![1; 32]))),
        with(full(), |given| given.basis = 0),
        full(),
    ];
    let told = upsert(app, items).await;
    let reasons: Vec<_> = told[..6].iter().map(|told| reason(&refused(told))).collect();
    let expected = [
        "METHOD_FORBIDDEN",
        "BASIS_NOT_ACCEPTED",
        "JOINT_NOT_ALLOWED",
        "GRANT_IN_FUTURE",
        "NOTICE_UNKNOWN",
        "FIELD_INVALID",
    ];
    assert_eq!(reasons, expected);
    assert_eq!(fact(&refused(&told[3]), "max_seconds_ahead"), "300");
    assert_eq!(fields(&refused(&told[4])), ["items[4].answer.evidence.notice_id"]);
    assert_eq!(fields(&refused(&told[5])), ["items[5].answer.basis"]);
    assert_eq!(one(&told[6]), (Outcome::Created, State::Granted), "one bad item does not block another");
}

#[apply(every_app)]
async fn without_a_controller_no_grant_is_stored(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let mut table = story::profile_table(marks::id("nobodys"), "ours");
    table.controller = None;
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let yes = says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    let no = says("bob", Answer::Refuse, opens(), None);
    let mut batch = story::batch(vec![yes, no]);
    batch.profile_table = marks::id("nobodys");
    let told = send(app, batch).await.expect("a batch is answered");
    let status = refused(&told[0]);
    assert_eq!(
        (reason(&status).as_str(), fact(&status, "items").as_str()),
        ("EVIDENCE_MISSING", "CONTROLLER")
    );
    assert_eq!(fields(&status), ["profile_table"]);
    assert_eq!(one(&told[1]), (Outcome::Created, State::Refused));
}

#[apply(every_app)]
async fn an_incomplete_notice_names_what_it_lacks(app: &TestApp) {
    settled(app, "fr-cnil-2026").await;
    let given = v1::NoticeGiven { coverage: story::tracking(), ..v1::NoticeGiven::default() };
    let item = v1::UpsertConsentsItem {
        profile: story::person("ada"),
        facts: None,
        event: Some(Event::Notice(given)),
    };
    let told = upsert(app, vec![item]).await;
    let status = refused(&told[0]);
    assert_eq!(reason(&status), "NOTICE_INCOMPLETE");
    assert_eq!(fact(&status, "policies"), "fr-cnil-2026");
    let named = fields(&status);
    for field in
        ["facts.collected_on", "notice.notice_id", "notice.conditions_unchanged", "notice.justification"]
    {
        assert!(named.contains(&format!("items[0].{field}")), "{field} in {named:?}");
    }
}

#[apply(every_app)]
async fn every_policy_that_demands_a_missing_item_is_named(app: &TestApp) {
    settled(app, "strict").await;
    let mut bare = says("ada", Answer::Grant, opens(), None);
    bare.facts = Some(v1::ProfileFacts {
        collected_on: None,
        jurisdiction: Some("IT".to_owned()),
        source: story::form("ours"),
    });
    let told = upsert(app, vec![bare]).await;
    let status = refused(&told[0]);
    assert_eq!(fact(&status, "policies"), "it-garante-2026,strict");
    assert_eq!(fact(&status, "items"), "METHOD,SOURCE,SOURCE_VERSION,NOTICE_TEXT,LANGUAGE,ACTOR");
    assert_eq!(fields(&status).len(), 12, "each item once for each policy");
}
