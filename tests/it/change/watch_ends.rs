//! The stream of changes over time: it is never silent for long, ends by itself with a cursor, and a reader who does not take what
//! it tells is cut without holding anything up, goes on from what it read, and misses nothing.

use std::sync::Weak;

use assent_proto::v1::WatchConsentChangesRequest;
use assent_proto::v1::watch_consent_changes_response::Event;
use assent_service::clock::Clock;
use assent_tests::engine::{Engine, copy, fresh};
use assent_tests::{apply, every_app, every_engine};
use tonic::Code;

use super::watch::{Watch, from_cursor, from_edge};
use super::*;

/// How long a stream sleeps when nobody wakes it: then it speaks.
const SILENCE: Duration = Duration::from_secs(9);

const MINUTE: Duration = Duration::from_secs(60);

/// Longer than any stream lasts.
const OLD: Duration = Duration::from_secs(15 * 60);

pub(super) async fn sleeps_until(app: &TestApp, end: Duration) {
    while !app.clock().sleeps_until(end) {
        tokio::task::yield_now().await;
    }
}

/// A stream that has looked once and sleeps, begun at an instant that nobody else fell asleep at; and that instant.
pub(super) async fn asleep(app: &TestApp, request: WatchConsentChangesRequest) -> (Watch, Duration) {
    app.advance(Duration::from_micros(7));
    let begun = app.clock().monotonic();
    let watch = Watch::begin(app.client(), request).await;
    (watch, begun)
}

/// Lets a stream that spoke at that instant sleep until it speaks again.
async fn until_it_speaks(app: &TestApp, watch: &mut Watch, spoke: Duration) -> v1::ChangeCheckpoint {
    sleeps_until(app, spoke + SILENCE).await;
    app.advance(spoke + SILENCE - app.clock().monotonic());
    watch.checkpoint().await
}

#[apply(every_app)]
async fn a_stream_of_changes_tells_how_far_it_has_come_when_nothing_happens(app: &TestApp) {
    settled(app).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let (mut watch, mut begun) = asleep(app, from_edge(CursorEdge::Latest)).await;
    let first = watch.checkpoint().await;
    for _ in 0..3 {
        let told = until_it_speaks(app, &mut watch, begun).await;
        assert_eq!(told, first, "ten seconds at most, and nothing happened");
        begun = app.clock().monotonic();
    }
}

#[apply(every_app)]
async fn a_stream_of_changes_moves_on_when_everything_is_filtered_out(app: &TestApp) {
    settled(app).await;
    let filter = Some(ChangeFilter { exclude_origin: Some("crm".to_owned()), ..ChangeFilter::default() });
    let request = WatchConsentChangesRequest { filter: filter.clone(), ..from_edge(CursorEdge::Latest) };
    let (mut watch, begun) = asleep(app, request).await;
    watch.checkpoint().await;
    sleeps_until(app, begun + SILENCE).await;
    let item = story::item("anna", Answer::Refuse, START, None);
    let own = v1::UpsertConsentsRequest { origin: Some("crm".to_owned()), ..story::batch(vec![item]) };
    store(app.client(), own).await;
    let told = until_it_speaks(app, &mut watch, begun).await;
    assert_eq!((told.covered_after, told.covered_through, told.head_position), (0, 1, 1));
    let page = read(app.client(), ReadConsentChangesRequest { filter, ..after(&told.cursor) }).await;
    assert!(page.changes.is_empty() && page.caught_up);
    assert_eq!(page.covered_after, 1, "it was passed by");
}

#[apply(every_app)]
async fn a_stream_of_changes_that_is_old_ends_with_a_cursor_to_go_on_from(app: &TestApp) {
    settled(app).await;
    let (mut watch, begun) = asleep(app, from_edge(CursorEdge::Latest)).await;
    watch.checkpoint().await;
    sleeps_until(app, begun + SILENCE).await;
    app.advance(OLD);
    let mut last = String::new();
    while let Some(told) = watch.hear().await.expect("it ends in order") {
        let Event::Checkpoint(checkpoint) = told else { panic!("nothing was recorded") };
        last = checkpoint.cursor;
    }
    say(app, "anna", Answer::Refuse, marketing()).await;
    let mut on = Watch::begin(app.client(), from_cursor(&last)).await;
    on.checkpoint().await;
    assert_eq!(people(&on.batch().await.changes), ["anna"]);
}

#[apply(every_engine)]
async fn a_stream_of_changes_ends_with_a_cursor_when_the_service_stops(engine: Engine) {
    let mut app = TestApp::start(engine).await;
    settled(&app).await;
    let (mut watch, begun) = asleep(&app, from_edge(CursorEdge::Latest)).await;
    let mut last = watch.checkpoint().await;
    sleeps_until(&app, begun + SILENCE).await;
    let first = last.clone();
    app.stop().await;
    while let Some(told) = watch.hear().await.expect("it ends in order") {
        let Event::Checkpoint(checkpoint) = told else { panic!("nothing was recorded") };
        last = checkpoint;
    }
    assert_eq!(last, first);
    app.finish().await;
}

#[apply(every_app)]
async fn a_reader_of_changes_who_goes_away_is_no_longer_worked_for(app: &TestApp) {
    settled(app).await;
    let before = app.clock().sleepers();
    let (mut watch, begun) = asleep(app, from_edge(CursorEdge::Latest)).await;
    watch.checkpoint().await;
    sleeps_until(app, begun + SILENCE).await;
    drop(watch);
    while app.clock().sleepers() > before {
        tokio::task::yield_now().await;
    }
}

/// A stream that is under way when its database is put back to an older state is told, and never goes on as if nothing had
/// happened.
#[apply(every_engine)]
async fn a_stream_of_changes_of_a_database_that_was_put_back_is_refused(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    say(&backup, "anna", Answer::Refuse, marketing()).await;
    backup.stop().await;
    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    say(&lost, "bruno", Answer::Refuse, marketing()).await;
    let too_far = Watch::begin(lost.client(), from_edge(CursorEdge::Latest)).await.checkpoint().await.cursor;
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    // And once something else stands where it had read: at the end, and before it.
    for (reason, next) in
        [("CURSOR_AHEAD_OF_HEAD", "chloe"), ("CURSOR_DIVERGED", "dario"), ("CURSOR_DIVERGED", "emma")]
    {
        let refused = restored.client().changes().watch_consent_changes(from_cursor(&too_far)).await;
        let status = refused.map(drop).expect_err("no stream");
        let told = status.get_details_error_info().expect("an error has a reason").reason;
        assert_eq!((status.code(), told.as_str()), (Code::DataLoss, reason));
        restored.advance(Duration::from_secs(1));
        say(&restored, next, Answer::Refuse, marketing()).await;
    }
    restored.finish().await;
    backup.finish().await;
}

#[apply(every_app)]
async fn a_stream_under_way_is_told_that_the_feed_has_another_life(app: &TestApp) {
    settled(app).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let mut watch = Watch::begin(app.client(), from_edge(CursorEdge::Latest)).await;
    watch.checkpoint().await;
    let blank = match app.engine() {
        Engine::Sqlite => "X'00112233445566778899aabbccddeeff'",
        Engine::Postgres => "'\\x00112233445566778899aabbccddeeff'::bytea",
    };
    let another = format!("UPDATE feed_head SET incarnation = {blank} WHERE tenant = '{}'", app.ours().id);
    assert_eq!(app.look().await.run(&another).await.expect("a head"), 1);
    say(app, "bruno", Answer::Refuse, marketing()).await;
    let status = watch.hear().await.expect_err("it does not go on");
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
}

#[apply(every_app)]
async fn a_stream_that_waits_is_told_that_what_it_had_read_was_lost(app: &TestApp) {
    settled(app).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let (mut watch, begun) = asleep(app, from_edge(CursorEdge::Latest)).await;
    watch.checkpoint().await;
    sleeps_until(app, begun + SILENCE).await;
    let lose = format!("UPDATE feed_head SET position = 0 WHERE tenant = '{}'", app.ours().id);
    assert_eq!(app.look().await.run(&lose).await.expect("a head"), 1);
    app.advance(SILENCE);
    let status = watch.hear().await.expect_err("it does not go on");
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_AHEAD_OF_HEAD"));
}

/// Returns when somebody sleeps until then for good: with every message a stream waits for its reader for a moment. Calls of
/// others are answered in between, so that whatever can go on does.
async fn sleeps_on(app: &TestApp, end: Duration) {
    let (mut sleep, mut times) = (None, 0);
    while times < 20 {
        cursor_at(app.client(), Start::Edge(CursorEdge::Latest.into()), None).await;
        let goes_on = sleep.as_ref().is_some_and(|sleep: &Weak<_>| sleep.strong_count() > 0);
        times = if goes_on { times + 1 } else { 0 };
        if !goes_on {
            sleep = app.clock().sleep_until_then(end);
        }
    }
}

/// Has many people say no: more than a connection holds that nobody reads from, and what waits beside.
async fn many(app: &TestApp) -> usize {
    let parts: usize = 3;
    for part in 0..parts {
        let items = (0..1_000)
            .map(|nth| story::item(&format!("p{}", part * 1_000 + nth), Answer::Refuse, START, None))
            .collect();
        store(&app.client().once(), story::batch(items)).await;
        app.advance(Duration::from_micros(1));
    }
    parts * 1_000
}

#[apply(every_engine)]
async fn a_reader_of_changes_who_takes_nothing_for_a_minute_is_cut_and_goes_on(engine: Engine) {
    // Or the bound of another call could be taken for the wait that is waited for.
    let settings = [("LIMITS__MAX_CALL_SECONDS", "90")];
    let app = TestApp::start_with(fresh(engine).await, &settings).await;
    slow(&app).await;
    app.finish().await;
}

async fn slow(app: &TestApp) {
    settled(app).await;
    let recorded = many(app).await;
    app.advance(Duration::from_micros(7));
    let cut_at = app.clock().monotonic() + MINUTE;
    let mut watch = Watch::begin(&app.narrow_client(), from_edge(CursorEdge::Earliest)).await;
    sleeps_on(app, cut_at).await;

    // Nobody else is held up meanwhile.
    let mut other = Watch::begin(app.client(), from_edge(CursorEdge::Latest)).await;
    other.checkpoint().await;
    say(app, "last", Answer::Refuse, marketing()).await;
    assert_eq!(people(&other.batch().await.changes), ["last"]);
    drop(other);

    app.advance(MINUTE);
    while app.clock().sleeps_until(cut_at) {
        tokio::task::yield_now().await;
    }
    // It reads again: what was on its way comes, and then why there is no more.
    let (mut came, mut cursor) = (Vec::new(), String::new());
    let status = loop {
        match watch.hear().await {
            Ok(Some(Event::Batch(batch))) => {
                came.extend(batch.changes);
                cursor = batch.next_cursor;
            }
            Ok(Some(Event::Checkpoint(checkpoint))) => cursor = checkpoint.cursor,
            Ok(None) => panic!("it ends as if all were well"),
            Err(status) => break status,
        }
    };
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    assert_eq!((status.code(), reason.as_str()), (Code::Aborted, "READER_TOO_SLOW"));
    assert!(came.len() < recorded, "what it had not taken was let go");
    let mut on = Watch::begin(app.client(), from_cursor(&cursor)).await;
    on.checkpoint().await;
    while came.len() < recorded + 1 {
        came.extend(on.batch().await.changes);
    }
    let positions: Vec<_> = came.iter().map(|change| change.position).collect();
    assert!(positions.into_iter().eq(1..=recorded as u64 + 1), "each once, none missing");
}

#[apply(every_app)]
async fn a_batch_of_a_stream_ends_before_it_is_larger_than_may_wait(app: &TestApp) {
    use prost_reflect::prost::Message;
    settled(app).await;
    let recorded = many(app).await;
    let request = WatchConsentChangesRequest { batch_size: 5_000, ..from_edge(CursorEdge::Earliest) };
    let mut watch = Watch::begin(app.client(), request).await;
    watch.checkpoint().await;
    let mut came = 0;
    while came < recorded {
        let batch = watch.batch().await;
        came += batch.changes.len();
        let bytes = batch.encoded_len();
        assert!(bytes <= 128 * 1024, "{bytes}");
        assert!(bytes > 64 * 1024 || came == recorded, "{bytes}");
    }
}
