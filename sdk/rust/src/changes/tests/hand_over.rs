//! A stream hands over to a snapshot when it is told to, and goes on from it.

use super::snapshot::{end, page as people};
use super::*;
use crate::{Bookmark, HandOver, MemoryCursors, OwnTransaction, SnapshotReason, StreamError};

fn kept(store: &MemoryCursors) -> String {
    store.kept().map(|kept| kept.to_text()).unwrap_or_default()
}

/// The people of the next part, and its bookmark; acknowledged.
async fn part<S: CursorStore>(copy: &mut HandOver<'_, S>) -> (Vec<String>, String) {
    let part = copy.next().await.unwrap().unwrap();
    let people = part.iter().map(|one| one.profile.clone()).collect();
    (people, part.acknowledge().await.unwrap().to_text())
}

fn said(people: &[&str], bookmark: &str) -> (Vec<String>, String) {
    (people.iter().map(|one| (*one).to_owned()).collect(), bookmark.to_owned())
}

#[tokio::test]
async fn a_lost_cursor_is_dropped_for_a_snapshot_when_that_is_asked_for() {
    let service = Scripted::start().await;
    service.ledger(9, 2);
    let store = MemoryCursors::new();
    let mut stream = stream(&service, store.clone());
    page(&mut stream).await.acknowledge().await.unwrap();
    service.fail([expired()]);
    let Next::SnapshotNeeded(_) = stream.next().await.unwrap() else { panic!("no page") };
    assert_eq!(kept(&store), "1 at 2 2", "nothing was dropped yet");

    service.snapshot([people(&["anna"], "a"), people(&["bruno"], "b"), end("7")]);
    let mut copy = stream.hand_over().await.unwrap();
    assert_eq!(kept(&store), "1 snapshot -");
    assert_eq!(part(&mut copy).await, said(&["anna"], "1 snapshot a"));
    assert_eq!(part(&mut copy).await, said(&["bruno"], "1 snapshot b"));
    let last = copy.next().await.unwrap().unwrap();
    assert!(last.is_last() && last.is_empty());
    assert_eq!(kept(&store), "1 snapshot b", "the end is dealt with when that is said");
    last.acknowledge().await.unwrap();
    assert!(copy.next().await.unwrap().is_none());
    assert_eq!(kept(&store), "1 at 7 7");
    assert_eq!(page(&mut stream).await.changes[0].position, 8, "on from the snapshot's cursor");
    assert_eq!(service.cursors(), ["EARLIEST", "0", "2", "", "7"]);
}

#[tokio::test]
async fn the_first_page_after_a_snapshot_joins_it() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    service.snapshot([end("7")]);
    let mut copy = stream.hand_over().await.unwrap();
    copy.next().await.unwrap().unwrap().acknowledge().await.unwrap();
    service.page(v1::ReadConsentChangesResponse {
        covered_after: 8,
        covered_through: 9,
        ..Default::default()
    });
    assert!(matches!(stream.next().await.map(|_| ()).unwrap_err(), StreamError::Page(_)));
}

#[tokio::test]
async fn a_snapshot_that_a_process_did_not_end_is_gone_on_with() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    service.snapshot([people(&["anna"], "a"), people(&["bruno"], "b")]);
    {
        let mut stream = stream(&service, store.clone());
        let mut copy = stream.hand_over().await.unwrap();
        part(&mut copy).await;
        drop(copy.next().await.unwrap()); // read, and not dealt with
    }
    let mut stream = stream(&service, store.clone());
    let Next::SnapshotNeeded(why) = stream.next().await.unwrap() else { panic!("no page") };
    assert_eq!(why.reason, SnapshotReason::SnapshotUnfinished);
    service.snapshot([people(&["bruno"], "b"), end("7")]);
    let mut copy = stream.hand_over().await.unwrap();
    assert_eq!(part(&mut copy).await, said(&["bruno"], "1 snapshot b"));
    assert_eq!(part(&mut copy).await, said(&[], "1 at 7 7"));
    assert_eq!(service.cursors(), ["", "a"], "after what was acknowledged");
}

#[tokio::test]
async fn a_part_that_was_not_acknowledged_is_given_again() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    service.snapshot([people(&["anna"], "a"), people(&["bruno"], "b")]);
    service.snapshot([people(&["bruno"], "b"), end("7")]);
    service.snapshot([end("7")]);
    let mut copy = stream.hand_over().await.unwrap();
    part(&mut copy).await;
    drop(copy.next().await.unwrap());
    assert_eq!(part(&mut copy).await, said(&["bruno"], "1 snapshot b"));
    drop(copy.next().await.unwrap());
    assert_eq!(part(&mut copy).await, said(&[], "1 at 7 7"));
    assert_eq!(service.cursors(), ["", "a", "b"]);
}

#[tokio::test]
async fn a_snapshot_that_cannot_go_on_says_so_and_is_begun_anew_when_that_is_asked_for() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    let mut stream = stream(&service, store.clone());
    service.snapshot([people(&["anna"], "a"), Err(expired())]);
    let mut copy = stream.hand_over().await.unwrap();
    part(&mut copy).await;
    let error = copy.next().await.map(|_| ()).unwrap_err();
    let StreamError::SnapshotLost(why) = &error else { panic!("{error}") };
    assert_eq!(why.reason, SnapshotReason::CursorExpired);
    assert!(error.to_string().contains("begin_anew"), "{error}");
    assert_eq!(kept(&store), "1 snapshot a");

    service.snapshot([people(&["anna"], "a"), end("7")]);
    copy.begin_anew().await.unwrap();
    assert_eq!(kept(&store), "1 snapshot -");
    assert_eq!(part(&mut copy).await, said(&["anna"], "1 snapshot a"));
    assert_eq!(part(&mut copy).await, said(&[], "1 at 7 7"));
    assert_eq!(service.cursors(), ["", ""]);
}

#[tokio::test]
async fn the_callers_own_transaction_saves_the_parts_too() {
    let service = Scripted::start().await;
    service.snapshot([people(&["anna"], "a")]);
    let mut own = stream(&service, OwnTransaction::after(None));
    let mut copy = own.hand_over().await.unwrap();
    let part = copy.next().await.unwrap().unwrap();
    let saved = part.bookmark().to_text();
    part.acknowledge().await.unwrap();

    let kept = Bookmark::from_text(&saved).unwrap();
    service.snapshot([end("7")]);
    let mut own = stream(&service, OwnTransaction::after(Some(kept)));
    let mut copy = own.hand_over().await.unwrap();
    let last = copy.next().await.unwrap().unwrap();
    assert!(last.is_last());
    last.acknowledge().await.unwrap();
    assert_eq!(own.bookmark().map(Bookmark::to_text).as_deref(), Some("1 at 7 7"));
    assert_eq!(service.cursors(), ["", "a"]);
}
