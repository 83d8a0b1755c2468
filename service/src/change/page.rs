//! A page of changes as it fills: what passes the filter, where it ends, and the bounds on both.

use assent_domain::change::ChangeFilter;

use super::end::End;
use super::written::Entry;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::patience::Patience;
use crate::feed::room::Room;
use crate::wire::token::Cursor;

/// The most changes of a page.
const CHANGES_MAX: u32 = 5_000;

/// How many changes a page has when the caller does not say.
const CHANGES_UNSAID: u32 = 1_000;

/// The most positions one call looks at, so that a filter that nothing passes is answered and moves on.
const LOOKED_AT_MAX: u64 = 20_000;

/// A page that fills.
pub(super) struct Page {
    /// The changes that passed, each a ConsentChange, in the order of their positions.
    pub(super) changes: Vec<Vec<u8>>,
    /// After the last position that was looked at.
    pub(super) cursor: Cursor,
    room: Room,
}

impl Page {
    /// An empty page after `cursor`, of the size that was asked for (0: not said).
    pub(super) fn after(cursor: Cursor, asked: u32, message_out: usize) -> Self {
        let size = if asked == 0 { CHANGES_UNSAID } else { asked.min(CHANGES_MAX) };
        Self { changes: Vec::new(), cursor, room: Room::new(size, message_out, LOOKED_AT_MAX) }
    }

    /// Whether it looked at everything up to `end`.
    pub(super) const fn caught_up(&self, end: &End) -> bool {
        self.cursor.position >= end.head.position
    }

    /// Whether waiting could add something that the caller does not get sooner by asking again.
    pub(super) const fn may_wait(&self, end: &End) -> bool {
        self.changes.is_empty() && self.room.looks_left > 0 && self.caught_up(end)
    }

    /// Looks at what lies between the cursor and `end`, as far as the bounds allow. That the cursor is one to go on from is
    /// checked with what is read on from it, and for itself where nothing is.
    ///
    /// # Errors
    /// As [`End::check`]; what the store says.
    pub(super) async fn fill(
        &mut self,
        context: &Context,
        call: &Call,
        filter: &ChangeFilter,
        end: &End,
        patience: &Patience,
        look: Look,
    ) -> Outcome<()> {
        let mut checked = false;
        while self.room.looks_on() && !self.caught_up(end) && patience.looks_on(context) {
            let read = look.stretch(context, call, self.cursor.position, self.room.slice()).await?;
            end.goes_on(context, call, &self.cursor, &read).await?;
            checked = true;
            if read.entries.is_empty() {
                break;
            }
            if self.changes.is_empty() {
                let ahead = usize::try_from(end.head.position.saturating_sub(self.cursor.position));
                self.changes.reserve(self.room.expected().min(ahead.unwrap_or(usize::MAX)));
            }
            for entry in &read.entries {
                self.look_at(entry, filter, end);
            }
        }
        if !checked {
            end.check(context, call, &self.cursor).await?;
        }
        Ok(())
    }

    fn look_at(&mut self, entry: &Entry, filter: &ChangeFilter, end: &End) {
        if self.room.is_full() {
            return;
        }
        if let Some(change) = entry.passing(filter) {
            if !self.room.take(change.len()) {
                return;
            }
            self.changes.push(change);
        }
        self.cursor = end.cursor(entry.position, (entry.record_id, entry.chain));
        self.room.looked();
    }
}

#[cfg(test)]
mod tests;
