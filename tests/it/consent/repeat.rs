//! The same request again: written once, answered alike.

use super::*;
use assent_tests::{apply, every_app};
use std::time::Duration;

#[apply(every_app)]
async fn a_repeated_request_writes_once_and_tells_the_same_outcomes(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let batch = story::batch(vec![
        says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours"))),
        says("bob", Answer::Grant, opens(), None),
        v1::UpsertConsentsItem::default(),
    ]);
    let first = send(app, batch.clone()).await.expect("a batch is answered");
    assert_eq!(one(&first[0]), (Outcome::Created, State::Granted));

    app.advance(Duration::from_secs(60));
    upsert(app, vec![says("ada", Answer::Withdraw, opens(), None)]).await;
    let again = send(app, batch).await.expect("the batch is answered again");
    assert_eq!(one(&again[0]), (Outcome::Created, State::Withdrawn), "the outcome as then, the state as now");
    for index in [1, 2] {
        let (then, now) = (refused(&first[index]), refused(&again[index]));
        assert_eq!((then.code(), reason(&then), fields(&then)), (now.code(), reason(&now), fields(&now)));
    }
    assert_eq!(story::records(app.client(), "ada").await.len(), 2);
    assert!(story::records(app.client(), "bob").await.is_empty());
}

#[apply(every_app)]
async fn what_was_refused_stays_refused_when_it_comes_again(app: &TestApp) {
    let notice = settled(app, "legacy").await;
    let ahead = with(says("ada", Answer::Grant, opens(), Some(story::evidence(&notice, "ours"))), |given| {
        given.decided_at = Some(story::timestamp(START + HOUR));
    });
    let batch = story::batch(vec![ahead]);
    let first = send(app, batch.clone()).await.expect("a batch is answered");
    assert_eq!(reason(&refused(&first[0])), "GRANT_IN_FUTURE");

    // Today it would be accepted: the answer is the one that was given.
    app.advance(Duration::from_secs(2 * 3600));
    let again = send(app, batch).await.expect("the batch is answered again");
    assert_eq!(reason(&refused(&again[0])), "GRANT_IN_FUTURE");
    assert!(story::records(app.client(), "ada").await.is_empty());
}

#[apply(every_app)]
async fn a_request_id_stands_for_one_content(app: &TestApp) {
    settled(app, "legacy").await;
    let mut batch = story::batch(vec![says("ada", Answer::Refuse, opens(), None)]);
    send(app, batch.clone()).await.expect("a batch is answered");
    batch.items = vec![says("ada", Answer::Object, opens(), None)];
    let status = send(app, batch.clone()).await.expect_err("another content");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    // Not by people who are in neither, and not by another method.
    batch.items = vec![says("bob", Answer::Object, opens(), None)];
    assert_eq!(reason(&send(app, batch.clone()).await.expect_err("another content")), "REQUEST_ID_REUSED");
    let request = v1::UpsertProfilesRequest {
        profile_table: story::people(),
        items: vec![v1::UpsertProfilesItem::default()],
        request_id: batch.request_id,
        validate_only: false,
        origin: None,
    };
    let status = app.client().consents().upsert_profiles(request).await.expect_err("another method");
    assert_eq!(reason(&status), "REQUEST_ID_REUSED");
    assert_eq!(story::records(app.client(), "ada").await.len(), 1);
    assert!(story::records(app.client(), "bob").await.is_empty());
}
