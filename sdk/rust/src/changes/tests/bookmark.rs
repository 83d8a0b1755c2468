//! A bookmark is read as it was written, or not at all.

use crate::{Bookmark, Cursor, NotABookmark, ResumeToken};

#[test]
fn a_bookmark_reads_as_it_was_written() {
    let all = [
        Bookmark::at(Cursor::from_text("abc"), 7),
        Bookmark::of_cursor(Cursor::from_text("abc")),
        Bookmark::in_snapshot(None),
        Bookmark::in_snapshot(Some(ResumeToken::from_text("token"))),
    ];
    for bookmark in all {
        assert_eq!(Bookmark::from_text(&bookmark.to_text()), Ok(bookmark));
    }
    assert_eq!(Bookmark::at(Cursor::from_text("abc"), 7).to_text(), "1 at 7 abc");
}

#[test]
fn any_other_text_is_no_bookmark() {
    let wrong = [
        "",
        "abc",
        "1 at 7",
        "1 at 7 ",
        "1 at seven abc",
        "1 at +7 abc",
        "1 at 07 abc",
        "1 at 7 abc and",
        "1 at 7 a\nb",
        "2 at 7 abc",
        "1 snapshot",
        "1 snapshot - more",
        "1 at 99999999999999999999 abc",
    ];
    for text in wrong {
        assert_eq!(Bookmark::from_text(text), Err(NotABookmark), "{text:?}");
    }
}
