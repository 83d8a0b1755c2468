//! Where a reader stands: what it keeps from one run to the next.

use super::{Cursor, ResumeToken};

/// What a text begins with, so that a later release can tell it from its own.
const VERSION: &str = "1";

/// Where a reader of the changes stands. Kept as one line of text of at most 4,096 bytes ([`Self::to_text`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bookmark {
    /// Between two changes.
    #[non_exhaustive]
    At {
        /// Where to go on.
        cursor: Cursor,
        /// The position that it covers, by which the next page is known to join. Absent: not known.
        position: Option<u64>,
    },
    /// In the midst of a snapshot, which has to be ended before there is a cursor again.
    #[non_exhaustive]
    InSnapshot {
        /// After the last page that was dealt with. Absent: none was.
        resume_token: Option<ResumeToken>,
    },
}

impl Bookmark {
    /// The bookmark of a cursor whose position is not known: that the first page after it joins is then not checked.
    #[must_use]
    pub const fn of_cursor(cursor: Cursor) -> Self {
        Self::At { cursor, position: None }
    }

    pub(super) const fn at(cursor: Cursor, position: u64) -> Self {
        Self::At { cursor, position: Some(position) }
    }

    pub(super) const fn in_snapshot(resume_token: Option<ResumeToken>) -> Self {
        Self::InSnapshot { resume_token }
    }

    /// Its text, to keep.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::At { cursor, position: Some(position) } => {
                format!("{VERSION} at {position} {}", cursor.as_str())
            }
            Self::At { cursor, position: None } => format!("{VERSION} at - {}", cursor.as_str()),
            Self::InSnapshot { resume_token } => {
                format!("{VERSION} snapshot {}", resume_token.as_ref().map_or("-", ResumeToken::as_str))
            }
        }
    }

    /// The bookmark of a text that was kept.
    ///
    /// # Errors
    ///
    /// [`NotABookmark`] for any other text; it is never taken for the beginning.
    pub fn from_text(text: &str) -> Result<Self, NotABookmark> {
        let mut words = text.split(' ');
        let version = words.next();
        let bookmark = match (version, words.next(), words.next(), words.next()) {
            (Some(VERSION), Some("at"), Some(position), Some(cursor)) if is_word(cursor) => {
                let position = match position {
                    "-" => None,
                    digits => Some(digits.parse().map_err(|_| NotABookmark)?),
                };
                Self::At { cursor: Cursor::from_text(cursor), position }
            }
            (Some(VERSION), Some("snapshot"), Some("-"), None) => Self::in_snapshot(None),
            (Some(VERSION), Some("snapshot"), Some(token), None) if is_word(token) => {
                Self::in_snapshot(Some(ResumeToken::from_text(token)))
            }
            _ => return Err(NotABookmark),
        };
        // Nothing after it, and no number that is written in a way of its own: a text is what was kept, or it is not.
        if bookmark.to_text() == text { Ok(bookmark) } else { Err(NotABookmark) }
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// The text is not one of [`Bookmark::to_text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a bookmark; begin with a cursor or a snapshot, or put back what was kept")]
pub struct NotABookmark;
