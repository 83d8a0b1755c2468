//! A batch: each item for itself, all that is accepted together.

use super::*;
use assent_tests::{apply, every_app, marks};

#[apply(every_app)]
async fn an_item_that_is_wrong_names_every_field_and_blocks_nobody(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let mut wrong = says("", Answer::Grant, opens(), Some(story::evidence(&notice, "ours")));
    wrong.profile = None;
    wrong = with(wrong, |given| {
        given.basis = 77;
        given.coverage = None;
    });
    let told = upsert(app, vec![wrong, says("ada", Answer::Refuse, opens(), None)]).await;
    let status = refused(&told[0]);
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
    assert_eq!(fields(&status), ["items[0].profile", "items[0].answer.coverage", "items[0].answer.basis"]);
    assert_eq!(one(&told[1]), (Outcome::Created, State::Refused));
}

#[apply(every_app)]
async fn an_unknown_table_is_an_error_of_the_call(app: &TestApp) {
    let unknown = |items| {
        let mut batch = story::batch(items);
        batch.profile_table = marks::id("nowhere");
        batch
    };
    let good = says("ada", Answer::Refuse, opens(), None);
    let bad = v1::UpsertConsentsItem::default();
    for items in [vec![good], vec![bad]] {
        let status = send(app, unknown(items)).await.expect_err("there is no such table");
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "PROFILE_TABLE_UNKNOWN"));
    }
    let request = v1::GetConsentsRequest {
        profile_table: marks::id("nowhere"),
        profiles: story::person("ada").into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let status = app.client().consents().get_consents(request).await.expect_err("there is no such table");
    assert_eq!(reason(&status), "PROFILE_TABLE_UNKNOWN");
    let request = v1::ListConsentRecordsRequest {
        profile_table: marks::id("nowhere"),
        profile: story::person("ada"),
        ..v1::ListConsentRecordsRequest::default()
    };
    let status = app.client().consents().list_consent_records(request).await.expect_err("no such table");
    assert_eq!(reason(&status), "PROFILE_TABLE_UNKNOWN");
}

#[apply(every_app)]
async fn a_batch_that_is_too_large_says_how_large_it_may_be(app: &TestApp) {
    settled(app, "legacy").await;
    let batch = story::batch(vec![says("ada", Answer::Refuse, opens(), None); 1001]);
    let status = send(app, batch).await.expect_err("one too many");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "BATCH_TOO_LARGE"));
    assert_eq!((fact(&status, "field"), fact(&status, "max_items")), ("items".into(), "1000".into()));
}

#[apply(every_app)]
async fn a_dry_run_answers_and_stores_nothing(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let mut batch = story::batch(vec![
        says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours"))),
        says("ada", Answer::Withdraw, opens(), None),
    ]);
    batch.validate_only = true;
    let told = send(app, batch.clone()).await.expect("a dry run is answered");
    assert_eq!(one(&told[1]), (Outcome::Changed, State::Withdrawn));
    let standing = told[1].as_ref().expect("accepted").series[0].standing.clone().expect("a standing");
    assert_eq!(standing.record_id, None, "what would be recorded has no id");
    assert!(story::records(app.client(), "ada").await.is_empty());
    assert_eq!(get(app, "ada").await.profile_version, 0);
    let kept = app
        .look()
        .await
        .column("SELECT CAST(count(*) AS TEXT) FROM request WHERE method LIKE 'Upsert%'")
        .await;
    let before = kept.expect("a look");

    // Nothing of it is left, not the request id either: the same id stores now.
    batch.validate_only = false;
    let told = send(app, batch).await.expect("the batch is stored");
    assert!(
        told[1].as_ref().expect("accepted").series[0].standing.as_ref().expect("one").record_id.is_some()
    );
    assert_eq!(story::records(app.client(), "ada").await.len(), 2);
    let kept = app
        .look()
        .await
        .column("SELECT CAST(count(*) AS TEXT) FROM request WHERE method LIKE 'Upsert%'")
        .await;
    assert_ne!(before, kept.expect("a look"));
}

#[apply(every_app)]
async fn the_same_ids_are_other_people_for_another_tenant(app: &TestApp) {
    settled(app, "legacy").await;
    upsert(app, vec![says("anna", Answer::Object, story::everything(), None)]).await;
    assert_eq!(state(&get(app, "anna").await, Series::EmailOpen), State::Objected);
    assert_eq!(state(&get(app, "bruno").await, Series::EmailOpen), State::Unknown, "only they know a Bruno");

    let them = app.client().with_key(Some(&app.theirs().key)).blind();
    let request = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: story::person("anna").into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    let answer = them.consents().get_consents(request).await.expect("they are told").into_inner();
    let Some(get_consents_result::Result::Consents(theirs)) = answer.results[0].result.clone() else {
        panic!("{answer:?}")
    };
    assert_eq!(state(&theirs, Series::EmailOpen), State::Granted);
}
