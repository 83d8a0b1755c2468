//! Follows what is recorded page by page. The cursor moves only when a page is acknowledged: what was read and not dealt with
//! is read again.

use std::ops::Deref;
use std::time::Duration;

use super::read;
use super::{InteractionCursor, InteractionFilter, InteractionPage, Interactions, ReadInteractions};
use crate::call::Caller;
use crate::error::Result;
use crate::watch::Place;

/// Follows what is recorded, one page after the other, waiting for more at the end.
///
/// ```no_run
/// use assent_sdk::{InteractionCursor, Reason};
///
/// # async fn follow(client: assent_sdk::Client, kept: Option<String>) -> assent_sdk::Result<()> {
/// # fn export(_: &assent_sdk::RecordedInteraction) {}
/// # fn keep(_: &str) {}
/// let mut follow = client.interactions().follow(kept.map(InteractionCursor::from_text));
/// loop {
///     match follow.next().await {
///         Ok(page) => {
///             page.interactions.iter().for_each(export);
///             keep(page.acknowledge().as_str()); // only now does the cursor move
///         }
///         // It stood still for longer than anything is kept: what lay before is gone.
///         Err(error) if error.reason() == Some(Reason::CursorExpired) => {
///             follow = client.interactions().follow(InteractionCursor::oldest_left(&error));
///         }
///         Err(error) => return Err(error),
///     }
/// }
/// # }
/// ```
pub struct FollowInteractions {
    caller: Caller,
    query: ReadInteractions,
}

impl Interactions<'_> {
    /// Follows everything from a cursor on (absent: from the oldest that is left), with pages of at most 500 interactions,
    /// waiting up to 20 seconds at the end. To begin with what is recorded from now on, read once
    /// [from the latest](ReadInteractions::from_latest) and follow that page's cursor.
    #[must_use]
    pub fn follow(self, cursor: Option<InteractionCursor>) -> FollowInteractions {
        let from = cursor.map_or_else(ReadInteractions::from_earliest, ReadInteractions::from_cursor);
        FollowInteractions { caller: self.caller.clone(), query: from.max_wait(Duration::from_secs(20)) }
    }
}

impl FollowInteractions {
    /// The filter that the cursor was made for.
    #[must_use]
    pub fn filter(mut self, filter: InteractionFilter) -> Self {
        self.query.filter = filter;
        self
    }

    /// The most interactions of a page; over 1,000 is taken as 1,000, 0 as 500.
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

    /// The cursor up to which pages were acknowledged: the one to keep. Absent: none was, and it began at the oldest.
    #[must_use]
    pub const fn cursor(&self) -> Option<&InteractionCursor> {
        self.query.position.cursor()
    }

    /// The page after what was acknowledged last; empty when nothing came while it waited. A page that is dropped without
    /// being acknowledged is given again, without what may no longer be shown by then.
    ///
    /// # Errors
    ///
    /// As [`Interactions::read`]. The cursor stays where it was: asking again is safe.
    pub async fn next(&mut self) -> Result<TakenInteractions<'_>> {
        let page = read::read(&self.caller, self.query.clone()).await?;
        Ok(TakenInteractions { page, position: &mut self.query.position })
    }
}

/// A page that was taken. Reads as an [`InteractionPage`].
#[must_use = "a page that is not acknowledged is given again"]
pub struct TakenInteractions<'a> {
    page: InteractionPage,
    position: &'a mut Place<InteractionCursor>,
}

impl TakenInteractions<'_> {
    /// Says that the interactions have been dealt with, and gives the cursor to keep.
    pub fn acknowledge(self) -> InteractionCursor {
        *self.position = Place::After(self.page.next_cursor.clone());
        self.page.next_cursor
    }
}

impl Deref for TakenInteractions<'_> {
    type Target = InteractionPage;

    fn deref(&self) -> &InteractionPage {
        &self.page
    }
}
