//! The end of a tenant's ledger as one call sees it, and whether a cursor belongs before it.
//!
//! A database that was restored, or failed over with loss, may end before a cursor or hold another record at its
//! position. A reader must never go on then as if nothing had happened: it would miss what was written instead.

use assent_domain::id::RecordId;
use assent_domain::ledger::Head;
use assent_domain::time::Instant;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{CursorFault, Outcome};
use crate::wire::from_wire::cursor::Edge;
use crate::wire::token::Cursor;

/// What stands for the life of a feed that has not begun: no record was ever numbered.
const UNBORN: [u8; 16] = [0; 16];

/// What stands for the record at position 0.
const NO_RECORD: RecordId = RecordId([0; 16]);

/// The end of a tenant's ledger.
#[derive(Clone, Copy)]
pub(super) struct End {
    incarnation: [u8; 16],
    /// The last position and the chain there.
    pub(super) head: Head,
    /// The latest time at which one of its records was recorded; `None`: it is empty.
    pub(super) recorded_up_to: Option<Instant>,
}

impl End {
    /// The end after everything that was acknowledged before this call, on whatever replica.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn load(context: &Context, call: &Call) -> Outcome<Self> {
        let tenant = call.tenant();
        // Shared by everybody who waits for it, so nobody's deadline ends it.
        context.sequencer.catch_up(tenant, context.clock.now()).await?;
        let numbered = context.store_for(call).feed_head(tenant).await?;
        Ok(match numbered {
            Some(feed) if feed.head.position > 0 => Self {
                incarnation: feed.incarnation,
                head: feed.head,
                recorded_up_to: Some(feed.recorded_up_to),
            },
            begun => Self {
                incarnation: begun.map_or(UNBORN, |feed| feed.incarnation),
                head: Head::empty(tenant),
                recorded_up_to: None,
            },
        })
    }

    /// The cursor at one end of what can be read.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn edge(&self, context: &Context, call: &Call, edge: Edge) -> Outcome<Cursor> {
        let position = match edge {
            Edge::Earliest => 0,
            Edge::Latest => self.head.position,
        };
        self.cursor_at(context, call, position).await
    }

    /// The cursor after a position of this ledger.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn cursor_at(&self, context: &Context, call: &Call, position: u64) -> Outcome<Cursor> {
        let record = context.store_for(call).record_at(call.tenant(), position).await?;
        Ok(self.cursor(position, record.map_or(NO_RECORD, |(record, _)| record)))
    }

    /// The cursor after `position`, where `record` stands.
    pub(super) const fn cursor(&self, position: u64, record: RecordId) -> Cursor {
        Cursor { incarnation: self.incarnation, position, record }
    }

    /// That `cursor` was read from this ledger.
    ///
    /// # Errors
    /// [`CursorFault::Diverged`] and [`CursorFault::AheadOfHead`]; what the store says.
    pub(super) async fn check(&self, context: &Context, call: &Call, cursor: &Cursor) -> Outcome<()> {
        let there = context.store_for(call).record_at(call.tenant(), cursor.position).await?;
        let there = there.map_or(NO_RECORD, |(record, _)| record);
        Ok(self.compare(cursor, there)?)
    }

    /// An end as a test needs it.
    #[cfg(test)]
    pub(super) const fn for_tests(head: Head) -> Self {
        Self { incarnation: [1; 16], head, recorded_up_to: None }
    }

    fn compare(&self, cursor: &Cursor, there: RecordId) -> Result<(), CursorFault> {
        let Cursor { incarnation, position, record } = *cursor;
        // One that was made before the feed began has read nothing of any life of it.
        let lives = [incarnation, self.incarnation];
        if !lives.contains(&UNBORN) && incarnation != self.incarnation {
            return Err(CursorFault::Diverged { position });
        }
        if position > self.head.position {
            return Err(CursorFault::AheadOfHead { position, head: self.head.position });
        }
        if record == there { Ok(()) } else { Err(CursorFault::Diverged { position }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_domain::ledger::ChainHash;

    const OURS: [u8; 16] = [1; 16];
    const OTHER: [u8; 16] = [2; 16];
    const RECORD: RecordId = RecordId([7; 16]);

    fn ledger(incarnation: [u8; 16], position: u64) -> End {
        End { incarnation, head: Head { position, chain: ChainHash([0; 32]) }, recorded_up_to: None }
    }

    fn cursor(incarnation: [u8; 16], position: u64) -> Cursor {
        let record = if position == 0 { NO_RECORD } else { RECORD };
        Cursor { incarnation, position, record }
    }

    #[test]
    fn a_cursor_of_this_ledger_goes_on() {
        assert_eq!(ledger(OURS, 5).compare(&cursor(OURS, 5), RECORD), Ok(()));
        assert_eq!(ledger(OURS, 5).compare(&cursor(OURS, 0), NO_RECORD), Ok(()));
    }

    #[test]
    fn a_cursor_from_before_the_feed_began_goes_on_in_any_life_of_it() {
        assert_eq!(ledger(OURS, 5).compare(&cursor(UNBORN, 0), NO_RECORD), Ok(()));
        assert_eq!(ledger(UNBORN, 0).compare(&cursor(UNBORN, 0), NO_RECORD), Ok(()));
    }

    #[test]
    fn a_ledger_that_ends_before_the_cursor_was_put_back() {
        let fault = |end: End| end.compare(&cursor(OURS, 6), NO_RECORD);
        assert_eq!(fault(ledger(OURS, 5)), Err(CursorFault::AheadOfHead { position: 6, head: 5 }));
        assert_eq!(fault(ledger(UNBORN, 0)), Err(CursorFault::AheadOfHead { position: 6, head: 0 }));
    }

    #[test]
    fn another_record_at_the_position_or_another_life_diverged() {
        let diverged = |position| Err(CursorFault::Diverged { position });
        assert_eq!(ledger(OURS, 9).compare(&cursor(OURS, 5), RecordId([8; 16])), diverged(5));
        assert_eq!(ledger(OTHER, 9).compare(&cursor(OURS, 5), RECORD), diverged(5));
        assert_eq!(ledger(OTHER, 2).compare(&cursor(OURS, 5), NO_RECORD), diverged(5));
        assert_eq!(ledger(OTHER, 2).compare(&cursor(OURS, 0), NO_RECORD), diverged(0));
    }
}
