//! A ledger that somebody changed past the service: the first position that cannot be trusted is named, and what is wrong
//! there. What only a known head shows is in `history` and at the end of this.

use super::*;
use assent_proto::v1::HistoryFault as Fault;
use assent_tests::{apply, every_app};
use verify_history_response::Event as Walked;

/// Three people of one record each, at the positions 1, 2 and 3; gives the head there.
async fn three_records(app: &TestApp) -> v1::LedgerHead {
    settled(app, "legacy").await;
    for who in ["ada", "bob", "cyd"] {
        upsert(app, vec![says(who, Answer::Refuse, opens(), None)]).await;
        app.advance(std::time::Duration::from_micros(1));
    }
    let Walked::Whole(whole) = verdict(app, None).await else { panic!("nobody changed it yet") };
    assert_eq!((whole.verified, whole.redacted), (3, 0));
    whole.head.expect("a head")
}

/// Changes one row. `OURS` stands for our tenant, `RECORD(2)` for the record at position 2.
async fn tamper(app: &TestApp, sql: &str) {
    let mut sql = sql.replace("OURS", &format!("tenant = '{}'", app.ours().id));
    for position in 1..=3 {
        let record = format!(
            "tenant = '{}' AND id = (SELECT record_id FROM ledger WHERE tenant = '{}' AND position = {position})",
            app.ours().id,
            app.ours().id
        );
        sql = sql.replace(&format!("RECORD({position})"), &record);
    }
    let touched = app.look().await.run(&sql).await.expect("the database takes it");
    assert_eq!(touched, 1, "{sql}");
}

/// Where the ledger is broken and why, and how many records were found whole and redacted before that.
async fn broken(app: &TestApp, known: Option<v1::LedgerHead>) -> (u64, Fault, u64, u64) {
    match verdict(app, known).await {
        Walked::Broken(broken) => (broken.position, broken.fault(), broken.verified, broken.redacted),
        other => panic!("it was changed: {other:?}"),
    }
}

#[apply(every_app)]
async fn a_record_that_was_deleted_is_missed_and_not_taken_for_erased(app: &TestApp) {
    let head = three_records(app).await;
    // The last first: nothing after it shows that it is gone.
    for position in [3, 2, 1] {
        tamper(app, &format!("DELETE FROM record WHERE RECORD({position})")).await;
        let before = position - 1;
        assert_eq!(broken(app, None).await, (position, Fault::RecordMissing, before, 0));
        assert_eq!(broken(app, Some(head.clone())).await, (position, Fault::RecordMissing, before, 0));
    }
}

#[apply(every_app)]
async fn a_reader_of_changes_gets_past_a_record_that_was_deleted(app: &TestApp) {
    three_records(app).await;
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
    let found = app.client().changes().get_cursor(v1::GetCursorRequest { start, filter: None }).await;
    let cursor = found.expect("a cursor").into_inner().cursor;
    let read = async || {
        let cursor = cursor.clone();
        let request = v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
        let page = app.client().changes().read_consent_changes(request).await.expect("a page").into_inner();
        let positions: Vec<_> = page.changes.iter().map(|change| change.position).collect();
        (positions, page.covered_through, page.caught_up)
    };
    assert_eq!(read().await, (vec![1, 2, 3], 3, true));
    tamper(app, "DELETE FROM record WHERE RECORD(2)").await;
    assert_eq!(read().await, (vec![1, 3], 3, true));
    tamper(app, "DELETE FROM record WHERE RECORD(3)").await;
    assert_eq!(read().await, (vec![1], 3, true));
}

#[apply(every_app)]
async fn a_record_that_was_changed_is_named(app: &TestApp) {
    three_records(app).await;
    tamper(app, "UPDATE record SET body = salt WHERE RECORD(2)").await;
    assert_eq!(broken(app, None).await, (2, Fault::LeafMismatch, 1, 0));
    tamper(app, "UPDATE record SET body = NULL, salt = NULL WHERE RECORD(2)").await;
    let Walked::Whole(whole) = verdict(app, None).await else { panic!("erased is redacted, not broken") };
    assert_eq!((whole.verified, whole.redacted), (2, 1));
    let other = "(SELECT chain FROM feed_head WHERE OURS)";
    tamper(app, &format!("UPDATE record SET leaf = {other} WHERE RECORD(2)")).await;
    assert_eq!(broken(app, None).await, (2, Fault::ChainMismatch, 1, 0));
}

#[apply(every_app)]
async fn a_leaf_that_was_changed_is_named_alone_and_with_its_record(app: &TestApp) {
    three_records(app).await;
    let second = "(SELECT leaf FROM record WHERE RECORD(2))";
    tamper(app, &format!("UPDATE record SET leaf = {second} WHERE RECORD(3)")).await;
    assert_eq!(broken(app, None).await, (3, Fault::LeafMismatch, 2, 0));
    // A record that agrees with its leaf, but is not the one that was chained.
    let second = "(SELECT leaf, salt, body FROM record WHERE RECORD(2))";
    tamper(app, &format!("UPDATE record SET (leaf, salt, body) = {second} WHERE RECORD(3)")).await;
    assert_eq!(broken(app, None).await, (3, Fault::ChainMismatch, 2, 0));
}

#[apply(every_app)]
async fn bytes_of_another_length_are_a_fault_and_no_failure(app: &TestApp) {
    three_records(app).await;
    let short = match app.engine() {
        assent_tests::engine::Engine::Sqlite => "X'00'",
        assent_tests::engine::Engine::Postgres => "'\\x00'::bytea",
    };
    tamper(app, &format!("UPDATE ledger SET chain = {short} WHERE OURS AND position = 3")).await;
    assert_eq!(broken(app, None).await, (3, Fault::ChainMismatch, 2, 0));
    tamper(app, &format!("UPDATE record SET salt = {short} WHERE RECORD(2)")).await;
    assert_eq!(broken(app, None).await, (2, Fault::LeafMismatch, 1, 0));
    tamper(app, &format!("UPDATE record SET leaf = {short} WHERE RECORD(1)")).await;
    assert_eq!(broken(app, None).await, (1, Fault::LeafMismatch, 0, 0));
}

#[apply(every_app)]
async fn an_entry_that_is_gone_is_missed(app: &TestApp) {
    three_records(app).await;
    tamper(app, "DELETE FROM ledger WHERE OURS AND position = 3").await;
    assert_eq!(broken(app, None).await, (3, Fault::EntryMissing, 2, 0));
    tamper(app, "DELETE FROM ledger WHERE OURS AND position = 1").await;
    assert_eq!(broken(app, None).await, (1, Fault::EntryMissing, 0, 0));
}

#[apply(every_app)]
async fn two_entries_that_changed_places_are_named_at_the_first(app: &TestApp) {
    three_records(app).await;
    let at = |position: i32| format!("WHERE OURS AND position = {position}");
    for (from, to) in [(2, 9), (3, 2), (9, 3)] {
        tamper(app, &format!("UPDATE ledger SET position = {to} {}", at(from))).await;
    }
    assert_eq!(broken(app, None).await, (2, Fault::ChainMismatch, 1, 0));
}

#[apply(every_app)]
async fn two_records_that_changed_places_are_named_at_the_first(app: &TestApp) {
    three_records(app).await;
    let ids = "SELECT position, record_id FROM ledger WHERE OURS AND position IN (2, 3)";
    let mut look = app.look().await;
    let ours = format!("tenant = '{}'", app.ours().id);
    look.run(&format!("CREATE TABLE seen AS {}", ids.replace("OURS", &ours))).await.expect("a table");
    let salt = "(SELECT chain FROM feed_head WHERE OURS)";
    let seen = |position: u8| format!("(SELECT record_id FROM seen WHERE position = {position})");
    for (position, record) in [(2, salt.to_owned()), (3, seen(2)), (2, seen(3))] {
        tamper(app, &format!("UPDATE ledger SET record_id = {record} WHERE OURS AND position = {position}"))
            .await;
    }
    assert_eq!(broken(app, None).await, (2, Fault::ChainMismatch, 1, 0));
}

#[apply(every_app)]
async fn a_tail_that_was_cut_off_with_care_shows_against_a_known_head_only(app: &TestApp) {
    let head = three_records(app).await;
    tamper(app, "DELETE FROM record WHERE RECORD(3)").await;
    tamper(app, "DELETE FROM ledger WHERE OURS AND position = 3").await;
    let second = "(SELECT chain FROM ledger WHERE OURS AND position = 2)";
    tamper(app, &format!("UPDATE feed_head SET position = 2, chain = {second} WHERE OURS")).await;
    let Walked::Whole(whole) = verdict(app, None).await else { panic!("what is left is whole by itself") };
    assert_eq!(whole.verified, 2);
    assert_eq!(broken(app, Some(head)).await, (3, Fault::KnownHeadMissing, 2, 0));
}
