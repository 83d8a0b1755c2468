//! A program that was away for longer than the feed keeps: it is told so by the service as it is, with the thirty days that stand
//! when nothing is set, and goes on from a snapshot.

use assent_sdk::export::ExportError;
use assent_sdk::{Cursor, ReadChanges, Reason, StreamError, WatchChanges};
use assent_tests::outbox::Outbox;

use super::*;
use crate::change::trimmed::trimmed_to;

const A_MONTH: Duration = Duration::from_secs(30 * 24 * 3_600 + 1);

/// The cursor of where a store stands.
fn cursor_of(store: &MemoryCursors) -> Cursor {
    let Some(Bookmark::At { cursor, .. }) = store.kept() else { panic!("between two changes") };
    cursor
}

fn reason(refused: assent_sdk::Error) -> Option<Reason> {
    refused.reason()
}

#[apply(every_engine)]
async fn whoever_was_away_for_thirty_days_is_told_and_goes_on_from_a_snapshot(engine: Engine) {
    let app = TestApp::start(engine).await;
    settled(&app).await;
    for who in ["anna", "bruno", "chloe"] {
        say(&app, who, Answer::Grant, marketing()).await;
    }
    let client = client_of(&app);
    let (store, mut held) = (MemoryCursors::new(), Held::default());
    let mut stream = client.changes().stream(from_earliest(), store.clone());
    catch_up(&mut stream, &mut held).await;

    // What happens while nobody reads: among it what no reader may miss.
    say(&app, "anna", Answer::Refuse, marketing()).await;
    let bruno = story::person("bruno").expect("a person").id;
    client.privacy().erase(story::people(), bruno).await.expect("an erasure");
    app.advance(A_MONTH);
    trimmed_to(&app, 6).await;
    say(&app, "dario", Answer::Refuse, marketing()).await;

    let kept = store.kept();
    for _ in 0..2 {
        let Next::SnapshotNeeded(why) = stream.next().await.expect("an answer") else { panic!("no page") };
        assert_eq!(why.reason, SnapshotReason::CursorExpired);
        let (position, oldest) = why.oldest.expect("where reading can begin");
        let page = client.changes().read(ReadChanges::from_cursor(oldest)).await.expect("a page");
        assert_eq!((position, page.covered_after, page.changes.len()), (6, 5, 1), "which misses two");
    }
    assert_eq!(store.kept(), kept, "nothing was dropped by itself");
    let watched = client.changes().watch(WatchChanges::from_cursor(cursor_of(&store))).next().await;
    assert_eq!(watched.map_err(reason).expect_err("no batch"), Some(Reason::CursorExpired));

    take_over(&mut stream, &mut held).await;
    say(&app, "dario", Answer::Withdraw, marketing()).await;
    say(&app, "elena", Answer::Grant, marketing()).await;
    catch_up(&mut stream, &mut held).await;
    let expected = [
        ("anna", State::Refused),
        ("chloe", State::Granted),
        ("dario", State::Withdrawn),
        ("elena", State::Granted),
    ];
    let expected = expected.map(|(who, state)| (story::person(who).expect("a person").id, state));
    assert_eq!(held.states(), BTreeMap::from(expected), "who was erased is dropped");
    app.finish().await;
}

#[apply(every_engine)]
async fn a_snapshot_that_was_left_for_thirty_days_is_begun_anew_when_that_is_asked_for(engine: Engine) {
    let app = TestApp::start(engine).await;
    settled(&app).await;
    for who in ["anna", "bruno"] {
        say(&app, who, Answer::Grant, marketing()).await;
    }
    let client = client_of(&app);
    let store = MemoryCursors::new();
    let mut stream = client.changes().stream(StreamChanges::from_snapshot(), store.clone());
    let mut copy = stream.hand_over().await.expect("a snapshot is begun");
    let part = copy.next().await.expect("a part").expect("there is one");
    part.acknowledge().await.expect("the bookmark is saved");
    say(&app, "anna", Answer::Refuse, marketing()).await;
    app.advance(A_MONTH);
    trimmed_to(&app, 4).await;

    let mut copy = stream.hand_over().await.expect("it is gone on with");
    let StreamError::SnapshotLost(why) = copy.next().await.map(drop).expect_err("no part") else {
        panic!("it can go on")
    };
    assert_eq!(why.reason, SnapshotReason::CursorExpired);
    let Next::SnapshotNeeded(why) = stream.next().await.expect("an answer") else { panic!("no page") };
    assert_eq!(why.reason, SnapshotReason::SnapshotUnfinished, "nothing was begun by itself");

    let mut copy = stream.hand_over().await.expect("it is gone on with");
    copy.begin_anew().await.expect("the bookmark is saved");
    let mut told = Vec::new();
    while let Some(part) = copy.next().await.expect("a part") {
        told.extend(part.iter().map(|one| one.standing(Series::Marketing).expect("all series").state));
        part.acknowledge().await.expect("the bookmark is saved");
    }
    assert_eq!(told, [State::Refused, State::Granted]);
    say(&app, "bruno", Answer::Refuse, marketing()).await;
    let page = stream.next().await.expect("an answer").page().expect("a page");
    assert_eq!((page.covered_after, page.changes.len()), (3, 1));
    drop(page);
    app.finish().await;
}

#[apply(every_engine)]
async fn an_export_that_comes_thirty_days_late_says_so_and_makes_no_file(engine: Engine) {
    let app = TestApp::start(engine).await;
    settled(&app).await;
    say(&app, "anna", Answer::Grant, marketing()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let outbox = Outbox {
        address: app.address().to_string(),
        key: app.ours().key.clone(),
        folder: folder.path().to_owned(),
        page_size: 1,
    };
    let store = MemoryCursors::new();
    let mut stream = client_of(&app).changes().stream(from_earliest(), store.clone());
    drop(stream.next().await.expect("an answer"));
    app.advance(A_MONTH);
    trimmed_to(&app, 2).await;
    say(&app, "bruno", Answer::Grant, marketing()).await;

    let late = outbox.export().from_cursor(cursor_of(&store));
    for _ in 0..2 {
        let error = outbox.client().changes().export(late.clone(), |_| {}).await.expect_err("no files");
        let ExportError::CursorLost(why) = error else { panic!("{error}") };
        assert_eq!(why.reason, SnapshotReason::CursorExpired);
    }
    assert!(export::files(folder.path()).is_empty());
    assent_sdk::export::discard(folder.path(), assent_tests::outbox::NAME).expect("it is discarded");
    let told = outbox.run().await.expect("everything that is left");
    assert_eq!((told.manifest.from.position, told.manifest.to.position, told.manifest.changes), (1, 2, 1));
    app.finish().await;
}
