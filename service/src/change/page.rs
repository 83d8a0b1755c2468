//! A page of changes as it fills: what passes the filter, where it ends, and the bounds on both.

use assent_domain::change::ChangeFilter;
use assent_domain::id::TenantId;
use assent_proto::v1::ConsentChange;
use assent_store::LedgerEntry;
use prost::Message;

use super::end::End;
use super::patience::Patience;
use crate::context::Context;
use crate::failure::Outcome;
use crate::wire::to_wire;
use crate::wire::token::Cursor;

/// The most changes of a page.
const CHANGES_MAX: u32 = 5_000;

/// How many changes a page has when the caller does not say.
const CHANGES_UNSAID: u32 = 1_000;

/// The largest answer, in bytes, whatever the service is set to send.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What an answer holds beside its changes: a cursor of at most 1,024 bytes and a few numbers.
const BYTES_BESIDE: usize = 2_048;

/// The most positions one call looks at, so that a filter that nothing passes is answered and moves on.
const LOOKED_AT_MAX: u64 = 20_000;

/// The most positions that are read at once.
const SLICE: u64 = 1_000;

/// A page that fills.
pub(super) struct Page {
    /// The changes that passed, in the order of their positions.
    pub(super) changes: Vec<ConsentChange>,
    /// After the last position that was looked at.
    pub(super) cursor: Cursor,
    size: usize,
    bytes_left: usize,
    looks_left: u64,
    full: bool,
}

impl Page {
    /// An empty page after `cursor`, of the size that was asked for (0: not said).
    pub(super) fn after(cursor: Cursor, asked: u32, message_out: usize) -> Self {
        let size = if asked == 0 { CHANGES_UNSAID } else { asked.min(CHANGES_MAX) };
        Self {
            changes: Vec::new(),
            cursor,
            size: usize::try_from(size).unwrap_or(usize::MAX),
            bytes_left: message_out.min(BYTES_MAX).saturating_sub(BYTES_BESIDE),
            looks_left: LOOKED_AT_MAX,
            full: false,
        }
    }

    /// Whether it looked at everything up to `end`.
    pub(super) const fn caught_up(&self, end: &End) -> bool {
        self.cursor.position >= end.head.position
    }

    /// Whether waiting could add something that the caller does not get sooner by asking again.
    pub(super) const fn may_wait(&self, end: &End) -> bool {
        self.changes.is_empty() && self.looks_left > 0 && self.caught_up(end)
    }

    /// Looks at what lies between the cursor and `end`, as far as the bounds allow.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn fill(
        &mut self,
        context: &Context,
        tenant: &TenantId,
        filter: &ChangeFilter,
        end: &End,
        patience: &Patience,
    ) -> Outcome<()> {
        while !self.full && self.looks_left > 0 && !self.caught_up(end) && patience.looks_on(context) {
            let entries = context.store.read_ledger(tenant, self.cursor.position, self.slice()).await?;
            if entries.is_empty() {
                break;
            }
            for entry in &entries {
                self.look_at(entry, filter, end);
            }
        }
        Ok(())
    }

    /// How much to read next: not much more than what may be missing, in case everything passes.
    fn slice(&self) -> u32 {
        let missing = self.size.saturating_sub(self.changes.len());
        let wanted = u64::try_from(missing).unwrap_or(SLICE).clamp(100, SLICE).min(self.looks_left);
        u32::try_from(wanted).unwrap_or(u32::MAX)
    }

    fn look_at(&mut self, entry: &LedgerEntry, filter: &ChangeFilter, end: &End) {
        if self.full {
            return;
        }
        if let Some(change) = passing(entry, filter) {
            let bytes = change.encoded_len();
            let bytes = bytes.saturating_add(1 + prost::length_delimiter_len(bytes));
            // The first one always fits, or the reader would never get past it.
            if bytes > self.bytes_left && !self.changes.is_empty() {
                self.full = true;
                return;
            }
            self.bytes_left = self.bytes_left.saturating_sub(bytes);
            self.changes.push(change);
            self.full = self.changes.len() >= self.size;
        }
        self.cursor = end.cursor(entry.position, entry.record_id);
        self.looks_left = self.looks_left.saturating_sub(1);
    }
}

/// The change of an entry with the lines that pass; `None`: nothing of it does, it changed nothing, or its record
/// was redacted.
fn passing(entry: &LedgerEntry, filter: &ChangeFilter) -> Option<ConsentChange> {
    let held = entry.held.as_ref()?;
    let lines = filter.lines(&held.record, held.change.as_ref()?);
    if lines.is_empty() {
        None
    } else {
        Some(to_wire::change::of_record(entry.position, &held.record, &lines))
    }
}

#[cfg(test)]
mod tests;
