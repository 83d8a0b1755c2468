//! A tenant's overrides as they are read back, and the pages of lists that fit in memory.
//!
//! A tenant has at most one override of each built-in policy, so all of them are read at once.

use std::ops::Bound;

use assent_domain::id::{PolicyId, TenantId};
use assent_domain::policy::{Policy, PolicyOverride};
use assent_domain::record::PolicyVersion;
use assent_store::Versioned;

use super::PAGE_MAX;
use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::page;
use crate::stored::{StoredOverride, Unreadable};
use crate::wire::token::{FilterHash, List};

/// The override that a stored version of it asks for.
///
/// # Errors
/// An internal error when this release cannot read it.
pub(super) fn asked(context: &Context, id: &PolicyId, stored: &Versioned) -> Outcome<PolicyOverride> {
    let read = |stored: &Versioned| -> Result<PolicyOverride, Unreadable> {
        StoredOverride::read(&stored.body)?.of(id.clone(), version(stored), context.rulebook.policies())
    };
    read(stored).map_err(Failure::internal)
}

/// The policy that a stored version of an override makes of its base, and that base.
///
/// # Errors
/// An internal error when this release cannot apply it.
pub(super) fn applied<'a>(
    context: &'a Context,
    id: &PolicyId,
    stored: &Versioned,
) -> Outcome<(Policy, &'a Policy)> {
    let asked = asked(context, id, stored)?;
    let base = context.rulebook.policy(&asked.base);
    let policy = base.and_then(|base| Some((asked.apply(base).ok()?, base)));
    policy.ok_or_else(|| Failure::internal("a stored override loosens its policy"))
}

/// A policy as it stood in that version, built in or overridden; `None`: there never was one.
///
/// # Errors
/// What the store says; an internal error when this release cannot apply it.
pub(crate) async fn policy_of(
    context: &Context,
    call: &Call,
    named: &PolicyVersion,
) -> Outcome<Option<Policy>> {
    if let Some(built_in) =
        context.rulebook.policy(&named.id).filter(|policy| policy.version == named.version)
    {
        return Ok(Some(built_in.clone()));
    }
    let store = context.store_for(call);
    let stored = store.policy_override(call.tenant(), &named.id, named.version.into()).await?;
    stored.map(|stored| Ok(applied(context, &named.id, &stored)?.0)).transpose()
}

/// Counts the versions of an override; nobody makes four thousand million.
pub(super) fn version(stored: &Versioned) -> u32 {
    u32::try_from(stored.version).unwrap_or(u32::MAX)
}

/// The page of `rows` that a caller asked for, and the token of the next one. `rows` are all there are.
///
/// # Errors
/// [`Failure::PageToken`].
pub(super) fn page<T>(
    context: &Context,
    tenant: &TenantId,
    list: List,
    rows: Vec<(PolicyId, T)>,
    (asked, token): (u32, Option<&str>),
) -> Outcome<(Vec<T>, Option<String>)> {
    let unfiltered = FilterHash::of(b"");
    let after = token.map(|token| context.tokens.open_page(tenant, list, unfiltered, token));
    let after = after.transpose().map_err(|_| Failure::PageToken)?;
    let after = after.as_ref().map_or(Bound::Unbounded, |id| Bound::Excluded(id.as_slice()));
    let size = page::size(asked, PAGE_MAX);

    let mut rows: Vec<_> = rows.into_iter().filter(|(id, _)| follows(after, id)).collect();
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    let next = page::cut(&mut rows, size, |(id, _)| id.clone());
    let next = next.map(|id| context.tokens.page(tenant, list, unfiltered, id.as_str().as_bytes()));
    Ok((rows.into_iter().map(|(_, row)| row).collect(), next))
}

fn follows(after: Bound<&[u8]>, id: &PolicyId) -> bool {
    match after {
        Bound::Excluded(last) => id.as_str().as_bytes() > last,
        Bound::Included(_) | Bound::Unbounded => true,
    }
}
