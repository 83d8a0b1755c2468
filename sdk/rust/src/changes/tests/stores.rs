//! Where bookmarks are kept.

use std::fs;
use std::path::Path;

use super::{page, stream};
use crate::scripted::Scripted;
use crate::{
    Bookmark, Cursor, CursorStore, CursorStoreError, FileCursors, MemoryCursors, OwnTransaction, StreamError,
};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_holds_what_was_saved_last_and_nothing_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = FileCursors::at(folder.path().join("crm.cursor"));
    assert_eq!(store.load().await.unwrap(), None);
    for position in 1..=3 {
        let bookmark = Bookmark::at(Cursor::from_text("abc"), position);
        store.save(&bookmark).await.unwrap();
        assert_eq!(store.load().await.unwrap(), Some(bookmark));
    }
    assert_eq!(names(folder.path()), ["crm.cursor"]);
}

#[tokio::test]
async fn what_a_killed_process_left_beside_the_file_is_neither_read_nor_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = FileCursors::at(folder.path().join("crm.cursor"));
    let first = Bookmark::at(Cursor::from_text("abc"), 1);
    store.save(&first).await.unwrap();
    fs::write(folder.path().join(".crm.cursor.new"), "1 at 2 a").unwrap();
    assert_eq!(store.load().await.unwrap(), Some(first));
    let second = Bookmark::at(Cursor::from_text("abc"), 2);
    store.save(&second).await.unwrap();
    assert_eq!((store.load().await.unwrap(), names(folder.path()).len()), (Some(second), 1));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_an_error_and_never_the_beginning() {
    let service = Scripted::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("crm.cursor");
    let bookmark = Bookmark::at(Cursor::from_text("abc"), 1);
    FileCursors::at(&path).save(&bookmark).await.unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    let damaged = ["", "abc", &whole[..whole.len() - 1], &whole.replace("abc", "abd"), &whole.repeat(2)];
    for content in damaged {
        fs::write(&path, content).unwrap();
        let error = stream(&service, FileCursors::at(&path)).next().await.map(|_| ()).unwrap_err();
        let StreamError::Store(error) = error else { panic!("{error}") };
        assert!(matches!(error, CursorStoreError::NotABookmark), "{content:?}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content, "what is there is left alone");
    }
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    let error = FileCursors::at(&path).load().await.unwrap_err();
    assert!(matches!(error, CursorStoreError::NotABookmark), "{error}");
    let error = FileCursors::at(folder.path()).load().await.unwrap_err();
    assert!(matches!(error, CursorStoreError::NotRead(_)), "{error}");
    assert!(service.seen().is_empty(), "nothing was asked of the service");
}

#[tokio::test]
async fn a_bookmark_that_could_not_be_read_again_is_not_written_over_one_that_can() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = FileCursors::at(folder.path().join("crm.cursor"));
    let good = Bookmark::at(Cursor::from_text("abc"), 1);
    store.save(&good).await.unwrap();
    let error = store.save(&Bookmark::at(Cursor::from_text("a b"), 2)).await.unwrap_err();
    assert!(matches!(error, CursorStoreError::NotABookmark), "{error}");
    assert_eq!(store.load().await.unwrap(), Some(good));
}

#[tokio::test]
async fn a_stream_goes_on_after_the_process_by_its_file() {
    let service = Scripted::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileCursors::at(folder.path().join("crm.cursor"));
    page(&mut stream(&service, store.clone())).await.acknowledge().await.unwrap();
    page(&mut stream(&service, store.clone())).await.acknowledge().await.unwrap();
    // Read, and not acknowledged.
    drop(page(&mut stream(&service, store.clone())).await);
    assert_eq!(page(&mut stream(&service, store)).await.covered_after, 2);
    assert_eq!(service.cursors(), ["EARLIEST", "0", "1", "2", "2"]);
}

#[tokio::test]
async fn where_saving_fails_the_stream_does_not_go_on() {
    let service = Scripted::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileCursors::at(folder.path().join("crm.cursor"));
    let mut stream = stream(&service, store);
    page(&mut stream).await.acknowledge().await.unwrap();
    fs::create_dir(folder.path().join(".crm.cursor.new")).unwrap();
    let error = page(&mut stream).await.acknowledge().await.unwrap_err();
    assert!(matches!(error, CursorStoreError::NotSaved(_)), "{error}");
    assert_eq!(page(&mut stream).await.covered_after, 1, "the page is given again");
}

#[tokio::test]
async fn the_callers_own_transaction_saves_what_the_page_gives() {
    let service = Scripted::start().await;
    let mut saved = None;
    for expected in ["1 at 1 1", "1 at 2 2"] {
        let kept = saved.as_deref().map(Bookmark::from_text).transpose().unwrap();
        let mut stream = stream(&service, OwnTransaction::after(kept));
        let page = page(&mut stream).await;
        saved = Some(page.bookmark().to_text()); // in the transaction
        let taken = page.acknowledge().await.unwrap();
        assert_eq!((taken.to_text().as_str(), saved.as_deref()), (expected, Some(expected)));
        assert_eq!(stream.bookmark(), Some(&taken));
    }
    assert_eq!(service.cursors(), ["EARLIEST", "0", "1"]);
}

#[tokio::test]
async fn clones_of_a_store_in_memory_hold_one_bookmark() {
    let service = Scripted::start().await;
    let store = MemoryCursors::new();
    page(&mut stream(&service, store.clone())).await.acknowledge().await.unwrap();
    assert_eq!(store.kept().map(|kept| kept.to_text()).as_deref(), Some("1 at 1 1"));
    assert_eq!(page(&mut stream(&service, store)).await.covered_after, 1);
}
