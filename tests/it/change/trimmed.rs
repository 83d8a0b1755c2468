//! Trimming: the oldest position that can be read rises, whoever comes from before is told where to begin, and nothing is gone.

use assent_tests::engine::{Engine, fresh, run};
use assent_tests::look::Look;
use assent_tests::{apply, dump, every_app, every_engine};
use tonic::Code;
use v1::verify_history_response::Event as Walked;

use super::watch::{Watch, from_cursor, from_edge};
use super::*;

const AN_HOUR: Duration = Duration::from_secs(3600);

/// Keeps the feed for a day, so that no test needs to move the time by years.
const A_DAY: [(&str, &str); 1] = [("FEED__RETENTION_DAYS", "1")];

/// The longest that can be set.
const FOR_EVER: [(&str, &str); 1] = [("FEED__RETENTION_DAYS", "36500")];

async fn oldest(app: &TestApp) -> u64 {
    cursor_at(app.client(), Start::Edge(CursorEdge::Latest.into()), None).await.oldest_position
}

/// Waits for housekeeping to raise the oldest position that far. One that looked before the time was moved looks again after its
/// interval only: so a little more passes now and then.
pub(super) async fn trimmed_to(app: &TestApp, position: u64) {
    let mut found = 0;
    for look in 1..=500 {
        found = oldest(app).await;
        if found == position {
            return;
        }
        if look % 50 == 0 {
            app.advance(AN_HOUR / 4);
        }
        tokio::task::yield_now().await;
    }
    panic!("the oldest position never comes to {position} but stays at {found}");
}

/// What an expired cursor is told: its position, the oldest that can be read, and a cursor before that one.
async fn expired(client: &Client, request: ReadConsentChangesRequest) -> (u64, u64, String) {
    let (status, reason) = refused(client, request).await;
    assert_eq!((status.code(), reason.as_str()), (Code::OutOfRange, "CURSOR_EXPIRED"));
    let facts = status.get_details_error_info().expect("an error has a reason").metadata;
    let number = |key: &str| facts[key].parse().expect("a position");
    (number("position"), number("oldest_position"), facts["oldest_cursor"].clone())
}

async fn counted(app: &TestApp, table: &str) -> usize {
    dump::of_tenant(&mut app.look().await, &app.ours().id).await[table].len()
}

#[apply(every_engine)]
async fn what_the_feed_keeps_no_longer_is_expired_and_the_way_on_is_told(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &A_DAY).await;
    settled(&app).await;
    let client = app.client();
    let marketing_only =
        Some(ChangeFilter { purposes: vec![v1::Purpose::Marketing.into()], ..ChangeFilter::default() });
    let first = earliest(client, marketing_only.clone()).await;
    let filtered =
        |cursor: &str| ReadConsentChangesRequest { filter: marketing_only.clone(), ..after(cursor) };
    say(&app, "anna", Answer::Refuse, marketing()).await;
    let past_anna = read(client, filtered(&first)).await.next_cursor;
    app.advance(20 * AN_HOUR);
    say(&app, "bruno", Answer::Refuse, marketing()).await;
    let past_bruno = read(client, filtered(&past_anna)).await.next_cursor;
    assert_eq!(oldest(&app).await, 1, "no housekeeping has come by with anything old enough");

    app.advance(5 * AN_HOUR);
    trimmed_to(&app, 2).await;
    let (position, oldest_position, oldest_cursor) = expired(client, filtered(&first)).await;
    assert_eq!((position, oldest_position), (0, 2));
    assert_eq!(people(&read(client, filtered(&oldest_cursor)).await.changes), ["bruno"]);
    let (_, reason) = refused(client, after(&oldest_cursor)).await;
    assert_eq!(reason, "CURSOR_FILTER_MISMATCH", "it is for the filter that was asked with");
    assert_eq!(people(&read(client, filtered(&past_anna)).await.changes), ["bruno"], "nothing of it is gone");

    let begin = cursor_at(client, Start::Edge(CursorEdge::Earliest.into()), None).await;
    assert_eq!((begin.position, begin.oldest_position), (1, 2));
    assert_eq!(people(&read(client, after(&begin.cursor)).await.changes), ["bruno"]);
    let before_all = cursor_at(client, Start::RecordedAt(story::timestamp(START)), None).await;
    assert_eq!((before_all.position, before_all.cursor), (1, begin.cursor), "it begins at the oldest");

    app.advance(24 * AN_HOUR);
    trimmed_to(&app, 3).await;
    let (position, oldest_position, empty) = expired(client, filtered(&past_anna)).await;
    assert_eq!((position, oldest_position), (1, 3), "one beyond the last: none can be read");
    for end in [&past_bruno, &empty] {
        let page = read(client, filtered(end)).await;
        assert!(page.changes.is_empty() && page.caught_up, "who had read all of it goes on");
    }
    say(&app, "chloe", Answer::Refuse, marketing()).await;
    assert_eq!(people(&read(client, filtered(&past_bruno)).await.changes), ["chloe"]);
    app.finish().await;
}

/// Why a stream is refused: its status, the oldest position that can be read, and a cursor before that one.
fn told_expired(status: &Status) -> (u64, String) {
    let info = status.get_details_error_info().expect("an error has a reason");
    assert_eq!((status.code(), info.reason.as_str()), (Code::OutOfRange, "CURSOR_EXPIRED"));
    let oldest = info.metadata["oldest_position"].parse().expect("a position");
    (oldest, info.metadata["oldest_cursor"].clone())
}

#[apply(every_engine)]
async fn a_stream_from_before_the_oldest_is_told_where_to_begin(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &A_DAY).await;
    settled(&app).await;
    let client = app.client();
    let first = earliest(client, None).await;
    say(&app, "anna", Answer::Refuse, marketing()).await;
    app.advance(20 * AN_HOUR);
    say(&app, "bruno", Answer::Refuse, marketing()).await;
    app.advance(5 * AN_HOUR);
    trimmed_to(&app, 2).await;
    let refused = client.changes().watch_consent_changes(from_cursor(&first)).await;
    let (oldest, cursor) = told_expired(&refused.map(drop).expect_err("no stream"));
    assert_eq!(oldest, 2);
    let mut on = Watch::begin(client, from_cursor(&cursor)).await;
    on.checkpoint().await;
    assert_eq!(people(&on.batch().await.changes), ["bruno"]);
    app.finish().await;
}

#[apply(every_app)]
async fn a_stream_under_way_that_was_overtaken_by_trimming_is_told(app: &TestApp) {
    settled(app).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let mut watch = Watch::begin(app.client(), from_edge(CursorEdge::Latest)).await;
    watch.checkpoint().await;
    let trim = format!("UPDATE feed_head SET oldest_position = 3 WHERE tenant = '{}'", app.ours().id);
    assert_eq!(app.look().await.run(&trim).await.expect("a head"), 1);
    say(app, "bruno", Answer::Refuse, marketing()).await;
    let status = watch.hear().await.expect_err("it does not go on");
    let (oldest, cursor) = told_expired(&status);
    assert_eq!(oldest, 3);
    Watch::begin(app.client(), from_cursor(&cursor)).await.checkpoint().await;
}

#[apply(every_engine)]
async fn trimming_deletes_nothing(engine: Engine) {
    let app = TestApp::start_with(fresh(engine).await, &A_DAY).await;
    settled(&app).await;
    for who in ["anna", "bruno"] {
        say(&app, who, Answer::Refuse, marketing()).await;
    }
    oldest(&app).await;
    let before = dump::of_tenant(&mut app.look().await, &app.ours().id).await;
    app.advance(48 * AN_HOUR);
    trimmed_to(&app, 3).await;
    let after = dump::of_tenant(&mut app.look().await, &app.ours().id).await;
    for table in ["record", "ledger", "profile"] {
        assert_eq!(before[table], after[table], "{table}");
        assert_eq!(counted(&app, table).await, 2);
    }
    let request = v1::VerifyHistoryRequest::default();
    let mut walk = app.client().consents().verify_history(request).await.expect("a walk").into_inner();
    let mut last = None;
    while let Some(told) = walk.message().await.expect("a walk goes on") {
        last = told.event;
    }
    let Some(Walked::Whole(whole)) = last else { panic!("the ledger is not whole: {last:?}") };
    assert_eq!((whole.verified, whole.redacted), (2, 0));
    let asked = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        ..v1::ListConsentRecordsRequest::default()
    };
    let told = app.client().consents().list_consent_records(asked).await.expect("records").into_inner();
    assert_eq!(told.records.len(), 1, "the history is told as ever");
    app.finish().await;
}

#[apply(every_engine)]
async fn what_was_trimmed_stays_trimmed_when_more_is_kept_or_the_clock_falls_back(engine: Engine) {
    let mut app = TestApp::start_with(fresh(engine).await, &A_DAY).await;
    settled(&app).await;
    say(&app, "anna", Answer::Refuse, marketing()).await;
    app.advance(30 * AN_HOUR);
    trimmed_to(&app, 2).await;
    app.restart(&FOR_EVER).await;
    for _ in 0..20 {
        app.advance(AN_HOUR / 4);
        assert_eq!(oldest(&app).await, 2);
    }
    let start = cursor_at(app.client(), Start::RecordedAt(story::timestamp(START)), None).await;
    assert_eq!(start.position, 1);
    app.finish().await;
}

/// Holds a read of the feed after it has checked its cursor, changes the database by `meanwhile`, and says with what the read
/// ends. On SQLite nothing can be held there.
async fn while_a_read_is_held(meanwhile: impl Fn(&TestApp) -> String) -> (Status, String) {
    let app = TestApp::start(Engine::Postgres).await;
    settled(&app).await;
    for who in ["anna", "bruno", "chloe"] {
        say(&app, who, Answer::Refuse, marketing()).await;
    }
    let start = earliest(app.client(), None).await;
    let first = ReadConsentChangesRequest { page_size: 1, ..after(&start) };
    let cursor = read(app.client(), first).await.next_cursor;
    // The check looks at the ledger alone, the read at the records too.
    let mut holder = app.look().await;
    holder.run("BEGIN; LOCK TABLE record IN ACCESS EXCLUSIVE MODE").await.expect("the records are held");
    let client = app.client().once();
    let reading = tokio::spawn(async move { refused(&client, after(&cursor)).await });
    let mut eyes = app.look().await;
    waits(&mut eyes).await;
    assert_eq!(eyes.run(&meanwhile(&app)).await.expect("a change"), 1);
    holder.run("ROLLBACK").await.expect("the records are let go");
    let refused = reading.await.expect("an answer");
    app.finish().await;
    refused
}

/// Waits until somebody waits for somebody else.
async fn waits(eyes: &mut Look) {
    for _ in 0..4_000 {
        let waiting = "SELECT CAST(count(*) AS TEXT) FROM pg_locks WHERE NOT granted AND database = \
                       (SELECT oid FROM pg_database WHERE datname = current_database())";
        if eyes.column(waiting).await.expect("the locks") != ["0"] {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("nobody ever waits");
}

#[test]
fn a_trim_between_the_check_and_the_read_is_not_missed() {
    run(async {
        let trim = |app: &TestApp| {
            format!("UPDATE feed_head SET oldest_position = 3 WHERE tenant = '{}'", app.ours().id)
        };
        let (status, reason) = while_a_read_is_held(trim).await;
        assert_eq!((status.code(), reason.as_str()), (Code::OutOfRange, "CURSOR_EXPIRED"));
    });
}

#[test]
fn a_database_put_back_between_the_check_and_the_read_is_not_missed() {
    run(async {
        let put_back = |app: &TestApp| {
            let ours = &app.ours().id;
            format!(
                "UPDATE ledger SET chain = '\\x{}' WHERE tenant = '{ours}' AND position = 1",
                "5a".repeat(32)
            )
        };
        let (status, reason) = while_a_read_is_held(put_back).await;
        assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    });
}
