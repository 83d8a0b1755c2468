//! Takes from disk what refusals, withdrawals and objections took from every read already: tenant by tenant, a slice of the
//! queue at a time, the rows of a slice in slices. It may be stopped anywhere and begun again, and done twice at once.
//! Deliberately not here: what is one row of a person, which goes with the record (`assent_store`).

mod around;

use std::collections::BTreeMap;

use assent_domain::history::History;
use assent_domain::id::{TableId, TenantId};
use assent_domain::policy::Policy;
use assent_domain::profile::Profile;
use assent_domain::removal::Removal;
use assent_domain::time::Instant;
use assent_store::{DueRemoval, Loaded, RemovalWalk};

use crate::context::Context;
use crate::failure::Outcome;
use crate::rules::Rules;

/// Removes all of it that is due at `now`.
///
/// # Errors
/// What the store says of one removal, or that settings which it turns on cannot be read; once the others are done.
pub(crate) async fn remove_denied(context: &Context, now: Instant) -> Outcome<()> {
    let store = &context.store;
    let mut done = Ok(());
    for tenant in store.tenants_with_removals().await? {
        let mut walk = RemovalWalk::default();
        while !walk.is_done() {
            let due = store.due_removals(&tenant, now, &mut walk).await?;
            done = remove(context, &tenant, due, now).await.and(done);
        }
    }
    done
}

/// What stands against one person's removals is not to keep the others waiting: then each is done by itself.
async fn remove(context: &Context, tenant: &TenantId, due: Vec<DueRemoval>, now: Instant) -> Outcome<()> {
    let Err(error) = remove_together(context, tenant, &due, now).await else { return Ok(()) };
    let mut people = BTreeMap::<_, Vec<DueRemoval>>::new();
    for due in due {
        people.entry(due.person.clone()).or_default().push(due);
    }
    if people.len() < 2 {
        return Err(error);
    }
    let mut done = Ok(());
    for own in people.values() {
        done = remove_together(context, tenant, own, now).await.and(done);
    }
    done
}

async fn remove_together(
    context: &Context,
    tenant: &TenantId,
    due: &[DueRemoval],
    now: Instant,
) -> Outcome<()> {
    if due.is_empty() {
        return Ok(());
    }
    let store = &context.store;
    around::take(context, tenant, due, now).await?;
    while !store.take_removals(tenant, due, now, |loaded| decide(context, due, now, loaded)).await? {}
    Ok(store.end_removals(tenant, due, now).await?)
}

/// What each of `due` takes by now. Where something stored cannot be read it takes what it would under `strict`.
fn decide(context: &Context, due: &[DueRemoval], now: Instant, loaded: &Loaded) -> Vec<Vec<Removal>> {
    let mut tables = BTreeMap::<&TableId, Rules<'_>>::new();
    let unknown = History::default();
    let mut removals = Vec::with_capacity(due.len());
    for due in due {
        let rules = tables.entry(&due.person.table).or_insert_with(|| {
            let table = loaded.tables.get(&due.person.table);
            let read = Rules::read(&context.rulebook, table, &loaded.overrides);
            read.unwrap_or_else(|_| Rules::of_a_no(&context.rulebook, table))
        });
        let profile = loaded.profiles.get(&due.person);
        let history = profile.map_or(&unknown, Profile::history);
        let policies = rules.policies(history.facts());
        let policies: Vec<&Policy> = policies.iter().collect();
        let at = profile.map_or(now, |profile| profile.now(now));
        let taken =
            due.turns.iter().map(|turn| Removal::of(*turn, history, &policies, &rules.table.zone, at));
        removals.push(taken.collect());
    }
    removals
}
