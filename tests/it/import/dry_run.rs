//! Dry runs: nothing changes, and each line is told what would become of it.

use super::*;
use assent_tests::{apply, every_app};

fn dry(id: &str) -> ImportConsentsRequest {
    begin(ImportHeader { dry_run: true, ..story::import_header(id) })
}

fn forecasts(told: &ChunkAcknowledged) -> Vec<(u64, LineOutcome)> {
    told.forecasts.iter().map(|told| (told.line, told.outcome())).collect()
}

#[apply(every_app)]
async fn a_dry_run_changes_nothing_and_says_what_would(app: &TestApp) {
    let notice = settled(app, "strict").await;
    direct(app, "ada", Answer::Grant, START - 2 * HOUR, Some(story::evidence(&notice, "ours"))).await;
    import(app.client(), "before", vec![vec![no(1, "bob", START - HOUR)]]).await.one();
    let before = held(app).await;
    let lines = || {
        vec![
            no(1, "ada", START - HOUR),
            no(2, "bob", START - HOUR),
            yes(3, "cleo", &notice),
            story::import_line(4, "cleo", []),
            no(5, "cleo", START - 3 * HOUR),
            story::import_line(6, "dina", [said(Answer::Grant, START, None)]),
            no(7, "cleo", START),
        ]
    };
    let told = stream(app.client(), vec![dry("list"), chunk(1, lines())]).await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(1));
    let expected = [
        (1, LineOutcome::Changed),
        (2, LineOutcome::Unchanged),
        (3, LineOutcome::Created),
        (4, LineOutcome::Blank),
        (5, LineOutcome::Superseded),
        (6, LineOutcome::Failed),
        (7, LineOutcome::Changed),
    ];
    assert_eq!(forecasts(told.one()), expected);
    assert_eq!(failures(told.one())[0].1, "EVIDENCE_MISSING");
    assert_eq!(held(app).await, before);

    // The real thing comes to the same.
    let real = import(app.client(), "list", vec![lines()]).await;
    assert_eq!(real.one().counts, told.one().counts);
    assert_eq!(failures(real.one()), failures(told.one()));
    assert!(real.one().forecasts.is_empty());
}

#[apply(every_app)]
async fn a_dry_run_folds_a_whole_chunk_however_it_is_cut(app: &TestApp) {
    let notice = settled(app, "strict").await;
    // More lines than one transaction takes: the last meet what the first would have left.
    let mut lines: Vec<_> = (1..=400).map(|line| yes(line, &format!("p{line}"), &notice)).collect();
    lines.extend((401..=800).map(|line| yes(line, &format!("p{}", line - 400), &notice)));
    let told = stream(app.client(), vec![dry("list"), chunk(1, lines.clone())]).await;
    assert_eq!(counts(told.one().counts), [400, 0, 0, 400, 0, 0, 0]);
    // What a chunk would leave behind does not count for the next one.
    let again =
        stream(app.client(), vec![dry("list"), chunk(5, lines.clone()), chunk(6, lines.clone())]).await;
    assert_eq!(counts(again.acknowledged[1].counts), [400, 0, 0, 400, 0, 0, 0]);
    assert_eq!(counts(again.ended), [800, 0, 0, 800, 0, 0, 0]);
    assert_eq!(counts(import(app.client(), "list", vec![lines]).await.ended), [400, 0, 0, 400, 0, 0, 0]);
}

#[apply(every_app)]
async fn a_dry_run_begins_at_any_chunk_and_goes_on_in_order(app: &TestApp) {
    settled(app, "strict").await;
    let lines = |line| vec![no(line, "ada", START)];
    let told = stream(app.client(), vec![dry("list"), chunk(4, lines(1)), chunk(6, lines(2))]).await;
    assert_eq!((told.acknowledged.len(), told.reason()), (1, "IMPORT_CHUNK_UNEXPECTED".to_owned()));
}
