//! The looks of those who follow a feed. News wake all of them at once, and each looks for himself: five hundred would take
//! every connection of the store, and leave none to those who record what they wait for.
//!
//! So they share what does not depend on who looks (how far a tenant's feed goes, and a stretch of the ledger before anything is
//! filtered out), and what they ask the store for they ask in turn: half of its connections are for others. What a look
//! is given was read after it began, shared or not.
//!
//! Deliberately not here: how long somebody may look, and what he is told while his turn does not come (`stream`).

use std::sync::Arc;

use assent_domain::id::TenantId;
use assent_store::{FeedHead, InteractionHead, Joined, Store, StoreError};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::caller::Call;
use crate::change::written::Entry;
use crate::context::Context;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// One call, of its own accord: until its deadline.
    Alone,
    /// One of many who were woken together, or may be.
    Together,
}

/// What those share who look together.
#[derive(Debug)]
pub(crate) struct Looks {
    turns: Semaphore,
    heads: Joined<TenantId, Option<FeedHead>>,
    batch_heads: Joined<TenantId, Option<InteractionHead>>,
    stretches: Joined<(TenantId, u64, u32), Arc<Stretch>>,
}

/// A stretch of the ledger as it is told.
pub(crate) type Stretch = assent_store::Stretch<Entry>;

/// A turn; it ends when this is dropped.
pub(crate) type Turn<'a> = Option<SemaphorePermit<'a>>;

impl Looks {
    /// Looks that leave half of that store to others.
    pub(crate) fn of(store: &Store) -> Self {
        Self {
            turns: Semaphore::new((store.readers_max() / 2).max(1)),
            heads: Joined::default(),
            batch_heads: Joined::default(),
            stretches: Joined::default(),
        }
    }
}

impl Look {
    /// Waits until it may ask the store. Whoever has a turn waits for no other one.
    pub(crate) async fn turn(self, context: &Context) -> Turn<'_> {
        match self {
            Self::Alone => None,
            // Nobody closes it.
            Self::Together => context.looks.turns.acquire().await.ok(),
        }
    }

    /// How far the call's ledger goes, everything numbered that was acknowledged before.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn head(self, context: &Context, call: &Call) -> Result<Option<FeedHead>, StoreError> {
        let tenant = call.tenant();
        // Numbering is shared by everybody who waits for it, so nobody's deadline ends it.
        let caught_up = async || context.sequencer.catch_up(tenant, context.clock.now()).await;
        if self == Self::Alone {
            caught_up().await?;
            return context.store_for(call).feed_head(tenant).await;
        }
        let look = async {
            let _turn = self.turn(context).await;
            caught_up().await?;
            context.store.feed_head(tenant).await
        };
        context.looks.heads.run(tenant.clone(), look).await
    }

    /// How far a tenant's feed of interactions goes, likewise.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn batch_head(
        self,
        context: &Context,
        tenant: &TenantId,
    ) -> Result<Option<InteractionHead>, StoreError> {
        let look = async {
            let _turn = self.turn(context).await;
            context.batch_sequencer.catch_up(tenant, context.clock.now()).await?;
            context.store.interaction_head(tenant).await
        };
        match self {
            Self::Alone => look.await,
            Self::Together => context.looks.batch_heads.run(tenant.clone(), look).await,
        }
    }

    /// Up to `limit` positions of the call's ledger after `after`.
    ///
    /// # Errors
    /// What the store says.
    pub(crate) async fn stretch(
        self,
        context: &Context,
        call: &Call,
        after: u64,
        limit: u32,
    ) -> Result<Arc<Stretch>, StoreError> {
        let tenant = call.tenant();
        if self == Self::Alone {
            return context
                .store_for(call)
                .read_ledger(tenant, after, limit, Entry::write)
                .await
                .map(Arc::new);
        }
        let look = async {
            let _turn = self.turn(context).await;
            context.store.read_ledger(tenant, after, limit, Entry::write).await.map(Arc::new)
        };
        context.looks.stretches.run((tenant.clone(), after, limit), look).await
    }
}
