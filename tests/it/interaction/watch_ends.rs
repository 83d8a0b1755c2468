//! The trigger stream over time: it is never silent for long, ends by itself with a cursor, sees what another replica
//! records, and a reader who does not take what it tells is cut without holding anything up.

use std::collections::BTreeSet;
use std::sync::Weak;
use std::time::Duration;

use assent_proto::v1::watch_interactions_response::Event;
use assent_proto::v1::{self, InteractionFilter, InteractionKind, WatchInteractionsRequest};
use assent_service::clock::Clock;
use assent_tests::app::TestApp;
use assent_tests::client::Client;
use assent_tests::deed::{fates, open, visit};
use assent_tests::engine::{Engine, fresh, run};
use assent_tests::process::Process;
use assent_tests::{apply, every_app, every_engine};
use tonic::Code;
use tonic::transport::Endpoint;
use tonic_types::StatusExt;

use super::feed::{after, at, earliest, read};
use super::watch::{Watch, from_cursor, from_edge, told};
use super::{BEFORE, settled};

/// How long a stream sleeps when nobody wakes it: then it speaks.
const SILENCE: Duration = Duration::from_secs(9);

const MINUTE: Duration = Duration::from_secs(60);

/// Longer than any stream lasts.
const OLD: Duration = Duration::from_secs(15 * 60);

async fn sleeps_until(app: &TestApp, end: Duration) {
    while !app.clock().sleeps_until(end) {
        tokio::task::yield_now().await;
    }
}

/// Lets a stream that spoke at that instant sleep until it speaks again.
async fn until_it_speaks(app: &TestApp, watch: &mut Watch, spoke: Duration) -> String {
    sleeps_until(app, spoke + SILENCE).await;
    app.advance(spoke + SILENCE - app.clock().monotonic());
    watch.checkpoint().await
}

/// A stream from the newest on that has looked once and sleeps, at an instant that nobody else fell asleep at; and that
/// instant.
async fn asleep(app: &TestApp, request: WatchInteractionsRequest) -> (Watch, Duration, String) {
    app.advance(Duration::from_micros(7));
    let begun = app.clock().monotonic();
    let mut watch = Watch::begin(app.client(), request).await;
    let cursor = watch.checkpoint().await;
    (watch, begun, cursor)
}

#[apply(every_app)]
async fn a_stream_tells_how_far_it_has_come_when_nothing_happens(app: &TestApp) {
    settled(app).await;
    let (mut watch, mut begun, first) = asleep(app, from_edge(v1::CursorEdge::Latest)).await;
    for _ in 0..2 {
        assert_eq!(until_it_speaks(app, &mut watch, begun).await, first);
        begun = app.clock().monotonic();
    }
}

#[apply(every_app)]
async fn a_stream_moves_on_when_everything_is_filtered_out(app: &TestApp) {
    settled(app).await;
    let kinds = vec![InteractionKind::EmailClick.into()];
    let filter = Some(InteractionFilter { kinds, ..InteractionFilter::default() });
    let request = WatchInteractionsRequest { filter: filter.clone(), ..from_edge(v1::CursorEdge::Latest) };
    let (mut watch, begun, first) = asleep(app, request).await;
    sleeps_until(app, begun + SILENCE).await;
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    let cursor = until_it_speaks(app, &mut watch, begun).await;
    assert_ne!(cursor, first);
    let on = v1::ReadInteractionsRequest { filter, ..after(&cursor) };
    let page = read(app.client(), on).await;
    assert!(page.interactions.is_empty() && page.caught_up);
    assert_eq!(page.next_cursor, cursor, "it was passed by");
}

#[apply(every_app)]
async fn a_stream_that_is_old_ends_with_a_cursor_to_go_on_from(app: &TestApp) {
    settled(app).await;
    let (mut watch, begun, _) = asleep(app, from_edge(v1::CursorEdge::Latest)).await;
    sleeps_until(app, begun + SILENCE).await;
    let mut last = String::new();
    app.advance(OLD);
    while let Some(told) = watch.0.message().await.expect("it ends in order") {
        let Some(Event::Checkpoint(checkpoint)) = told.event else { panic!("nothing was recorded") };
        last = checkpoint.cursor;
    }
    let seen = visit("anna", BEFORE, "shop");
    fates(app.client(), vec![seen.clone()]).await;
    let mut on = Watch::begin(app.client(), from_cursor(&last)).await;
    on.checkpoint().await;
    assert_eq!(told(&on.batch().await), [seen.interaction_id]);
}

#[apply(every_engine)]
async fn a_stream_ends_with_a_cursor_when_the_service_stops(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    settled(&app).await;
    let (mut watch, begun, first) = asleep(&app, from_edge(v1::CursorEdge::Latest)).await;
    sleeps_until(&app, begun + SILENCE).await;
    app.stop().await;
    let mut last = String::new();
    while let Some(told) = watch.0.message().await.expect("it ends in order") {
        let Some(Event::Checkpoint(checkpoint)) = told.event else { panic!("nothing was recorded") };
        last = checkpoint.cursor;
    }
    assert_eq!(last, first);
    app.finish().await;
}

#[apply(every_app)]
async fn a_reader_who_goes_away_is_no_longer_worked_for(app: &TestApp) {
    settled(app).await;
    let before = app.clock().sleepers();
    let (watch, begun, _) = asleep(app, from_edge(v1::CursorEdge::Latest)).await;
    sleeps_until(app, begun + SILENCE).await;
    drop(watch);
    while app.clock().sleepers() > before {
        tokio::task::yield_now().await;
    }
}

/// Returns when somebody sleeps until then for good: with every message a stream waits for its reader for a moment. Calls of
/// others are answered in between, so that whatever can go on does.
async fn sleeps_on(app: &TestApp, end: Duration) {
    let (mut sleep, mut times) = (None, 0);
    while times < 20 {
        read(app.client(), at(v1::CursorEdge::Latest)).await;
        let goes_on = sleep.as_ref().is_some_and(|sleep: &Weak<_>| sleep.strong_count() > 0);
        times = if goes_on { times + 1 } else { 0 };
        if !goes_on {
            sleep = app.clock().sleep_until_then(end);
        }
    }
}

#[apply(every_engine)]
async fn a_reader_who_takes_nothing_for_a_minute_is_cut_and_goes_on_from_what_it_read(engine: Engine) {
    // Or the bound of another call could be taken for the wait that is waited for.
    let settings = [("LIMITS__MAX_CALL_SECONDS", "90")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    slow(&app).await;
    app.finish().await;
}

async fn slow(app: &TestApp) {
    settled(app).await;
    let mut recorded = BTreeSet::new();
    for part in 0..4 {
        let seen: Vec<_> =
            (0..1_000).map(|nth| open("anna", BEFORE + part * 1_000 + nth, "spring")).collect();
        recorded.extend(seen.iter().map(|one| one.interaction_id.clone()));
        fates(&app.client().once(), seen).await;
    }
    app.advance(Duration::from_micros(7));
    let cut_at = app.clock().monotonic() + MINUTE;
    let mut watch = Watch::begin(&app.narrow_client(), from_edge(v1::CursorEdge::Earliest)).await;
    sleeps_on(app, cut_at).await;

    // Nobody else is held up meanwhile.
    let mut other = Watch::begin(app.client(), from_edge(v1::CursorEdge::Latest)).await;
    other.checkpoint().await;
    let seen = visit("anna", BEFORE, "shop");
    fates(app.client(), vec![seen.clone()]).await;
    assert_eq!(told(&other.batch().await), std::slice::from_ref(&seen.interaction_id));
    recorded.insert(seen.interaction_id);
    drop(other);

    app.advance(MINUTE);
    while app.clock().sleeps_until(cut_at) {
        tokio::task::yield_now().await;
    }
    // It reads again: what was on its way comes, and then why there is no more.
    let (mut came, mut cursor) = (Vec::new(), String::new());
    let status = loop {
        match watch.0.message().await {
            Ok(Some(next)) => match next.event.expect("it says something") {
                Event::Batch(batch) => {
                    came.extend(told(&batch));
                    cursor = batch.next_cursor;
                }
                Event::Checkpoint(checkpoint) => cursor = checkpoint.cursor,
            },
            Ok(None) => panic!("it ends as if all were well"),
            Err(status) => break status,
        }
    };
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((status.code(), reason.as_str()), (Code::Aborted, "READER_TOO_SLOW"));
    assert!(came.len() < recorded.len(), "what it had not taken was let go");
    let mut on = Watch::begin(app.client(), from_cursor(&cursor)).await;
    on.checkpoint().await;
    while came.len() < recorded.len() {
        came.extend(told(&on.batch().await));
    }
    assert_eq!(came.len(), recorded.len(), "nothing twice");
    assert_eq!(came.into_iter().collect::<BTreeSet<_>>(), recorded, "and all of it");
    assert!(read(app.client(), earliest()).await.interactions.len() > 400);
}

#[test]
fn a_stream_sees_within_a_quarter_of_a_second_what_another_replica_records() {
    run(async {
        // Its own numbering, which would wake the stream too, is out of the way.
        let settings = [("FEED__SEQUENCER_INTERVAL_MILLIS", "60000")];
        let app = TestApp::start_with(fresh(Engine::Postgres).await, &settings).await;
        settled(&app).await;
        let mut process = Process::serve(app.database(), &[]);
        let endpoint = Endpoint::from_shared(format!("http://{}", process.address())).expect("an address");
        let other =
            Client::new(endpoint.connect_lazy(), Engine::Postgres, Some(&app.ours().key), None).once();
        let (mut watch, begun, _) = asleep(&app, from_edge(v1::CursorEdge::Latest)).await;
        sleeps_until(&app, begun + SILENCE).await;
        let seen = open("anna", BEFORE, "spring");
        assert_eq!(fates(&other, vec![seen.clone()]).await, ["RECORDED GRANTED"]);
        app.advance(Duration::from_millis(250));
        assert_eq!(told(&watch.batch().await), [seen.interaction_id]);
        drop(watch);
        app.finish().await;
    });
}
