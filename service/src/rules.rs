//! What holds in one profile table for one call: its settings, and the rulebook as the tenant tightened it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use assent_domain::command::Terms;
use assent_domain::history::Facts;
use assent_domain::id::{NoticeId, PolicyId, TableId, TenantId};
use assent_domain::opt_in::OptInTexts;
use assent_domain::policy::{Applicable, Policy, PolicyOverride, Rulebook};
use assent_domain::profile_table::ProfileTable;
use assent_domain::time::{Span, Zone};
use assent_store::Versioned;

use crate::caller::Call;
use crate::context::Context;
use crate::failure::{Failure, Outcome, Thing};
use crate::stored::{StoredOverride, StoredTable, Unreadable};

/// What holds in one profile table.
pub struct Rules<'a> {
    /// The table's settings.
    pub table: ProfileTable,
    /// Made anew only for a tenant that tightened something.
    rulebook: Cow<'a, Rulebook>,
}

impl<'a> Rules<'a> {
    /// The rules of a table as they are stored.
    ///
    /// # Errors
    /// [`Failure::Unknown`] when there is no such table; what the store says.
    pub async fn load(context: &'a Context, call: &Call, table: &TableId) -> Outcome<Self> {
        let stored = context.store_for(call).settings(call.tenant(), &BTreeSet::from([table])).await?;
        Self::read(&context.rulebook, stored.tables.get(table), &stored.overrides)
    }

    /// The rules of several tables as they are stored.
    ///
    /// # Errors
    /// [`Failure::Unknown`] when there is no such table; what the store says.
    pub async fn of_tables(
        context: &'a Context,
        tenant: &TenantId,
        tables: BTreeSet<&TableId>,
    ) -> Outcome<BTreeMap<TableId, Self>> {
        if tables.is_empty() {
            return Ok(BTreeMap::new());
        }
        let stored = context.store.settings(tenant, &tables).await?;
        let rules = tables.into_iter().map(|table| {
            let rules = Self::read(&context.rulebook, stored.tables.get(table), &stored.overrides)?;
            Ok((table.clone(), rules))
        });
        rules.collect()
    }

    /// The rules that stored settings say.
    ///
    /// # Errors
    /// [`Failure::Unknown`] when there is no table; an internal error when something stored cannot be read.
    pub fn read(
        built_in: &'a Rulebook,
        table: Option<&Versioned>,
        overrides: &[assent_store::PolicyOverride],
    ) -> Outcome<Self> {
        let table = table.ok_or(Failure::Unknown(Thing::ProfileTable))?;
        let table = StoredTable::read(&table.body).map_err(Failure::internal)?;
        Ok(Self { table, rulebook: rulebook(built_in, overrides)? })
    }

    /// The rules by which a no is stored although something that is stored cannot be read: the table's policy is
    /// `strict`, and no override counts; and by which is taken away what it takes. Good for nothing else: what cannot be read
    /// may be stricter still.
    #[must_use]
    pub fn of_a_no(built_in: &'a Rulebook, table: Option<&Versioned>) -> Self {
        let table = table.and_then(|table| StoredTable::read(&table.body).ok());
        let table = table.unwrap_or(ProfileTable {
            controller: None,
            policy: None,
            zone: Zone::utc(),
            opt_in_texts: OptInTexts::default(),
        });
        let strict = built_in.policies().iter().find(|policy| policy.id.as_str() == "strict");
        let policy = strict.map(|policy| policy.id.clone());
        Self { table: ProfileTable { policy, ..table }, rulebook: Cow::Borrowed(built_in) }
    }

    /// The policies of a person of whom that is known.
    #[must_use]
    pub fn policies(&self, facts: Facts) -> Applicable<'_> {
        self.rulebook.policies_of(self.table.policy.as_ref(), facts.jurisdiction)
    }

    /// The policies of an interaction of such a person (of nobody: without facts), `around` being what is declared
    /// around it.
    #[must_use]
    pub fn policies_around(
        &self,
        facts: Facts,
        around: &assent_domain::context::Context<'_>,
    ) -> Applicable<'_> {
        self.rulebook.policies_around(self.table.policy.as_ref(), facts.jurisdiction, around.countries())
    }

    /// After how long an unconfirmed grant of such a person has run out.
    #[must_use]
    pub fn expires_after(&self, facts: Facts) -> Option<Span> {
        self.under(&[], |terms| terms.expires_after(facts))
    }

    /// Does something under these rules, `texts` being the notice texts that are stored, in order.
    pub fn under<T>(&self, texts: &[NoticeId], work: impl FnOnce(&Terms<'_>) -> T) -> T {
        let policies = |facts: Facts| -> Vec<&Policy> { self.policies(facts).iter().collect() };
        work(&Terms {
            controller: self.table.controller.as_ref(),
            zone: &self.table.zone,
            policies: &policies,
            text_is_stored: &|id| texts.binary_search(id).is_ok(),
        })
    }
}

/// The rulebook as a tenant tightened it: what holds in all its profile tables.
///
/// # Errors
/// An internal error when an override cannot be read.
pub fn rulebook<'a>(
    built_in: &'a Rulebook,
    overrides: &[assent_store::PolicyOverride],
) -> Outcome<Cow<'a, Rulebook>> {
    if overrides.is_empty() {
        return Ok(Cow::Borrowed(built_in));
    }
    let asked: Result<Vec<_>, Unreadable> =
        overrides.iter().map(|stored| tightened(stored, built_in.policies())).collect();
    let asked = asked.map_err(Failure::internal)?;
    let rulebook =
        built_in.overridden(&asked).map_err(|_| Failure::internal("a stored override loosens its policy"))?;
    Ok(Cow::Owned(rulebook))
}

fn tightened(
    stored: &assent_store::PolicyOverride,
    built_in: &[Policy],
) -> Result<PolicyOverride, Unreadable> {
    let id: PolicyId = stored.id.clone();
    // Nobody changes an override four thousand million times.
    let version = u32::try_from(stored.stored.version).unwrap_or(u32::MAX);
    StoredOverride::read(&stored.stored.body)?.of(id, version, built_in)
}
