//! What the country of a website has erased although a person's own policies keep it: of people without a country of their
//! own, and only where a website has one. It depends on what each row names, so that their rows are read page by page.

use std::collections::BTreeSet;

use assent_domain::id::{TenantId, WebsiteId};
use assent_domain::removal::Turn;
use assent_domain::scope::Series;
use assent_domain::time::Instant;
use assent_domain::verdict::Use;
use assent_store::{ActivityPlace, DeclarationKind, DueRemoval, InteractionKey, ProfileKey};

use crate::context::Context;
use crate::declared::Declared;
use crate::failure::Outcome;
use crate::interaction::case::Bench;
use crate::rules::Rules;
use crate::stored::StoredWebsite;

/// How many rows or websites are read at once.
const PAGE: u32 = 500;

pub(super) async fn take(
    context: &Context,
    tenant: &TenantId,
    due: &[DueRemoval],
    now: Instant,
) -> Outcome<()> {
    let keeps = |turn: &Turn| !turn.erases && turn.series != Series::Marketing;
    let due: Vec<&DueRemoval> = due.iter().filter(|due| due.turns.iter().any(keeps)).collect();
    if due.is_empty() || !has_countries(context, tenant).await? {
        return Ok(());
    }
    for due in due {
        take_from(context, tenant, &due.person, &due.turns, now).await?;
    }
    Ok(())
}

/// Whether a website of the tenant's has a country; one that cannot be read may have.
async fn has_countries(context: &Context, tenant: &TenantId) -> Outcome<bool> {
    let mut after: Option<String> = None;
    loop {
        let (kind, from) = (DeclarationKind::Website, after.as_deref());
        let page = context.store.list_declarations(tenant, kind, from, u64::from(PAGE)).await?;
        let Some((last, _)) = page.last() else { return Ok(false) };
        after = Some(last.clone());
        let has_one = |(id, stored): &(String, assent_store::StoredDeclaration)| {
            let id = WebsiteId::new(id.clone()).ok();
            let read = id.and_then(|id| StoredWebsite::read(id, &stored.stored.body).ok());
            read.is_none_or(|website| website.country.is_some())
        };
        if page.iter().any(has_one) {
            return Ok(true);
        }
    }
}

async fn take_from(
    context: &Context,
    tenant: &TenantId,
    who: &ProfileKey,
    turns: &[Turn],
    now: Instant,
) -> Outcome<()> {
    let store = &context.store;
    let Some(person) = store.load_subjects(tenant, std::slice::from_ref(who)).await?.remove(who) else {
        return Ok(());
    };
    if person.history().facts().jurisdiction.is_some() {
        return Ok(());
    }
    let stored = store.settings(tenant, &BTreeSet::from([&who.table])).await?;
    let rules = Rules::read(&context.rulebook, stored.tables.get(&who.table), &stored.overrides)?;
    let mut after = ActivityPlace::NEWEST;
    loop {
        let (page, named) = store.list_activity(tenant, who, after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
        let bench = Bench { asked_for: Use::Activity, rules: &rules, declared: &declared, now };
        let erased = page.iter().filter(|(_, row)| bench.is_erased(row, turns, &person));
        let keys: Vec<_> =
            erased.map(|(at, _)| InteractionKey { id: at.id, occurred_at: at.occurred_at }).collect();
        if !keys.is_empty() {
            store.delete_interactions(tenant, &keys).await?;
        }
    }
}
