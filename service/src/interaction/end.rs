//! The end of a tenant's feed of interactions as one call sees it, and whether a cursor belongs before it.
//!
//! As `change/end.rs` for the ledger, with one more way not to go on: what has outlived its retention is gone.

use assent_domain::id::{BatchId, TenantId};
use assent_store::InteractionHead;

use crate::context::Context;
use crate::failure::{CursorFault, Failure, Outcome};
use crate::feed::looks::Look;
use crate::wire::from_wire::cursor::Edge;
use crate::wire::token::{FilterHash, InteractionCursor};

/// A feed that has not begun: nothing was ever numbered.
const UNBORN: InteractionHead = InteractionHead { incarnation: [0; 16], position: 0, oldest_position: 1 };

/// What stands where no batch was read.
const NO_BATCH: BatchId = BatchId([0; 16]);

/// The end of a tenant's feed of interactions.
#[derive(Clone, Copy)]
pub(super) struct End(InteractionHead);

impl End {
    /// The end after everything that was acknowledged before this call, on whatever replica.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn load(context: &Context, tenant: &TenantId, look: Look) -> Outcome<Self> {
        Ok(Self(look.batch_head(context, tenant).await?.unwrap_or(UNBORN)))
    }

    /// The last position.
    pub(super) const fn position(&self) -> u64 {
        self.0.position
    }

    /// The cursor at one end of what can be read.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn edge(
        &self,
        context: &Context,
        tenant: &TenantId,
        edge: Edge,
    ) -> Outcome<InteractionCursor> {
        Ok(match edge {
            Edge::Earliest => self.oldest(),
            Edge::Latest => {
                let batch = context.store.batch_at(tenant, self.0.position).await?;
                self.after(self.0.position, InteractionCursor::WHOLE, batch.unwrap_or(NO_BATCH))
            }
        })
    }

    /// The cursor after `index` rows of that batch.
    pub(super) const fn after(&self, position: u64, index: u32, batch: BatchId) -> InteractionCursor {
        InteractionCursor { incarnation: self.0.incarnation, position, index, batch }
    }

    /// The cursor before the oldest position that can still be read.
    const fn oldest(&self) -> InteractionCursor {
        self.after(self.0.oldest_position.saturating_sub(1), InteractionCursor::WHOLE, NO_BATCH)
    }

    /// That `cursor` was read from this feed, and that what it reads next is still there.
    ///
    /// # Errors
    /// [`CursorFault::Diverged`] and [`CursorFault::AheadOfHead`]; [`Failure::CursorExpired`]; what the store says.
    pub(super) async fn check(
        &self,
        context: &Context,
        tenant: &TenantId,
        cursor: &InteractionCursor,
        made_for: FilterHash,
    ) -> Outcome<()> {
        self.compare(cursor)?;
        let InteractionCursor { position, .. } = *cursor;
        if next(cursor) < self.0.oldest_position {
            let oldest_cursor = context.tokens.interactions(tenant, made_for, &self.oldest());
            let oldest_position = self.0.oldest_position;
            return Err(Failure::CursorExpired { position, oldest_position, oldest_cursor });
        }
        // Nothing is there to compare with where the batch itself is gone, or was none.
        if position < self.0.oldest_position
            || context.store.batch_at(tenant, position).await? == Some(cursor.batch)
        {
            return Ok(());
        }
        Err(CursorFault::Diverged { position }.into())
    }

    fn compare(&self, cursor: &InteractionCursor) -> Result<(), CursorFault> {
        let (position, lives) = (cursor.position, [cursor.incarnation, self.0.incarnation]);
        // One that was made before the feed began has read nothing of any life of it.
        if !lives.contains(&UNBORN.incarnation) && cursor.incarnation != self.0.incarnation {
            return Err(CursorFault::Diverged { position });
        }
        if position > self.0.position {
            return Err(CursorFault::AheadOfHead { position, head: self.0.position });
        }
        Ok(())
    }
}

/// The position of what a cursor reads next.
pub(super) const fn next(cursor: &InteractionCursor) -> u64 {
    if cursor.index == InteractionCursor::WHOLE { cursor.position.saturating_add(1) } else { cursor.position }
}
