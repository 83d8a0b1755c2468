//! The end of a tenant's ledger as one call sees it, and whether a cursor can still be read on from.
//!
//! A database that was restored, or failed over with loss, may end before a cursor, hold another record at its
//! position, or the same one behind others. A reader must never go on then as if nothing had happened: it would miss what
//! was written instead. Nor from before what was trimmed: it would miss erasures that are named no longer.
//!
//! Both can happen between a check and the read that relies on it, while a call is under way. So a read brings along what stood
//! at the cursor and from where could be read when it looked, and is checked again ([`End::goes_on`]).

use assent_domain::id::RecordId;
use assent_domain::ledger::{ChainHash, Head};
use assent_domain::time::Instant;
use assent_store::Stand;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{CursorFault, Failure, Outcome};
use crate::feed::looks::{Look, Stretch};
use crate::wire::from_wire::cursor::Edge;
use crate::wire::token::{Cursor, FilterHash};

/// What stands for the life of a feed that has not begun: no record was ever numbered.
const UNBORN: [u8; 16] = [0; 16];

/// What stands at position 0.
pub(super) const NOTHING: Stand = (RecordId([0; 16]), ChainHash([0; 32]));

/// The end of a tenant's ledger, for cursors of one filter.
#[derive(Clone, Copy)]
pub(super) struct End {
    incarnation: [u8; 16],
    /// The last position and the chain there.
    pub(super) head: Head,
    /// The latest time at which one of its records was recorded; `None`: it is empty.
    pub(super) recorded_up_to: Option<Instant>,
    /// The oldest position whose change can be read; one beyond the last if none can.
    pub(super) oldest_position: u64,
    made_for: FilterHash,
}

impl End {
    /// The end after everything that was acknowledged before this call, on whatever replica.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn load(
        context: &Context,
        call: &Call,
        made_for: FilterHash,
        look: Look,
    ) -> Outcome<Self> {
        Ok(match look.head(context, call).await? {
            Some(feed) if feed.head.position > 0 => Self {
                incarnation: feed.incarnation,
                head: feed.head,
                recorded_up_to: Some(feed.recorded_up_to),
                oldest_position: feed.oldest_position,
                made_for,
            },
            begun => Self {
                incarnation: begun.map_or(UNBORN, |feed| feed.incarnation),
                head: Head::empty(call.tenant()),
                recorded_up_to: None,
                oldest_position: 1,
                made_for,
            },
        })
    }

    /// The cursor at one end of what can be read.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn edge(&self, context: &Context, call: &Call, edge: Edge) -> Outcome<Cursor> {
        let position = match edge {
            Edge::Earliest => self.before_oldest(),
            Edge::Latest => self.head.position,
        };
        self.cursor_at(context, call, position).await
    }

    /// The position after which reading begins at the oldest that can be read.
    pub(super) const fn before_oldest(&self) -> u64 {
        self.oldest_position.saturating_sub(1)
    }

    /// The cursor after a position of this ledger.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn cursor_at(&self, context: &Context, call: &Call, position: u64) -> Outcome<Cursor> {
        let there = context.store_for(call).record_at(call.tenant(), position).await?;
        Ok(self.cursor(position, there.unwrap_or(NOTHING)))
    }

    /// The cursor after `position`, where that stands.
    pub(super) const fn cursor(&self, position: u64, there: Stand) -> Cursor {
        let (record, chain) = there;
        Cursor { incarnation: self.incarnation, position, record, chain }
    }

    /// That `cursor` was read from this ledger, and that all that comes after it can be read.
    ///
    /// # Errors
    /// [`CursorFault::Diverged`] and [`CursorFault::AheadOfHead`]; [`Failure::CursorExpired`]; what the store says.
    pub(super) async fn check(&self, context: &Context, call: &Call, cursor: &Cursor) -> Outcome<()> {
        self.belongs(cursor)?;
        let there = match cursor.position {
            0 => NOTHING,
            // Its chain tells which record stands there too.
            position if position == self.head.position => (cursor.record, self.head.chain),
            position => context.store_for(call).record_at(call.tenant(), position).await?.unwrap_or(NOTHING),
        };
        continues(cursor, there)?;
        self.not_expired(context, call, cursor, self.oldest_position).await
    }

    /// That a stretch which was read after `cursor` is what comes after it, and all of it.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(super) async fn goes_on(
        &self,
        context: &Context,
        call: &Call,
        cursor: &Cursor,
        read: &Stretch,
    ) -> Outcome<()> {
        self.belongs(cursor)?;
        continues(cursor, read.before.unwrap_or(NOTHING))?;
        self.not_expired(context, call, cursor, read.oldest_position.unwrap_or(self.oldest_position)).await
    }

    /// An end as a test needs it.
    #[cfg(test)]
    pub(super) const fn for_tests(head: Head) -> Self {
        let made_for = FilterHash::for_tests();
        Self { incarnation: [1; 16], head, recorded_up_to: None, oldest_position: 1, made_for }
    }

    /// That a cursor is of this life of the feed, and not beyond its end.
    fn belongs(&self, cursor: &Cursor) -> Result<(), CursorFault> {
        let Cursor { incarnation, position, .. } = *cursor;
        // One that was made before the feed began has read nothing of any life of it.
        let lives = [incarnation, self.incarnation];
        if !lives.contains(&UNBORN) && incarnation != self.incarnation {
            return Err(CursorFault::Diverged { position });
        }
        if position > self.head.position {
            return Err(CursorFault::AheadOfHead { position, head: self.head.position });
        }
        Ok(())
    }

    async fn not_expired(
        &self,
        context: &Context,
        call: &Call,
        cursor: &Cursor,
        oldest_position: u64,
    ) -> Outcome<()> {
        let position = cursor.position;
        if !is_expired(position, oldest_position) {
            return Ok(());
        }
        // Nothing is deleted, so that the one before the oldest still has its place.
        let oldest = self.cursor_at(context, call, oldest_position.saturating_sub(1)).await?;
        let oldest_cursor = context.tokens.cursor(call.tenant(), self.made_for, &oldest);
        Err(Failure::CursorExpired { position, oldest_position, oldest_cursor })
    }
}

/// What stood at a cursor's position when it was read.
const fn stand(cursor: &Cursor) -> Stand {
    (cursor.record, cursor.chain)
}

/// Whether something between a position and what comes next can no longer be read.
const fn is_expired(position: u64, oldest_position: u64) -> bool {
    position.saturating_add(1) < oldest_position
}

/// That `there` stands at a cursor's position by now.
fn continues(cursor: &Cursor, there: Stand) -> Result<(), CursorFault> {
    if stand(cursor) == there { Ok(()) } else { Err(CursorFault::Diverged { position: cursor.position }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [u8; 16] = [1; 16];
    const OTHER: [u8; 16] = [2; 16];
    const RECORD: Stand = (RecordId([7; 16]), ChainHash([6; 32]));

    fn ledger(incarnation: [u8; 16], position: u64) -> End {
        End { incarnation, ..End::for_tests(Head { position, chain: ChainHash([0; 32]) }) }
    }

    fn cursor(incarnation: [u8; 16], position: u64) -> Cursor {
        let (record, chain) = if position == 0 { NOTHING } else { RECORD };
        Cursor { incarnation, position, record, chain }
    }

    fn compare(end: &End, cursor: &Cursor, there: Stand) -> Result<(), CursorFault> {
        end.belongs(cursor)?;
        continues(cursor, there)
    }

    #[test]
    fn a_cursor_of_this_ledger_goes_on() {
        assert_eq!(compare(&ledger(OURS, 5), &cursor(OURS, 5), RECORD), Ok(()));
        assert_eq!(compare(&ledger(OURS, 5), &cursor(OURS, 0), NOTHING), Ok(()));
    }

    #[test]
    fn a_cursor_from_before_the_feed_began_goes_on_in_any_life_of_it() {
        assert_eq!(compare(&ledger(OURS, 5), &cursor(UNBORN, 0), NOTHING), Ok(()));
        assert_eq!(compare(&ledger(UNBORN, 0), &cursor(UNBORN, 0), NOTHING), Ok(()));
    }

    #[test]
    fn a_ledger_that_ends_before_the_cursor_was_put_back() {
        let fault = |end: End| compare(&end, &cursor(OURS, 6), NOTHING);
        assert_eq!(fault(ledger(OURS, 5)), Err(CursorFault::AheadOfHead { position: 6, head: 5 }));
        assert_eq!(fault(ledger(UNBORN, 0)), Err(CursorFault::AheadOfHead { position: 6, head: 0 }));
    }

    #[test]
    fn another_record_at_the_position_or_another_life_diverged() {
        let diverged = |position| Err(CursorFault::Diverged { position });
        assert_eq!(compare(&ledger(OURS, 9), &cursor(OURS, 5), (RecordId([8; 16]), RECORD.1)), diverged(5));
        assert_eq!(compare(&ledger(OTHER, 9), &cursor(OURS, 5), RECORD), diverged(5));
        assert_eq!(compare(&ledger(OTHER, 2), &cursor(OURS, 5), NOTHING), diverged(5));
        assert_eq!(compare(&ledger(OTHER, 2), &cursor(OURS, 0), NOTHING), diverged(0));
    }

    #[test]
    fn the_same_record_at_its_position_behind_others_diverged() {
        let behind_others = (RECORD.0, ChainHash([5; 32]));
        let diverged = Err(CursorFault::Diverged { position: 5 });
        assert_eq!(compare(&ledger(OURS, 9), &cursor(OURS, 5), behind_others), diverged);
    }

    #[test]
    fn what_is_read_must_come_after_the_cursor_as_it_was() {
        let diverged = Err(CursorFault::Diverged { position: 5 });
        assert_eq!(continues(&cursor(OURS, 5), RECORD), Ok(()));
        assert_eq!(continues(&cursor(OURS, 0), NOTHING), Ok(()));
        assert_eq!(continues(&cursor(OURS, 5), (RECORD.0, ChainHash([5; 32]))), diverged);
        assert_eq!(continues(&cursor(OURS, 5), NOTHING), diverged, "it ends before the cursor by now");
    }

    #[test]
    fn a_cursor_is_expired_as_soon_as_what_it_reads_next_is_trimmed() {
        assert!(!is_expired(0, 1) && !is_expired(7, 8) && !is_expired(9, 8));
        assert!(is_expired(6, 8) && is_expired(0, 2));
        assert!(!is_expired(u64::MAX, u64::MAX));
    }
}
