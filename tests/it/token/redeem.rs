//! A withdrawal by a link is an answer like any other: recorded with what proves it, in force at once, every time.

use std::time::Duration;

use super::*;

#[apply(every_app)]
async fn a_withdrawal_by_a_link_is_of_all_that_the_token_covers(app: &TestApp) {
    settled(app, "strict").await;
    let token = withdrawing(app).await;
    app.advance(Duration::from_secs(60));
    let told = link::redeem(app.client(), link::withdrawal(&token, None)).await.expect("a withdrawal");
    assert_eq!(told.len(), 1);
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
    let (first, rest) = (State::Granted, State::Withdrawn);
    assert_eq!(states(app, "anna").await, [first, rest, rest, rest, rest, rest, rest], "the mail goes on");

    // What proves it: that it was a link, in which message, and when.
    let history = story::records(app.client(), "anna").await;
    let record = history.last().expect("a record");
    let said = answered(record);
    assert_eq!((said.answer(), said.coverage.clone()), (Answer::Withdraw, story::tracking()));
    let evidence = said.evidence.as_ref().expect("evidence");
    assert_eq!(
        (evidence.method.as_deref(), evidence.actor.as_deref()),
        (Some("message_link"), Some("data subject"))
    );
    let source = evidence.source.as_ref().expect("a source");
    assert_eq!((source.kind(), source.name.clone()), (v1::SourceKind::Message, Some(marks::id("spring"))));
    let at = Some(story::timestamp(START + 60_000_000));
    assert_eq!((record.recorded_at, record.effective_at), (at, at));
    assert!(record.controller.is_some());
}

#[apply(every_app)]
async fn a_person_may_withdraw_from_a_part_and_not_from_more_than_the_link_covers(app: &TestApp) {
    settled(app, "strict").await;
    let some = scopes(&[v1::Scope::EmailOpen, v1::Scope::EmailClick]);
    let token = link::token(app.client(), link::withdrawing("anna", some)).await;
    let before = held(app).await;
    for more in [
        marketing(),
        story::tracking(),
        story::everything(),
        scopes(&[v1::Scope::EmailOpen, v1::Scope::Device]),
    ] {
        let status = link::redeem(app.client(), link::withdrawal(&token, more)).await.expect_err("more");
        let expected = is(Code::FailedPrecondition, "TOKEN_INSUFFICIENT", &["withdraw.coverage"]);
        assert_eq!(fault(&status), expected);
    }
    let choice = link::choice(Answer::Withdraw, scopes(&[v1::Scope::EmailOpen]), &[7; 32]);
    let status =
        link::redeem(app.client(), link::choices(&token, vec![choice])).await.expect_err("another use");
    assert_eq!(fault(&status), is(Code::FailedPrecondition, "TOKEN_INSUFFICIENT", &["preferences"]));
    assert_eq!(held(app).await, before);

    let clicks = scopes(&[v1::Scope::EmailClick]);
    let told = link::redeem(app.client(), link::withdrawal(&token, clicks)).await.expect("a part");
    assert_eq!(link::words(&told[0]), ["EMAIL_CLICK CHANGED WITHDRAWN"]);
}

#[apply(every_app)]
async fn a_token_of_the_preference_centre_may_withdraw_from_everything(app: &TestApp) {
    settled(app, "strict").await;
    let token = choosing(app).await;
    let told = link::redeem(app.client(), link::withdrawal(&token, None)).await.expect("a withdrawal");
    let mut expected = vec!["MARKETING CHANGED WITHDRAWN".to_owned()];
    expected.extend(each(&TRACKING, "CHANGED WITHDRAWN"));
    assert_eq!(link::words(&told[0]), expected);
}

#[apply(every_app)]
async fn a_link_that_was_used_is_a_record_each_time_and_bites_again_after_a_later_grant(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let token = withdrawing(app).await;
    let withdraw = || link::withdrawal(&token, None);
    let told = link::redeem(app.client(), withdraw()).await.expect("a withdrawal");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
    app.advance(Duration::from_secs(1));
    let told = link::redeem(app.client(), withdraw()).await.expect("another");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "RENEWED WITHDRAWN"));
    assert_eq!(story::records(app.client(), "anna").await.len(), 4);

    app.advance(Duration::from_secs(1));
    let again = story::item("anna", Answer::Grant, START + 2_000_000, Some(story::evidence(&notice, "ours")));
    app.client().consents().upsert_consents(story::batch(vec![again])).await.expect("a later grant");
    assert_eq!(states(app, "anna").await, [State::Granted; 7]);
    app.advance(Duration::from_secs(1));
    let told = link::redeem(app.client(), withdraw()).await.expect("the same link");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
}

#[apply(every_app)]
async fn the_same_request_writes_once_and_its_id_stands_for_one_content(app: &TestApp) {
    settled(app, "strict").await;
    let (token, other) = (withdrawing(app).await, withdrawing(app).await);
    let client = app.client().once();
    let request = link::withdrawal(&token, None);
    for _ in 0..3 {
        let told = link::redeem(&client, request.clone()).await.expect("the same answer");
        assert_eq!(link::words(&told[0]), each(&TRACKING, "CHANGED WITHDRAWN"));
        app.advance(Duration::from_secs(60));
    }
    assert_eq!(story::records(app.client(), "anna").await.len(), 3, "two grants and one withdrawal");
    let reused = is(Code::AlreadyExists, "REQUEST_ID_REUSED", &[]);
    let part = scopes(&[v1::Scope::EmailOpen]);
    for said in [
        v1::RedeemTokenRequest { token: other, ..request.clone() },
        v1::RedeemTokenRequest { request_id: request.request_id.clone(), ..link::withdrawal(&token, part) },
        v1::RedeemTokenRequest { origin: Some("crm".to_owned()), ..request.clone() },
    ] {
        assert_eq!(fault(&link::redeem(&client, said).await.expect_err("another content")), reused);
    }
    let item = story::item("anna", Answer::Object, START, None);
    let batch = v1::UpsertConsentsRequest { request_id: request.request_id, ..story::batch(vec![item]) };
    let status = client.consents().upsert_consents(batch).await.expect_err("another method");
    assert_eq!(fault(&status), reused);
    assert_eq!(story::records(app.client(), "anna").await.len(), 3);
}

#[apply(every_app)]
async fn somebody_who_never_answered_can_withdraw_by_a_link(app: &TestApp) {
    settled(app, "legacy").await;
    let token = link::token(app.client(), link::withdrawing("nobody we know", story::everything())).await;
    let request = v1::RedeemTokenRequest { origin: Some("crm".to_owned()), ..link::withdrawal(&token, None) };
    let told = link::redeem(app.client(), request).await.expect("a withdrawal");
    assert!(link::words(&told[0]).iter().all(|told| told.ends_with("CREATED WITHDRAWN")), "{told:?}");
    let history = story::records(app.client(), "nobody we know").await;
    assert_eq!((history.len(), history[0].origin.as_deref()), (1, Some("crm")));
}

/// Erases Anna.
async fn erased(app: &TestApp) {
    let request = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        origin: None,
    };
    app.client().privacy().erase_profile(request).await.expect("an erasure");
}

#[apply(every_app)]
async fn the_link_of_somebody_who_was_erased_gets_the_ordinary_answer_and_stores_nothing(app: &TestApp) {
    settled(app, "strict").await;
    let (withdraw, choose) = (withdrawing(app).await, choosing(app).await);
    erased(app).await;
    app.advance(Duration::from_secs(1));
    let history = story::records(app.client(), "anna").await.len();
    let told = link::describe(app.client(), &choose).await.expect("a description");
    assert!(told.standings.iter().all(|reads| reads.state() == State::Unknown));
    let told = link::redeem(app.client(), link::withdrawal(&withdraw, None)).await.expect("an answer");
    assert_eq!(link::words(&told[0]), each(&TRACKING, "CREATED WITHDRAWN"));
    let choice = link::choice(Answer::Object, marketing(), &[7; 32]);
    let told = link::redeem(app.client(), link::choices(&choose, vec![choice])).await.expect("an answer");
    assert_eq!(link::words(&told[0]), ["MARKETING CREATED OBJECTED"]);
    assert_eq!(states(app, "anna").await, [State::Unknown; 7]);
    assert_eq!(story::records(app.client(), "anna").await.len(), history);
}

#[apply(every_app)]
async fn a_grant_by_the_link_of_somebody_who_was_erased_opens_a_new_life(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let token = choosing(app).await;
    erased(app).await;
    let grant = || link::choices(&token, vec![link::choice(Answer::Grant, marketing(), &notice)]);
    let told = link::redeem(app.client(), grant()).await.expect("an answer");
    assert_eq!(fault(&refused(&told[0])), is(Code::FailedPrecondition, "PROFILE_ERASED", &[]));
    let details = refused(&told[0]).get_details_precondition_failure().expect("what has to be so");
    assert_eq!(details.violations[0].subject, "token");
    app.advance(Duration::from_secs(1));
    let told = link::redeem(app.client(), grant()).await.expect("an answer");
    assert_eq!(link::words(&told[0]), ["MARKETING CREATED GRANTED"]);
    assert_eq!(states(app, "anna").await[..2], [State::Granted, State::Unknown]);
}
