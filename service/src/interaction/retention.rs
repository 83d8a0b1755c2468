//! Deletes what has outlived its retention, tenant by tenant.
//!
//! What is kept how long, of every kind of data:
//!
//! - Interactions and sends: the days that the policy of their profile table says, from when they occurred (1,826 under `legacy`, 761
//!   under the others); then their places in the feed go, and on PostgreSQL the months that no policy keeps any more. A last device as
//!   long as the interaction that told it.
//! - The last-open day: the days that the policy says (365 unless set), counted in its zone.
//! - What keeps an anonymous count from being counted twice: 48 hours from the end of its day.
//! - What answered requests left behind: 72 hours (`assent_store`).
//! - What a withdrawal takes away: hidden at once, gone soon (`removal.rs`). Whoever is erased: see `privacy`.
//! - Records of consent, with the notices that they name: as long as their proof is owed. No sweep ends that; an erasure
//!   empties those of one person.
//! - Campaign figures name nobody and are kept; declarations, settings and keys are the tenant's own.
//!
//! A person's country may have a stricter policy than their table: what that one no longer keeps is shown to nobody
//! (`judge`), and deleted when the table's no longer keeps it either.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::history::Facts;
use assent_domain::id::{TableId, TenantId};
use assent_domain::time::{Day, Instant, Span};
use assent_store::{DayWalk, DeviceWalk, Walk};

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
    let mut tenants: BTreeSet<TenantId> = context.store.recorders().await?.into_iter().collect();
    tenants.extend(context.store.tenants_with_days().await?);
    for tenant in tenants {
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
    let Kept { from: kept_from, days, all_limited } = kept(context, tenant, now).await?;
    let mut walk = Walk::default();
    while !walk.is_done() {
        store.delete_outlived(tenant, &kept_from, &mut walk).await?;
    }
    let mut walk = DeviceWalk::default();
    while !walk.is_done() {
        store.delete_aged_devices(tenant, &kept_from, &mut walk).await?;
    }
    let mut walk = DayWalk::default();
    while !walk.is_done() {
        store.delete_aged_days(tenant, &days, &mut walk).await?;
    }
    if let (true, Some(kept_from)) = (all_limited, kept_from.values().min()) {
        while store.trim_batches(tenant, *kept_from, now).await? > 0 {}
    }
    Ok(())
}

/// From when the profile tables of a tenant keep what is theirs.
struct Kept {
    /// What occurred; of a table that is not named, all of it.
    from: BTreeMap<TableId, Instant>,
    /// Last-open days.
    days: BTreeMap<TableId, Day>,
    /// Whether every table sets a limit to what occurred.
    all_limited: bool,
}

async fn kept(context: &Context, tenant: &TenantId, now: Instant) -> Outcome<Kept> {
    let store = &context.store;
    let overrides = store.policy_overrides(tenant).await?;
    let mut kept = Kept { from: BTreeMap::new(), days: BTreeMap::new(), all_limited: true };
    let mut after = None;
    loop {
        let page = store.list_profile_tables(tenant, after.as_ref(), TABLES).await?;
        let Some((last, _)) = page.last() else { return Ok(kept) };
        after = Some(last.clone());
        for (id, stored) in page {
            let rules = Rules::read(&context.rulebook, Some(&stored), &overrides)?;
            let policies = rules.policies(Facts::default());
            let policy = policies.table();
            let today = now.day_in(policy.zone_or(&rules.table.zone));
            let kept_days = i64::from(policy.last_open.retention_days);
            kept.days.extend(days_before(today, kept_days).map(|day| (id.clone(), day)));
            match policy.interactions_kept_days {
                Some(days) => drop(kept.from.insert(id, from(now, days))),
                None => kept.all_limited = false,
            }
        }
    }
}

fn from(now: Instant, days: u32) -> Instant {
    now.minus(Span::from_days(i64::from(days)))
}

/// The day so many days before another; `None` before there were any.
fn days_before(day: Day, days: i64) -> Option<Day> {
    Day::numbered(day.number().saturating_sub(days))
}
