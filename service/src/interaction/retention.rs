//! Deletes what has outlived its retention, tenant by tenant: what a profile table's own policy no longer keeps, what
//! the feed then holds of nothing else, and on PostgreSQL the months that no policy keeps any more. A last device is kept as
//! long as the interaction that told it.
//!
//! A person's country may have a stricter policy than their table: what that one no longer keeps is shown to nobody
//! (`judge`), and deleted when the table's no longer keeps it either.

use std::collections::BTreeMap;

use assent_domain::history::Facts;
use assent_domain::id::{TableId, TenantId};
use assent_domain::time::{Instant, Span};
use assent_store::{DeviceWalk, Walk};

use crate::context::Context;
use crate::failure::Outcome;
use crate::rules::Rules;

/// How many profile tables are read at once.
const TABLES: u64 = 500;

/// Deletes what has outlived its retention at `now`. It may be stopped anywhere and begun again.
///
/// # Errors
/// What the store says; that settings of a tenant cannot be read, once the others are done.
pub(crate) async fn delete_outlived(context: &Context, now: Instant) -> Outcome<()> {
    let mut done = Ok(());
    for tenant in context.store.recorders().await? {
        if let Err(failure) = of_tenant(context, &tenant, now).await {
            done = Err(failure);
        }
    }
    done?;
    let kept = context.rulebook.policies().iter().map(|policy| policy.interactions_kept_days);
    // A policy without a limit keeps every month.
    let longest = kept.collect::<Option<Vec<u32>>>().and_then(|days| days.into_iter().max());
    if let Some(days) = longest {
        context.store.drop_months(from(now, days)).await?;
    }
    Ok(())
}

async fn of_tenant(context: &Context, tenant: &TenantId, now: Instant) -> Outcome<()> {
    let store = &context.store;
    let (kept_from, all_limited) = kept_from(context, tenant, now).await?;
    let mut walk = Walk::default();
    while !walk.is_done() {
        store.delete_outlived(tenant, &kept_from, &mut walk).await?;
    }
    let mut walk = DeviceWalk::default();
    while !walk.is_done() {
        store.delete_aged_devices(tenant, &kept_from, &mut walk).await?;
    }
    if let (true, Some(kept_from)) = (all_limited, kept_from.values().min()) {
        while store.trim_batches(tenant, *kept_from, now).await? > 0 {}
    }
    Ok(())
}

/// From when each profile table keeps what occurred, and whether every table has such an instant.
async fn kept_from(
    context: &Context,
    tenant: &TenantId,
    now: Instant,
) -> Outcome<(BTreeMap<TableId, Instant>, bool)> {
    let store = &context.store;
    let overrides = store.policy_overrides(tenant).await?;
    let (mut kept_from, mut all_limited, mut after) = (BTreeMap::new(), true, None);
    loop {
        let page = store.list_profile_tables(tenant, after.as_ref(), TABLES).await?;
        let Some((last, _)) = page.last() else { return Ok((kept_from, all_limited)) };
        after = Some(last.clone());
        for (id, stored) in page {
            let rules = Rules::read(&context.rulebook, Some(&stored), &overrides)?;
            match rules.policies(Facts::default()).table().interactions_kept_days {
                Some(days) => drop(kept_from.insert(id, from(now, days))),
                None => all_limited = false,
            }
        }
    }
}

fn from(now: Instant, days: u32) -> Instant {
    now.minus(Span::from_days(i64::from(days)))
}
