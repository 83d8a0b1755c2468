//! Trims the feed of changes, tenant by tenant: what was recorded longer ago than the feed keeps is read no more, and whoever
//! comes from before is told so. Nothing is deleted: the ledger, its chain and the records stay.

use assent_domain::time::Instant;

use crate::context::Context;
use crate::failure::Outcome;

/// Trims what has outlived the feed's retention at `now`. It may be stopped anywhere and begun again.
///
/// # Errors
/// What the store says of one tenant, once the others are done.
pub(crate) async fn trim(context: &Context, now: Instant) -> Outcome<()> {
    let kept_from = now.minus(context.feed.retention);
    let mut done = Ok(());
    for tenant in context.store.tenants_with_feeds().await? {
        done = context.store.trim_feed(&tenant, kept_from).await.map(drop).and(done);
    }
    Ok(done?)
}
