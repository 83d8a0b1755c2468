//! A chunk of which some lines are durable and others not, because its stream broke off between two transactions: it goes on
//! with what it began with, and with nothing else.

use super::*;
use assent_tests::engine::Engine;
use assent_tests::{apply, every_app, marks};

/// How many lines the chunk has: more than two transactions take, as the settings are by default.
const LINES: u64 = 120;

/// The line on which it breaks off: in the second transaction.
const BROKEN: u64 = 70;

fn who(line: u64) -> String {
    format!("p{line}")
}

/// The lines of the chunk; one of those that are written at once cannot be taken.
fn lines(notice: &[u8]) -> Vec<ImportLine> {
    let mut lines: Vec<_> = (1..=LINES).map(|line| yes(line, &who(line), notice)).collect();
    lines[6] = story::import_line(7, &who(7), [said(Answer::Grant, START, None)]);
    lines
}

/// Nobody can store a record of that person any more.
async fn poison(app: &TestApp, who: &str) {
    let who = marks::id(who);
    let trigger = match app.engine() {
        Engine::Sqlite => format!(
            "CREATE TRIGGER poison BEFORE INSERT ON record WHEN NEW.profile = '{who}'
             BEGIN SELECT RAISE(ABORT, 'poison'); END"
        ),
        Engine::Postgres => format!(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.profile = '{who}' THEN RAISE 'poison'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER poison BEFORE INSERT ON record FOR EACH ROW EXECUTE FUNCTION poison()"
        ),
    };
    app.look().await.run(&trigger).await.expect("a trigger");
}

async fn heal(app: &TestApp) {
    let trigger = match app.engine() {
        Engine::Sqlite => "DROP TRIGGER poison",
        Engine::Postgres => "DROP TRIGGER poison ON record",
    };
    app.look().await.run(trigger).await.expect("no trigger any more");
}

/// How far our import has come: whole chunks, and lines of the one after them.
async fn progress(app: &TestApp) -> (String, u64) {
    let come = format!(
        "SELECT CAST(chunk AS TEXT), CAST(line AS TEXT) FROM import WHERE tenant = '{}'",
        app.ours().id
    );
    let rows = app.look().await.rows(&come).await.expect("an import");
    let [Some(chunk), Some(line)] = rows[0].as_slice() else { panic!("{rows:?}") };
    (chunk.clone(), line.parse().expect("a number"))
}

/// Begins the chunk and breaks off in the midst of it; gives how many of its lines are durable.
async fn broken_off(app: &TestApp, notice: &[u8]) -> u64 {
    poison(app, &who(BROKEN)).await;
    let told = import(&app.client().once(), "list", vec![lines(notice)]).await;
    assert!(told.acknowledged.is_empty(), "what is not durable as a whole is not acknowledged: {told:?}");
    assert_eq!(told.reason(), "INTERNAL");
    heal(app).await;
    let (chunks, written) = progress(app).await;
    assert_eq!(chunks, "0");
    assert!(written > 7 && written < BROKEN, "some of its lines are durable: {written}");
    written
}

#[apply(every_app)]
async fn a_chunk_that_was_begun_is_not_gone_on_with_by_other_content(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let written = broken_off(app, &notice).await;
    let client = app.client().once();
    let before = held(app).await;
    assert_eq!(before["profile"].len() as u64, written - 1, "all but the one that was refused");

    let same = lines(&notice);
    // Others from the first line that is not written, one line less or more, other words in what is written, other numbers.
    let mut another = same.clone();
    another[usize::try_from(LINES).expect("a few") - 1] = yes(LINES, "somebody else", &notice);
    let mut longer = same.clone();
    longer.push(yes(LINES + 1, "one more", &notice));
    let shorter = same[..usize::try_from(written).expect("a few")].to_vec();
    let mut earlier = same.clone();
    earlier[0] = no(1, &who(1), START);
    let renumbered = (2..).zip(same.clone()).map(|(line, one)| ImportLine { line, ..one }).collect();
    for other in [another, longer, shorter, earlier, renumbered] {
        let told = import(&client, "list", vec![other]).await;
        assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(1));
        assert_eq!(told.reason(), "IMPORT_CHUNK_REUSED");
        assert_eq!(told.error.expect("an error").code(), Code::AlreadyExists);
    }
    assert_eq!(held(app).await, before, "and nothing of it is stored");
    // The chunk after it does not come before it either.
    let skipped = vec![begin(story::import_header("list")), chunk(2, same)];
    assert_eq!(stream(&client, skipped).await.reason(), "IMPORT_CHUNK_UNEXPECTED");
    assert_eq!(held(app).await, before);
}

#[apply(every_app)]
async fn a_chunk_that_was_begun_goes_on_where_it_broke_off_and_is_answered_as_a_whole(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let written = broken_off(app, &notice).await;
    app.advance(std::time::Duration::from_secs(60));
    let told = import(&app.client().once(), "list", vec![lines(&notice)]).await;
    assert_eq!(told.opened.as_ref().map(|opened| opened.next_chunk), Some(1));
    assert_eq!(counts(told.opened.as_ref().and_then(|opened| opened.totals)), [0; 7], "of whole chunks");
    let one = told.one();
    assert!(!one.repeated);
    assert_eq!(counts(one.counts), [LINES - 1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(one.counts, one.totals);
    let failed = failures(one);
    let [(7, reason, fields)] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!(reason, "EVIDENCE_MISSING", "what an earlier stream refused is told in full");
    assert!(
        fields.contains(&"chunk.lines[6].events[0].answer.evidence.proof_reference".to_owned()),
        "{fields:?}"
    );
    let recorded_at = async |line| {
        let records = story::records(app.client(), &who(line)).await;
        assert_eq!(records.len(), 1, "each line is on record once");
        records[0].recorded_at
    };
    let (first, later) = (Some(story::timestamp(START)), Some(story::timestamp(START + 60_000_000)));
    for (line, at) in [(1, first), (written, first), (written + 1, later), (BROKEN, later), (LINES, later)] {
        assert_eq!(recorded_at(line).await, at, "line {line}");
    }
    assert_eq!(progress(app).await, ("1".to_owned(), 0));
}
