//! Writes down that grants ran out, so that whoever follows the changes is told. Whoever asks reads `EXPIRED` from the very
//! instant on, whether or not it is written yet: so this may take its time.
//!
//! A turn looks at nobody but those with a grant that ran out by the policies in force: tenant by tenant, the longest
//! unconfirmed first, a slice of people to a transaction and so many slices to a turn. Each is judged again under the lock of
//! their records: a renewal that came in between wins, and of two replicas at the same work one finds nothing left to do. It
//! may be stopped anywhere and begun again.
//! Deliberately not here: when a grant has run out, and what that takes with it: nothing (the domain's).

use assent_domain::history::Facts;
use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_store::{ConsentCall, ConsentWrite, Decided, GrantWalk, Granters, Loaded, Mode, ProfileKey};

use super::changing::Changing;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::rules::{Rules, rulebook};

/// How many profile tables are read at once.
const TABLES: u64 = 500;

/// How many slices of a tenant's people one turn takes at most: after an override that shortens what holds, a great many run
/// out at the same time.
const SLICES: usize = 10;

/// Writes what ran out by `now`, as much of it as a turn takes.
///
/// # Errors
/// What the store says of one person, or that settings which it turns on cannot be read; once the others are done.
pub(crate) async fn expire_grants(context: &Context, now: Instant) -> Outcome<()> {
    let mut done = Ok(());
    for tenant in context.store.tenants_with_people().await? {
        done = of_tenant(context, &tenant, now).await.and(done);
    }
    done
}

async fn of_tenant(context: &Context, tenant: &TenantId, now: Instant) -> Outcome<()> {
    let store = &context.store;
    let overrides = store.policy_overrides(tenant).await?;
    // Most tenants let nothing expire: that is all that they cost.
    let rulebook = rulebook(&context.rulebook, &overrides)?;
    if rulebook.policies().iter().all(|policy| policy.expires_after().is_none()) {
        return Ok(());
    }
    let (mut done, mut left, mut after) = (Ok(()), SLICES, None);
    loop {
        let page = store.list_profile_tables(tenant, after.as_ref(), TABLES).await?;
        let Some((last, _)) = page.last() else { return done };
        after = Some(last.clone());
        let mut tables = std::collections::BTreeMap::new();
        for (id, stored) in &page {
            // What cannot be read stands in the way of its own people alone.
            match Rules::read(&context.rulebook, Some(stored), &overrides) {
                Ok(rules) => drop(tables.insert(id.clone(), rules)),
                Err(failure) => done = Err(failure),
            }
        }
        let ids: Vec<_> = tables.keys().cloned().collect();
        for of in store.granters(tenant, &ids).await? {
            let facts = Facts { jurisdiction: of.jurisdiction, ..Facts::default() };
            let span = tables.get(&of.table).and_then(|rules| rules.expires_after(facts));
            let confirmed_by = span.map(|span| now.minus(span)).filter(|by| of.has_due(*by));
            let Some(confirmed_by) = confirmed_by else { continue };
            done = walk(context, tenant, &of, confirmed_by, &mut left).await.and(done);
            if left == 0 {
                return done;
            }
        }
    }
}

async fn walk(
    context: &Context,
    tenant: &TenantId,
    of: &Granters,
    confirmed_by: Instant,
    left: &mut usize,
) -> Outcome<()> {
    let (mut done, mut walk) = (Ok(()), GrantWalk::default());
    while !walk.is_done() && *left > 0 {
        *left -= 1;
        let due = context.store.due_grants(tenant, of, confirmed_by, &mut walk).await?;
        done = expire(context, tenant, &due).await.and(done);
    }
    done
}

/// One slice: in one transaction, unless one of them stands in the others' way.
async fn expire(context: &Context, tenant: &TenantId, due: &[ProfileKey]) -> Outcome<()> {
    let alone =
        |key| ConsentCall { profiles: std::slice::from_ref(key), table: None, notices: &[], request: None };
    let calls: Vec<ConsentCall<'_>> = due.iter().map(alone).collect();
    if calls.is_empty() {
        return Ok(());
    }
    let now = context.clock.now();
    let write = ConsentWrite { name: "expire_grants", tenant, calls, mode: Mode::Store, now };
    let decide = |place: usize, loaded: &_| match due.get(place) {
        Some(key) => decide(context, now, key, loaded),
        None => Err(Failure::internal("somebody was asked for that there is not")),
    };
    let told = context.store.write_consents(&write, decide).await;
    context.news.tell(tenant);
    told.into_iter().collect()
}

fn decide(context: &Context, now: Instant, key: &ProfileKey, loaded: &Loaded) -> Outcome<Decided<()>> {
    let rules = Rules::read(&context.rulebook, loaded.tables.get(&key.table), &loaded.overrides)?;
    let mut changing = Changing::new(context, now, None, &loaded.profiles);
    rules.under(&[], |terms| changing.expire(key, terms));
    Ok(Decided { answer: (), changes: changing.into_changes(), outcomes: Vec::new() })
}
