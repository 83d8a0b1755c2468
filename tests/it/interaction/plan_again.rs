//! A plan that records its sends, made again: the same modes, for reasons as they read now, and nothing recorded twice.

use std::time::Duration;

use assent_proto::v1::{self, Answer, LinkMode, PixelMode};
use assent_tests::app::TestApp;
use assent_tests::deed::{fates, open};
use assent_tests::plan::{asking, recording, to, words};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;
use tonic_types::StatusExt;

use super::{START, declare, newsletter, rows, says, settled};

const ALL: &str = "IDENTIFIED GRANTED, TRACKED GRANTED, RECORDED";

/// The reason that a plan is refused for.
async fn refused(app: &TestApp, request: v1::PlanTrackingRequest) -> (Code, String) {
    let status = app.client().interactions().plan_tracking(request).await.expect_err("a refusal");
    (status.code(), status.get_details_error_info().expect("a reason").reason)
}

#[apply(every_app)]
async fn a_repeated_plan_tells_the_same_modes_and_the_reasons_as_they_read_now(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let mut request = recording(to(&["anna", "bruno", "chloe", ""], "spring"));
    request.recipients[2].pixel = PixelMode::Shared.into();
    request.recipients[1].links = LinkMode::Tracked.into();
    let above = "MODE_ABOVE_PLAN links=PLAIN links_reason=REFUSED";
    let shared = "SHARED GRANTED, TRACKED GRANTED, RECORDED";
    request.recipients[3].profile = None;
    let first = words(app.client(), request.clone()).await;
    assert_eq!(first, [ALL, above, shared, "FIELD_INVALID"]);
    let sends = rows(app, "send").await;
    assert_eq!(sends, 2);

    app.advance(Duration::from_secs(60));
    says(app, "anna", Answer::Withdraw).await;
    says(app, "bruno", Answer::Withdraw).await;
    let again = words(app.client(), request.clone()).await;
    let now = "IDENTIFIED WITHDRAWN, TRACKED WITHDRAWN, RECORDED";
    let above = "MODE_ABOVE_PLAN links=PLAIN links_reason=WITHDRAWN";
    assert_eq!(again, [now, above, shared, "FIELD_INVALID"]);

    // A UUID is the same in either case.
    let mut upper = request.clone();
    if let Some(recording) = &mut upper.record_sends {
        recording.request_id.make_ascii_uppercase();
    }
    assert_eq!(words(app.client(), upper).await, again);
    assert_eq!((rows(app, "send").await, rows(app, "interaction").await), (sends, sends));
}

#[apply(every_app)]
async fn the_id_of_a_plan_stands_for_one_content(app: &TestApp) {
    settled(app).await;
    let request = recording(to(&["anna"], "spring"));
    assert_eq!(words(app.client(), request.clone()).await, [ALL]);
    let reused = (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned());
    let with_id = |other| v1::PlanTrackingRequest { record_sends: request.record_sends.clone(), ..other };
    let asked = asking(to(&["anna"], "spring"), PixelMode::None, LinkMode::Unspecified);
    for other in [to(&["anna"], "summer"), to(&["bruno"], "spring"), to(&["anna", "anna"], "spring"), asked] {
        assert_eq!(refused(app, with_id(other)).await, reused);
    }
    assert_eq!(rows(app, "send").await, 1);
    // What was refused fixed nothing.
    declare(app, newsletter("summer")).await;

    // Nor does it stand for a call of another method, and theirs not for this one.
    let id = request.record_sends.clone().expect("it records").request_id;
    let batch = v1::UpsertConsentsRequest { request_id: id, ..story::batch(Vec::new()) };
    let items = vec![story::item("anna", Answer::Refuse, START, None)];
    let batch = v1::UpsertConsentsRequest { items, ..batch };
    let status = app.client().consents().upsert_consents(batch).await.expect_err("another method");
    assert_eq!(status.code(), Code::AlreadyExists);
    let batch = story::batch(vec![story::item("anna", Answer::Refuse, START, None)]);
    app.client().consents().upsert_consents(batch.clone()).await.expect("a batch");
    let theirs = Some(v1::SendRecording { request_id: batch.request_id });
    let other = v1::PlanTrackingRequest { record_sends: theirs, ..to(&["anna"], "spring") };
    assert_eq!(refused(app, other).await, reused);
}

#[apply(every_app)]
async fn a_send_that_is_on_record_stays_as_it_is(app: &TestApp) {
    settled(app).await;
    let one = |pixel| {
        let mut request = recording(asking(to(&["anna"], "spring"), pixel, LinkMode::Unspecified));
        request.recipients[0].sent_at = Some(story::timestamp(START));
        request
    };
    let id = Some(marks::uuid());
    let mut dark = one(PixelMode::None);
    dark.recipients[0].interaction_id.clone_from(&id);
    assert_eq!(words(app.client(), dark).await, ["NONE GRANTED, TRACKED GRANTED, RECORDED"]);
    let mut light = one(PixelMode::Identified);
    light.recipients[0].interaction_id = id;
    let told = words(app.client(), light.clone()).await;
    assert_eq!(told, ["IDENTIFIED GRANTED, TRACKED GRANTED, DUPLICATE"]);
    assert_eq!(
        fates(app.client(), vec![open("anna", START, "spring")]).await,
        ["DISCARDED TRACKING_DISABLED"]
    );
    assert_eq!(rows(app, "send").await, 1);
    assert_eq!(words(app.client(), light).await, told, "and told so again");
}

#[apply(every_app)]
async fn what_was_dated_too_far_ahead_stays_refused(app: &TestApp) {
    settled(app).await;
    let mut request = recording(to(&["anna"], "spring"));
    request.recipients[0].sent_at = Some(story::timestamp(START + 600_000_000));
    assert_eq!(words(app.client(), request.clone()).await, ["FIELD_INVALID"]);
    app.advance(Duration::from_secs(600));
    assert_eq!(words(app.client(), request.clone()).await, ["FIELD_INVALID"], "today it would be taken");
    assert_eq!(words(app.client(), recording(request)).await, [ALL]);
}

#[apply(every_app)]
async fn the_same_plan_at_the_same_time_is_recorded_once(app: &TestApp) {
    settled(app).await;
    let request = recording(to(&["anna", "bruno", "zoe"], "spring"));
    let client = app.client().once();
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (client, request) = (client.clone(), request.clone());
        calls.spawn(async move { words(&client, request).await });
    }
    let none = "NONE UNKNOWN, PLAIN UNKNOWN, RECORDED";
    for told in calls.join_all().await {
        assert_eq!(told, [ALL, ALL, none]);
    }
    assert_eq!((rows(app, "send").await, rows(app, "interaction").await), (3, 3));
}
