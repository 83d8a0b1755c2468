//! What is too large, too many, too late, or comes when the service ends.

use std::time::Duration;

use assent_proto::v1::get_cursor_request::Start;
use assent_service::clock::Clock;
use assent_tests::engine::fresh;
use assent_tests::{apply, every_app, every_engine};
use tokio::task::JoinHandle;

use super::*;

/// Begins a call that cannot end, and returns when it is under way.
async fn begin(app: &TestApp) -> JoinHandle<Result<Response<v1::PutNoticeResponse>, Status>> {
    // What a call may take whose caller says nothing.
    begin_with(app, tonic::Request::new(notice()), Duration::from_secs(60)).await
}

async fn begin_with(
    app: &TestApp,
    request: tonic::Request<v1::PutNoticeRequest>,
    allowed: Duration,
) -> JoinHandle<Result<Response<v1::PutNoticeResponse>, Status>> {
    let (client, end) = (app.client().once(), app.clock().monotonic() + allowed);
    let call = tokio::spawn(async move { client.consents().put_notice(request).await });
    while !app.clock().sleeps_until(end) && !call.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(!call.is_finished(), "something is in its way");
    call
}

#[apply(every_app)]
async fn a_message_over_the_limit_is_told_the_limit(app: &TestApp) {
    let put = v1::PutNoticeRequest { text: "x".repeat(4 * 1024 * 1024 + 1) };
    let answer = app.client().consents().put_notice(put).await;
    let details = failed(answer, Code::ResourceExhausted, "MESSAGE_TOO_LARGE");
    assert_eq!(details.error_info().expect("a reason").metadata["max_bytes"], "4194304");
}

#[apply(every_app)]
async fn a_call_that_nobody_waits_for_any_longer_writes_nothing(app: &TestApp) {
    let mut look = in_the_way(app).await;
    // The store knows of it too and gives up then, but it is the caller's time that is over.
    let patience = Duration::from_secs(5);
    let mut request = tonic::Request::new(notice());
    request.set_timeout(patience);
    // It is told a little before, so that the answer still reaches the caller.
    let call = begin_with(app, request, patience - Duration::from_millis(20)).await;
    app.advance(patience);
    let answer = call.await.expect("no panic");
    look.run("ROLLBACK").await.expect("the way is free");
    let details = failed(answer, Code::DeadlineExceeded, "DEADLINE_EXCEEDED");
    assert!(details.retry_info().is_none(), "the caller's time is over");
    let list = v1::ListNoticesRequest::default();
    let listed = app.client().consents().list_notices(list).await.expect("a page").into_inner();
    assert!(listed.notices.is_empty());
}

#[apply(every_engine)]
async fn what_is_cut_off_by_the_end_is_told_so(engine: Engine) {
    let settings = [("SHUTDOWN__DRAIN_SECONDS", "0")];
    let mut app = TestApp::start_with(fresh(engine).await, &settings).await;
    let mut look = in_the_way(&app).await;
    let call = begin(&app).await;
    let told = async {
        let answer = call.await.expect("no panic");
        look.run("ROLLBACK").await.expect("the way is free");
        answer
    };
    let ((), answer) = tokio::join!(app.stop(), told);
    let details = failed(answer, Code::Unavailable, "SHUTTING_DOWN");
    assert!(details.retry_info().is_some_and(|info| info.retry_delay.is_some()));
    app.finish().await;
}

#[apply(every_engine)]
async fn one_call_more_than_there_is_room_for_is_sent_away(engine: Engine) {
    let settings = [("LIMITS__CONCURRENT_CALLS", "1")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    let mut look = in_the_way(&app).await;
    let call = begin(&app).await;
    let cursor =
        || v1::GetCursorRequest { start: Some(Start::Edge(v1::CursorEdge::Earliest.into())), filter: None };
    let answer = app.client().changes().get_cursor(cursor()).await;
    let details = failed(answer, Code::Unavailable, "UNAVAILABLE");
    assert!(details.retry_info().is_some_and(|info| info.retry_delay.is_some()));
    look.run("ROLLBACK").await.expect("the way is free");
    call.await.expect("no panic").expect("the first call was not disturbed");
    app.finish().await;
}
