//! Chunks: each is acknowledged once it is durable, and written once however often it comes.

use super::*;
use assent_tests::{apply, every_app, marks};
use std::time::Duration;

#[apply(every_app)]
async fn a_list_is_on_record_when_its_chunks_are_acknowledged(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let told = import(
        app.client(),
        "list",
        vec![vec![yes(1, "ada", &notice), no(2, "bob", START)], vec![no(3, "cleo", START)]],
    )
    .await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(1));
    let numbers: Vec<_> = told.acknowledged.iter().map(|told| (told.number, told.repeated)).collect();
    assert_eq!(numbers, [(1, false), (2, false)]);
    assert_eq!(counts(told.acknowledged[0].counts), [2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(counts(told.acknowledged[1].totals), [3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(counts(told.ended), [3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(state(app, "ada").await, State::Granted);
    assert_eq!(state(app, "bob").await, State::Refused);
    assert_eq!(state(app, "cleo").await, State::Refused);
    let records = story::records(app.client(), "ada").await;
    let Some(v1::consent_record::Body::Answer(given)) = &records[0].body else { panic!("{records:?}") };
    let source = given.evidence.as_ref().and_then(|evidence| evidence.source.clone()).expect("the header's");
    assert_eq!((source.kind(), source.name.as_deref()), (v1::SourceKind::Import, Some("CRM")));
}

#[apply(every_app)]
async fn a_chunk_that_comes_again_is_acknowledged_again_and_writes_nothing(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let client = app.client().once();
    let lines = || {
        let mut wrong = yes(3, "cleo", &notice);
        wrong.profile = None;
        let unproven = story::import_line(4, "dina", [said(Answer::Grant, START, None)]);
        vec![yes(1, "ada", &notice), no(2, "bob", START), wrong, unproven]
    };
    let first = import(&client, "list", vec![lines()]).await;
    let before = written(app).await;
    app.advance(Duration::from_secs(60));
    let again = import(&client, "list", vec![lines()]).await;
    assert_eq!(again.opened.as_ref().map(|opened| opened.next_chunk), Some(2));
    let (first, again) = (first.one(), again.one());
    assert!(!first.repeated && again.repeated);
    assert_eq!(counts(first.counts), [2, 0, 0, 0, 0, 0, 2]);
    assert_eq!(first.counts, again.counts);
    assert_eq!(failures(first), failures(again));
    assert_eq!(failures(first).iter().map(|failure| failure.0).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(first.totals, again.totals);
    assert_eq!(before, written(app).await);
}

#[apply(every_app)]
async fn a_chunk_of_a_known_number_with_other_content_is_refused(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let client = app.client().once();
    import(&client, "list", vec![vec![yes(1, "ada", &notice)]]).await.one();
    for other in [vec![yes(1, "bob", &notice)], vec![yes(2, "ada", &notice)]] {
        let told = import(&client, "list", vec![other]).await;
        assert_eq!(told.reason(), "IMPORT_CHUNK_REUSED");
        assert_eq!(told.error.expect("an error").code(), Code::AlreadyExists);
    }
    assert!(story::records(app.client(), "bob").await.is_empty());
    // It goes on all the same.
    let told =
        import(&client, "list", vec![vec![yes(1, "ada", &notice)], vec![yes(2, "bob", &notice)]]).await;
    assert_eq!(counts(told.ended), [2, 0, 0, 0, 0, 0, 0]);
}

#[apply(every_app)]
async fn a_gap_names_the_chunk_that_is_expected(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let begins = || begin(story::import_header("list"));
    for (messages, expected) in [
        (vec![begins(), chunk(2, vec![yes(1, "ada", &notice)])], "1"),
        (vec![begins(), chunk(1, vec![yes(1, "ada", &notice)]), chunk(3, vec![no(2, "bob", START)])], "2"),
        (vec![begins(), chunk(900, vec![no(2, "bob", START)])], "2"),
    ] {
        let error = stream(app.client(), messages).await.error.expect("an error");
        assert_eq!(error.code(), Code::FailedPrecondition);
        let info = error.get_details_error_info().expect("a reason");
        assert_eq!(info.reason, "IMPORT_CHUNK_UNEXPECTED");
        assert_eq!(info.metadata.get("expected_chunk").map(String::as_str), Some(expected));
    }
    assert_eq!(state(app, "ada").await, State::Granted, "what was acknowledged before stays");
    assert!(story::records(app.client(), "bob").await.is_empty());
}

#[apply(every_app)]
async fn an_import_id_stands_for_one_header(app: &TestApp) {
    let notice = settled(app, "strict").await;
    import(app.client(), "list", vec![vec![yes(1, "ada", &notice)]]).await.one();
    let mut table = story::profile_table(marks::id("others"), "ours");
    table.policy_id = Some("strict".to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");

    let same = story::import_header("list");
    let source = v1::ImportSource { name: Some("another".to_owned()), version: None };
    for other in [
        ImportHeader { profile_table: marks::id("others"), ..same.clone() },
        ImportHeader { source: Some(source), ..same.clone() },
        ImportHeader { origin: Some("crm".to_owned()), ..same.clone() },
    ] {
        let told = stream(app.client(), vec![begin(other), chunk(1, vec![yes(1, "bob", &notice)])]).await;
        assert_eq!(told.reason(), "IMPORT_ID_REUSED");
    }
    // A dry run is not remembered, so that it may have the id of the import that it is for.
    let dry = stream(app.client(), vec![begin(ImportHeader { dry_run: true, ..same })]).await;
    assert!(dry.error.is_none(), "{dry:?}");
    assert!(story::records(app.client(), "bob").await.is_empty());
}

#[apply(every_app)]
async fn a_header_comes_first_and_only_then(app: &TestApp) {
    settled(app, "strict").await;
    let begins = || begin(story::import_header("list"));
    let nothing = ImportConsentsRequest::default();
    for messages in
        [vec![chunk(1, vec![no(1, "ada", START)])], vec![begins(), begins()], vec![], vec![begins(), nothing]]
    {
        let told = stream(app.client(), messages).await;
        assert_eq!(told.reason(), "FIELD_INVALID");
    }
    let mut header = story::import_header("list");
    header.profile_table = marks::id("nowhere");
    assert_eq!(stream(app.client(), vec![begin(header)]).await.reason(), "PROFILE_TABLE_UNKNOWN");
    let many = vec![no(1, "ada", START); 1001];
    assert_eq!(stream(app.client(), vec![begins(), chunk(1, many)]).await.reason(), "BATCH_TOO_LARGE");
    assert!(story::records(app.client(), "ada").await.is_empty());
}

#[apply(every_app)]
async fn an_import_goes_on_two_days_later(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let client = app.client().once();
    let (first, second) = (vec![yes(1, "ada", &notice)], vec![no(2, "bob", START)]);
    import(&client, "list", vec![first.clone()]).await.one();
    app.advance(Duration::from_secs(2 * 24 * 3600));
    let told = import(&client, "list", vec![first, second]).await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(2));
    assert_eq!(told.acknowledged.iter().map(|told| told.repeated).collect::<Vec<_>>(), [true, false]);
    assert_eq!(counts(told.ended), [2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(story::records(app.client(), "ada").await.len(), 1);
}

/// What imports write: people, records, and how far they have come.
async fn written(app: &TestApp) -> Vec<Vec<String>> {
    let mut held = held(app).await;
    let tables = ["record", "ledger", "profile", "request", "import", "import_chunk"];
    tables.map(|table| held.remove(table).expect("a table")).to_vec()
}
