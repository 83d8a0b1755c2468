//! Dates: what a list says is judged by when it was said, not by where it stands or when it comes.

use super::*;
use assent_tests::{apply, every_app};
use std::time::Duration;

#[apply(every_app)]
async fn what_is_on_record_is_not_restamped(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let lines = || vec![yes(1, "ada", &notice), no(2, "bob", START - HOUR)];
    import(app.client(), "first", vec![lines()]).await.one();
    let (ada, bob) = (story::records(app.client(), "ada").await, story::records(app.client(), "bob").await);
    let feed = held(app).await["ledger"].clone();
    for week in ["second", "third"] {
        app.advance(Duration::from_secs(24 * 3600));
        let told = import(app.client(), week, vec![lines()]).await;
        assert_eq!(counts(told.one().counts), [0, 0, 0, 2, 0, 0, 0]);
    }
    assert_eq!(
        (story::records(app.client(), "ada").await, story::records(app.client(), "bob").await),
        (ada, bob)
    );
    assert_eq!(held(app).await["ledger"], feed, "nothing is exported");
    let since = standing(app, "ada", v1::Series::EmailOpen).await;
    assert_eq!(since.last_confirmed, Some(story::timestamp(START - HOUR)));
}

#[apply(every_app)]
async fn two_rows_for_one_person_are_judged_by_their_dates_in_one_chunk_and_in_two(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let earlier = |line, who| no(line, who, START - 2 * HOUR);
    // The later answer stands first in the list.
    let one = vec![vec![yes(1, "ada", &notice), earlier(2, "ada")]];
    let two = vec![vec![yes(1, "bob", &notice)], vec![earlier(2, "bob")]];
    assert_eq!(counts(import(app.client(), "one", one).await.ended), [1, 0, 0, 0, 1, 0, 0]);
    assert_eq!(counts(import(app.client(), "two", two).await.ended), [1, 0, 0, 0, 1, 0, 0]);
    // In the order of the dates they come to the same.
    let turned = vec![vec![earlier(1, "cleo"), yes(2, "cleo", &notice)]];
    assert_eq!(counts(import(app.client(), "turned", turned).await.ended), [1, 1, 0, 0, 0, 0, 0]);
    for who in ["ada", "bob", "cleo"] {
        let reads = standing(app, who, v1::Series::EmailOpen).await;
        assert_eq!(
            (reads.state(), reads.since),
            (State::Granted, Some(story::timestamp(START - HOUR))),
            "{who}"
        );
        assert_eq!(story::records(app.client(), who).await.len(), 2, "both are kept as history");
    }
}

#[apply(every_app)]
async fn a_list_never_overrules_what_was_said_after_it(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let full = || Some(story::evidence(&notice, "ours"));
    direct(app, "ada", Answer::Grant, START, full()).await;
    direct(app, "bob", Answer::Withdraw, START, None).await;
    direct(app, "cleo", Answer::Grant, START - 2 * HOUR, full()).await;
    let told = import(
        app.client(),
        "list",
        vec![vec![no(1, "ada", START - HOUR), yes(2, "bob", &notice), no(3, "cleo", START - HOUR)]],
    )
    .await;
    assert_eq!(counts(told.one().counts), [0, 1, 0, 0, 2, 0, 0]);
    assert_eq!(state(app, "ada").await, State::Granted, "she said yes after the list said no");
    assert_eq!(state(app, "bob").await, State::Withdrawn, "he said no after the list said yes");
    assert_eq!(state(app, "cleo").await, State::Refused, "the list's no is later than her yes");
    let since = standing(app, "cleo", v1::Series::EmailOpen).await.since;
    assert_eq!(since, Some(story::timestamp(START - HOUR)), "it takes effect when it was said");
}

#[apply(every_app)]
async fn what_is_dated_ahead_counts_from_now_and_a_grant_far_ahead_is_refused(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let ahead = said(Answer::Grant, START + HOUR, Some(evidence(&notice)));
    let lines = vec![no(1, "ada", START + HOUR), story::import_line(2, "bob", [ahead])];
    let told = import(app.client(), "list", vec![lines]).await;
    assert_eq!(counts(told.one().counts), [1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(failures(told.one())[0].1, "GRANT_IN_FUTURE");
    assert_eq!(standing(app, "ada", v1::Series::EmailOpen).await.since, Some(story::timestamp(START)));
}

#[apply(every_app)]
async fn an_imported_notice_with_a_proof_is_not_late(app: &TestApp) {
    // The test's now is after the French policy's last day.
    let notice = settled(app, "fr-cnil-2026").await;
    let line = |line, who, proof: Option<&str>| {
        let told = Event::Notice(v1::NoticeGiven {
            coverage: story::tracking(),
            notified_at: Some(story::timestamp(START - 90 * 24 * HOUR)),
            notice_id: Some(notice.clone()),
            conditions_unchanged: Some(true),
            proof_reference: proof.map(str::to_owned),
            ..v1::NoticeGiven::default()
        });
        let mut line = story::import_line(line, who, [told]);
        let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
        line.facts = Some(v1::ImportFacts { collected_on, jurisdiction: None });
        line
    };
    let told =
        import(app.client(), "list", vec![vec![line(1, "ada", Some("archive 7")), line(2, "bob", None)]])
            .await;
    assert_eq!(counts(told.one().counts), [1, 0, 0, 0, 0, 0, 1]);
    let justification = "chunk.lines[1].events[0].notice.justification".to_owned();
    assert_eq!(failures(told.one()), [(2, "NOTICE_INCOMPLETE".to_owned(), vec![justification])]);
    assert_eq!(state(app, "ada").await, State::Informed);
}
