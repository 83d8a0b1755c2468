//! Imports that nobody goes on with: housekeeping forgets them seven days after their last chunk, and what they brought stays.

use super::lane::open;
use super::*;
use assent_domain::time::{Instant, Span};
use assent_store::{Store, StoreOptions};
use assent_tests::look::Look;
use assent_tests::{apply, every_app, marks};
use std::time::Duration;

const DAY: i64 = 24 * HOUR;

/// The imports of ours that are known, and how many chunks of theirs are.
async fn known(app: &TestApp, look: &mut Look) -> (Vec<String>, usize) {
    let of_ours =
        |column, table| format!("SELECT {column} FROM {table} WHERE tenant = '{}' ORDER BY 1", app.ours().id);
    let imports = look.column(&of_ours("import_id", "import")).await.expect("imports");
    let chunks = look.column(&of_ours("import_id", "import_chunk")).await.expect("chunks");
    (imports, chunks.len())
}

fn to(app: &TestApp, at: i64) {
    app.clock().set(Instant::from_micros(at).expect("a date"));
}

/// Lets housekeeping have turns, of no more than so long in all, until that import is forgotten.
async fn forgotten(app: &TestApp, look: &mut Look, id: &str) {
    for _ in 0..12 {
        app.advance(Duration::from_secs(600));
        for _ in 0..50 {
            if !known(app, look).await.0.contains(&marks::id(id)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }
    panic!("it is never forgotten");
}

#[apply(every_app)]
async fn an_import_is_forgotten_seven_days_after_its_last_chunk(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let client = app.client().once();
    let first = |who: &str| vec![yes(1, who, &notice)];
    import(&client, "left", vec![first("ada")]).await.one();
    import(&client, "gone on with", vec![first("bob")]).await.one();
    // Of this one a header came and no chunk.
    let told = stream(&client, vec![begin(story::import_header("begun"))]).await;
    assert!(told.error.is_none(), "{told:?}");
    to(app, START + 4 * DAY);
    let told = import(&client, "gone on with", vec![first("bob"), vec![no(2, "cleo", START)]]).await;
    assert_eq!(counts(told.ended), [2, 0, 0, 0, 0, 0, 0]);
    let mut look = app.look().await;
    let all = ["begun", "gone on with", "left"].map(marks::id).to_vec();

    // A turn before the seven days are over forgets nothing, whatever was forgotten of requests meanwhile.
    to(app, START + 7 * DAY - 12 * HOUR);
    for _ in 0..12 {
        app.advance(Duration::from_secs(600));
        for _ in 0..5 {
            assert_eq!(known(app, &mut look).await, (all.clone(), 3));
        }
    }
    to(app, START + 7 * DAY);
    forgotten(app, &mut look, "left").await;
    forgotten(app, &mut look, "begun").await;
    assert_eq!(known(app, &mut look).await, (vec![marks::id("gone on with")], 2));
    let told = import(&client, "gone on with", vec![first("bob")]).await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(3));
    assert!(told.one().repeated);

    // Its id is free, for another header too; what it brought is on record and is not restamped.
    let mut header = story::import_header("left");
    header.origin = Some("crm".to_owned());
    let told = stream(&client, vec![begin(header), chunk(1, first("ada"))]).await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(1));
    assert_eq!(counts(told.one().totals), [0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(story::records(app.client(), "ada").await.len(), 1);

    to(app, START + 11 * DAY);
    forgotten(app, &mut look, "gone on with").await;
    assert_eq!(known(app, &mut look).await, (vec![marks::id("left")], 1), "it began anew four days ago");
    assert_eq!(state(app, "bob").await, State::Granted);
    assert_eq!(state(app, "cleo").await, State::Refused);
}

#[apply(every_app)]
async fn a_stream_whose_import_is_forgotten_meanwhile_is_told_to_begin_anew(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let client = app.client().once();
    let lines = |line, who: &str| vec![yes(line, who, &notice)];
    import(&client, "list", vec![lines(1, "ada")]).await.one();
    to(app, START + 8 * DAY);
    // Nobody has forgotten it yet; then another replica does.
    let mut begun = open(app, "list").await.expect("a stream");
    let replica = Store::connect(&StoreOptions::new(app.database().url())).await.expect("the database opens");
    let now = Instant::from_micros(START).expect("a date").plus(Span::from_days(8));
    assert_eq!(replica.sweep_imports(now).await, Ok(1));
    replica.close().await;

    begun.send(chunk(2, lines(2, "bob"))).await;
    let error = begun.hear().await.expect_err("nobody knows what came before it");
    let info = error.get_details_error_info().expect("a reason");
    assert_eq!((error.code(), info.reason.as_str()), (Code::FailedPrecondition, "IMPORT_CHUNK_UNEXPECTED"));
    assert_eq!(info.metadata.get("expected_chunk").map(String::as_str), Some("1"));
    assert!(story::records(app.client(), "bob").await.is_empty());
    let told = import(&client, "list", vec![lines(1, "ada"), lines(2, "bob")]).await;
    assert_eq!(counts(told.ended), [1, 0, 0, 1, 0, 0, 0]);
}
