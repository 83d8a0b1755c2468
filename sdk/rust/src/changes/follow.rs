//! Follows the changes page by page. The cursor moves only when a page is acknowledged: what was read and not dealt with is
//! read again.

use std::ops::Deref;
use std::time::Duration;

use super::read::{self, ReadChanges};
use super::{ChangeFilter, ChangePage, Changes, Cursor};
use crate::call::Caller;
use crate::error::Result;

/// Follows the changes, one page after the other, waiting for more at the end.
///
/// ```no_run
/// # async fn follow(client: assent_sdk::Client, kept: String) -> assent_sdk::Result<()> {
/// # fn apply(_: &assent_sdk::ConsentChange) {}
/// # fn keep(_: &str) {}
/// let mut follow = client.changes().follow(assent_sdk::Cursor::from_text(kept));
/// loop {
///     let page = follow.next().await?;
///     page.changes.iter().for_each(apply);
///     keep(page.acknowledge().as_str());
/// }
/// # }
/// ```
pub struct Follow {
    caller: Caller,
    query: ReadChanges,
}

impl Changes<'_> {
    /// Follows everything from a cursor on, with pages of at most 1,000 changes, waiting up to 20 seconds at the end.
    #[must_use]
    pub fn follow(self, cursor: Cursor) -> Follow {
        let query = ReadChanges::from_cursor(cursor).max_wait(Duration::from_secs(20));
        Follow { caller: self.caller.clone(), query }
    }
}

impl Follow {
    /// The filter that the cursor was made for.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.query.filter = filter;
        self
    }

    /// The most changes of a page; over 5,000 is taken as 5,000, 0 as 1,000.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.query.page_size = size;
        self
    }

    /// How long to wait at the end before an empty page is given, at most 30 seconds.
    #[must_use]
    pub const fn max_wait(mut self, time: Duration) -> Self {
        self.query.max_wait = time;
        self
    }

    /// The cursor up to which pages were acknowledged: the one to keep.
    #[must_use]
    pub const fn cursor(&self) -> &Cursor {
        &self.query.cursor
    }

    /// The page after what was acknowledged last; empty when nothing came while it waited. A page that is dropped without
    /// being acknowledged is given again.
    ///
    /// # Errors
    ///
    /// As [`Changes::read`]. The cursor stays where it was: asking again is safe.
    pub async fn next(&mut self) -> Result<Taken<'_>> {
        let page = read::read(&self.caller, self.query.clone()).await?;
        Ok(Taken { page, cursor: &mut self.query.cursor })
    }
}

/// A page that was taken. Reads as a [`ChangePage`].
#[must_use = "a page that is not acknowledged is given again"]
pub struct Taken<'a> {
    page: ChangePage,
    cursor: &'a mut Cursor,
}

impl Taken<'_> {
    /// Says that the changes have been dealt with, and gives the cursor to keep.
    pub fn acknowledge(self) -> Cursor {
        *self.cursor = self.page.next_cursor.clone();
        self.page.next_cursor
    }
}

impl Deref for Taken<'_> {
    type Target = ChangePage;

    fn deref(&self) -> &ChangePage {
        &self.page
    }
}
