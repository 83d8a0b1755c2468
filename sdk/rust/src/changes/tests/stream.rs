//! The bookmark moves when a page was dealt with, and not before; pages join; nothing starts by itself.

use std::time::Duration;

use super::*;
use crate::scripted::changes::change;
use crate::{Cursor, MemoryCursors, OwnTransaction, PageFault, Reason, SnapshotReason, Start, StreamError};

#[tokio::test]
async fn an_acknowledged_page_is_followed_by_the_next() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    let kept = page(&mut stream).await.acknowledge().await.unwrap();
    assert_eq!(kept.to_text(), "1 at 1 1");
    assert_eq!(stream.bookmark(), Some(&kept));
    assert_eq!(page(&mut stream).await.changes[0].position, 2);
    assert_eq!(service.cursors(), ["EARLIEST", "0", "1"]);
}

#[tokio::test]
async fn a_page_that_was_not_acknowledged_is_given_again() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    drop(page(&mut stream).await);
    drop(page(&mut stream).await);
    assert_eq!(service.cursors(), ["EARLIEST", "0", "0"]);
}

#[tokio::test]
async fn an_error_leaves_the_bookmark_where_it_was() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    page(&mut stream).await.acknowledge().await.unwrap();
    service.fail([failure(Code::InvalidArgument, "CURSOR_FILTER_MISMATCH", ErrorDetails::new())]);
    let StreamError::Call(error) = stream.next().await.map(|_| ()).unwrap_err() else { panic!("a call") };
    assert_eq!(error.reason(), Some(Reason::CursorFilterMismatch));
    assert_eq!(page(&mut stream).await.covered_after, 1);
}

#[tokio::test]
async fn a_long_poll_has_its_wait_on_top_of_an_attempts_time() {
    let service = Scripted::start().await;
    let query = StreamChanges::from_cursor(Cursor::from_text("0")).max_wait(Duration::from_secs(20));
    drop(page(&mut service.client().changes().stream(query, MemoryCursors::new())).await);
    assert_eq!(service.seen()[0].header("grpc-timeout"), "30000000u");
}

#[tokio::test]
async fn who_begins_now_has_now_kept_before_anything_is_read() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    let begin = || {
        let query = StreamChanges::from_start(Start::Latest).max_wait(Duration::ZERO);
        service.client().changes().stream(query, store.clone())
    };
    drop(page(&mut begin()).await);
    service.ledger(6, 9);
    let mut again = begin();
    let page = page(&mut again).await;
    assert_eq!((page.covered_after, page.changes.len()), (4, 2), "what came between two processes is read");
    assert_eq!(service.cursors(), ["LATEST", "4", "4"]);
}

#[tokio::test]
async fn pages_that_do_not_join_are_not_given() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    let mut stream = stream(&service, store.clone());
    page(&mut stream).await.acknowledge().await.unwrap();
    for begins in [0, 2] {
        let page = v1::ReadConsentChangesResponse {
            covered_after: begins,
            covered_through: 3,
            next_cursor: "3".to_owned(),
            ..Default::default()
        };
        service.page(page);
        let error = stream.next().await.map(|_| ()).unwrap_err();
        let StreamError::Page(PageFault::NotJoined { ended: 1, begins: found, .. }) = error else {
            panic!("{error}")
        };
        assert_eq!(found, begins);
        assert!(error.to_string().contains("ended at 1"), "{error}");
    }
    assert_eq!(store.kept().map(|kept| kept.to_text()).as_deref(), Some("1 at 1 1"));
    assert_eq!(page(&mut stream).await.covered_after, 1, "asking again is safe");
}

#[tokio::test]
async fn pages_join_over_a_restart_too() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    page(&mut stream(&service, store.clone())).await.acknowledge().await.unwrap();
    service.page(v1::ReadConsentChangesResponse {
        covered_after: 2,
        covered_through: 2,
        ..Default::default()
    });
    let error = stream(&service, store).next().await.map(|_| ()).unwrap_err();
    assert!(matches!(error, StreamError::Page(PageFault::NotJoined { .. })), "{error}");
}

#[tokio::test]
async fn a_page_that_is_not_in_order_is_not_given() {
    let service = Scripted::start().await;
    let mut stream = stream(&service, MemoryCursors::new());
    let of = |positions: &[u64], through| v1::ReadConsentChangesResponse {
        changes: positions.iter().map(|position| change(*position)).collect(),
        covered_through: through,
        ..Default::default()
    };
    for (positions, wrong) in [([2, 2], 2), ([3, 2], 2), ([1, 5], 5), ([0, 1], 0)] {
        service.page(of(&positions, 4));
        let error = stream.next().await.map(|_| ()).unwrap_err();
        let StreamError::Page(PageFault::OutOfOrder { position, .. }) = error else { panic!("{error}") };
        assert_eq!(position, wrong, "{positions:?}");
    }
    page(&mut stream).await.acknowledge().await.unwrap();
    service.page(v1::ReadConsentChangesResponse { covered_after: 1, ..Default::default() });
    let error = stream.next().await.map(|_| ()).unwrap_err();
    assert!(matches!(error, StreamError::Page(PageFault::EndsBeforeItBegins { .. })), "{error}");
}

#[tokio::test]
async fn a_cursor_that_leads_nowhere_is_told_and_nothing_is_done_about_it() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    let mut stream = stream(&service, store.clone());
    page(&mut stream).await.acknowledge().await.unwrap();
    let lost = |name| failure(Code::DataLoss, name, ErrorDetails::new());
    let told = [
        (expired(), SnapshotReason::CursorExpired),
        (lost("CURSOR_DIVERGED"), SnapshotReason::CursorDiverged),
        (lost("CURSOR_AHEAD_OF_HEAD"), SnapshotReason::CursorAheadOfHead),
    ];
    for (status, reason) in told {
        service.fail([status]);
        let Next::SnapshotNeeded(why) = stream.next().await.unwrap() else { panic!("no page") };
        assert_eq!(why.reason, reason);
        assert_eq!(why.oldest.is_some(), reason == SnapshotReason::CursorExpired);
        assert!(why.to_string().contains("hand_over") && why.error.is_some(), "{why}");
        assert_eq!(store.kept().map(|kept| kept.to_text()).as_deref(), Some("1 at 1 1"));
    }
    assert_eq!(service.cursors(), ["EARLIEST", "0", "1", "1", "1"]);
}

#[tokio::test]
async fn who_accepts_a_gap_goes_on_from_the_oldest_that_is_left() {
    let service = Scripted::start().await;
    service.ledger(9, 2);
    let store = MemoryCursors::new();
    let mut stream = stream(&service, store.clone());
    drop(page(&mut stream).await);
    service.fail([expired()]);
    let Next::SnapshotNeeded(why) = stream.next().await.unwrap() else { panic!("no page") };
    let (position, cursor) = why.oldest.unwrap();
    stream.go_on_from(cursor).await.unwrap();
    assert_eq!(page(&mut stream).await.changes[0].position, position);
    assert_eq!(store.kept().map(|kept| kept.to_text()).as_deref(), Some("1 at - 6"));
}

#[tokio::test]
async fn who_is_to_begin_with_a_snapshot_is_told_so_until_there_is_one() {
    let service = Scripted::start().await;
    let mut stream =
        service.client().changes().stream(StreamChanges::from_snapshot(), OwnTransaction::after(None));
    for _ in 0..2 {
        let Next::SnapshotNeeded(why) = stream.next().await.unwrap() else { panic!("no page") };
        assert_eq!(why.reason, SnapshotReason::NothingRead);
    }
    assert!(service.seen().is_empty());
}
