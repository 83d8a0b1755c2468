//! What an erasure leaves to be done: deleting once more what was written in the same moment, and in the end emptying the
//! erasure's own record. Each step may be broken off anywhere and is done again.

use assent_domain::time::Instant;
use assent_store::{StoreError, Unfinished};

use super::resume::write_down;
use crate::context::Context;

/// Does all of it that is due at `now`.
///
/// # Errors
/// What the store says of one of them, once the others are done.
pub(crate) async fn finish(context: &Context, now: Instant) -> Result<(), StoreError> {
    let store = &context.store;
    let mut done = Ok(());
    loop {
        let unfinished = store.erasures_to_finish(now).await?;
        for erasure in &unfinished {
            done = complete(context, erasure, now).await.and(done);
        }
        // What failed comes first again: it is left for the next turn.
        if unfinished.is_empty() || done.is_err() {
            break;
        }
    }
    loop {
        let named = store.erasures_to_forget(now).await?;
        for erasure in &named {
            done = forget(context, erasure, now).await.and(done);
        }
        if named.is_empty() || done.is_err() {
            return done;
        }
    }
}

/// Nobody is told that an erasure is complete that does not outlive the database.
async fn complete(context: &Context, erasure: &Unfinished, now: Instant) -> Result<(), StoreError> {
    if let Some(tombstone) = context.store.tombstone_left(erasure).await? {
        write_down(context, erasure.tenant(), tombstone).await?;
    }
    context.store.finish_erasure(erasure, now).await
}

async fn forget(context: &Context, erasure: &Unfinished, now: Instant) -> Result<(), StoreError> {
    // Readers are sent past its position, so it needs one.
    context.sequencer.catch_up(erasure.tenant(), now).await?;
    context.store.forget_erased(erasure, now).await
}
