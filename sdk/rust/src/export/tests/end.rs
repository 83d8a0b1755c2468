//! Where runs begin and end, and how one follows the other.

use assent_proto::v1;

use super::*;
use crate::changes::PageFault;

#[tokio::test]
async fn a_run_ends_where_the_ledger_ended_when_it_began() {
    let service = Scripted::start().await;
    service.ledger(300, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let exported = service
        .client()
        .changes()
        .export(both(folder.path()), |progress| {
            assert_eq!(progress.end, 300);
            service.ledger(900, 1_000);
        })
        .await
        .unwrap();
    let manifest = exported.manifest;
    assert_eq!((manifest.changes, manifest.to.position, manifest.ledger_head.position), (300, 300, 300));
    assert_eq!((manifest.from.position, manifest.to_cursor().as_str()), (0, "300"));
    assert_eq!(manifest.known_head().map(|head| head.chain), Some([9; 32]));
}

#[tokio::test]
async fn one_run_begins_where_the_last_one_ended() {
    let service = Scripted::start().await;
    service.ledger(700, 1_000);
    let whole = tempfile::tempdir().unwrap();
    run(&service.client(), both(whole.path())).await.unwrap();
    let whole = text(&files(whole.path())["consents_20261122.ndjson.gz"]);

    let mut joined = String::new();
    let mut cursor = None;
    for (end, expected) in [(Some(1), 1), (Some(150), 149), (Some(150), 0), (Some(151), 1), (None, 549)] {
        let folder = tempfile::tempdir().unwrap();
        let mut export = both(folder.path());
        if let Some(cursor) = cursor {
            export = export.from_cursor(cursor);
        }
        if let Some(end) = end {
            export = export.through(end);
        }
        let exported = run(&service.client(), export).await.unwrap();
        assert_eq!(exported.manifest.changes, expected, "{end:?}");
        assert_eq!(exported.manifest.to.position, end.unwrap_or(700));
        assert_eq!(exported.manifest.ledger_head.position, 700);
        assert_eq!(Manifest::read(&exported.manifest_file).unwrap(), exported.manifest);
        joined += &text(&files(folder.path())["consents_20261122.ndjson.gz"]);
        cursor = Some(Manifest::read(&exported.manifest_file).unwrap().to_cursor());
    }
    assert_eq!(joined, whole);
}

#[tokio::test]
async fn an_end_that_is_not_there_is_refused() {
    let service = Scripted::start().await;
    service.ledger(9, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let beyond = run(&service.client(), both(folder.path()).through(10)).await.unwrap_err();
    assert!(matches!(beyond, ExportError::EndWrong { asked: 10, known: 9, .. }), "{beyond}");
    let latest = both(folder.path()).from_start(Start::Latest).through(8);
    let before = run(&service.client(), latest).await.unwrap_err();
    assert!(matches!(before, ExportError::EndWrong { asked: 8, known: 9, .. }), "{before}");
    let cursor = both(folder.path()).from_cursor(Cursor::from_text("5")).through(4);
    let before = run(&service.client(), cursor).await.unwrap_err();
    assert!(matches!(before, ExportError::EndWrong { asked: 4, known: 5, .. }), "{before}");
    assert!(files(folder.path()).is_empty());
}

#[tokio::test]
async fn nothing_to_export_makes_files_that_say_so() {
    let service = Scripted::start().await;
    service.ledger(0, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let exported = run(&service.client(), both(folder.path())).await.unwrap();
    assert_eq!((exported.manifest.changes, exported.manifest.files[0].rows), (0, 0));
    let files = files(folder.path());
    assert_eq!(text(&files["consents_20261122.ndjson.gz"]), "");
    assert_eq!(text(&files["consents_20261122.csv.gz"]).lines().count(), 1);
}

#[tokio::test]
async fn a_page_that_does_not_join_is_not_written() {
    let service = Scripted::start().await;
    service.ledger(200, 1_000);
    let folder = tempfile::tempdir().unwrap();
    (0..4).for_each(|_| service.answer());
    service.fail([interruption()]);
    run(&service.client(), both(folder.path())).await.unwrap_err();
    service.page(v1::ReadConsentChangesResponse {
        covered_after: 195,
        covered_through: 200,
        caught_up: true,
        ..Default::default()
    });
    let error = run(&service.client(), both(folder.path())).await.unwrap_err();
    let ExportError::Page(PageFault::NotJoined { ended: 194, begins: 195, .. }) = error else {
        panic!("{error}")
    };
    assert_eq!(run(&service.client(), both(folder.path())).await.unwrap().manifest.changes, 200);
}

#[tokio::test]
async fn a_ledger_that_was_put_back_meanwhile_is_noticed() {
    let service = Scripted::start().await;
    service.ledger(200, 1_000);
    let folder = tempfile::tempdir().unwrap();
    let export = service.client().changes().export(both(folder.path()), |_| service.ledger(100, 1_000)).await;
    let error = export.unwrap_err();
    assert!(matches!(error, ExportError::LedgerShorter { head: 100, end: 200 }), "{error}");

    // And where it has grown as far again, its end is not the one that the manifest would name.
    service.ledger(300, 1_000);
    (0..3).for_each(|_| service.answer());
    let lost = ["CURSOR_DIVERGED"].map(|name| failure(Code::DataLoss, name, ErrorDetails::new()));
    discard(folder.path(), "consents_$yyyyMMdd").unwrap();
    let large = both(folder.path()).page_size(1_000);
    service.fail(lost);
    let error = run(&service.client(), large).await.unwrap_err();
    let ExportError::CursorLost(why) = error else { panic!("{error}") };
    assert_eq!(why.reason, crate::SnapshotReason::CursorDiverged);
    assert!(files(folder.path()).is_empty());
}
