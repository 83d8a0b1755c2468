//! Which policies judge a person: the profile table's, and the one of the person's country.

use super::{Policy, PolicyOverride, Problem, built_in};
use crate::id::PolicyId;
use crate::record::{Country, PolicyVersion};

/// What holds for a profile table that names no policy: the operator's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum WithoutPolicy {
    /// `strict`.
    #[default]
    Strict,
    /// `legacy`.
    Legacy,
}

/// The built-in policies, read once, and the operator's choice for tables without one.
#[derive(Clone, Debug)]
pub struct Rulebook {
    policies: Vec<Policy>,
    without_policy: usize,
}

impl Rulebook {
    /// The built-in policies. Reads their files: call it once.
    #[must_use]
    pub fn new(without_policy: WithoutPolicy) -> Self {
        let policies = built_in();
        let id = match without_policy {
            WithoutPolicy::Strict => "strict",
            WithoutPolicy::Legacy => "legacy",
        };
        let last = policies.len() - 1;
        let without_policy = policies.iter().position(|policy| policy.id.as_str() == id).unwrap_or(last);
        Self { policies, without_policy }
    }

    /// The built-in policies.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The built-in policy of that id.
    #[must_use]
    pub fn policy(&self, id: &PolicyId) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.id == *id)
    }

    /// The rulebook of a tenant: each override stands in for the built-in policy it changes, for tables that
    /// name that policy and for people of its countries alike.
    ///
    /// # Errors
    /// All fields of the first override that loosens its policy, or names none; what was stored by the rules of
    /// an earlier release is never silently left out.
    pub fn overridden<'a>(
        &self,
        overrides: impl IntoIterator<Item = &'a PolicyOverride>,
    ) -> Result<Self, Vec<Problem>> {
        let mut rulebook = self.clone();
        for tightened in overrides {
            let of_base = |policy: &&mut Policy| policy.base == tightened.base && policy.id == policy.base;
            let Some(policy) = rulebook.policies.iter_mut().find(of_base) else {
                return Err(vec![Problem {
                    field: "base",
                    why: "is not a built-in policy without an override",
                }]);
            };
            *policy = tightened.apply(policy)?;
        }
        Ok(rulebook)
    }

    /// The policies of a person in a table that names `table_policy`, a built-in one's id, which an override
    /// answers to as well. Absent: the operator's choice; an id that nobody knows: the strictest there is.
    #[must_use]
    pub fn policies_of(
        &self,
        table_policy: Option<&PolicyId>,
        jurisdiction: Option<Country>,
    ) -> Applicable<'_> {
        self.policies_around(table_policy, jurisdiction, [])
    }

    /// The same around an interaction: for a person without a jurisdiction the countries of the websites in
    /// play count too.
    #[must_use]
    pub fn policies_around(
        &self,
        table_policy: Option<&PolicyId>,
        jurisdiction: Option<Country>,
        website_countries: impl IntoIterator<Item = Country>,
    ) -> Applicable<'_> {
        let based_on = |id: &str| self.policies.iter().find(|policy| policy.base.as_str() == id);
        let named = table_policy.and_then(|id| based_on(id.as_str()).or_else(|| based_on("strict")));
        self.policies_for(named, jurisdiction, website_countries)
    }

    /// The policies that judge: the table's (absent: the operator's choice), and that of the profile's
    /// jurisdiction or, when it has none, those of the countries of the websites in play. A country
    /// without a rulebook and a website without a country add nothing; nor does a country whose rulebook
    /// the table's policy is or tightens.
    #[must_use]
    pub fn policies_for<'a>(
        &'a self,
        table_policy: Option<&'a Policy>,
        jurisdiction: Option<Country>,
        website_countries: impl IntoIterator<Item = Country>,
    ) -> Applicable<'a> {
        let mut applicable = Applicable::of(table_policy.unwrap_or(&self.policies[self.without_policy]));
        if let Some(country) = jurisdiction {
            applicable.add_country(&self.policies, country);
        } else {
            for country in website_countries {
                applicable.add_country(&self.policies, country);
            }
        }
        applicable
    }
}

/// How many policies can stand beside the table's: one per website in play.
const BESIDE: usize = 4;

/// The policies that judge: the table's first, then the others by id. Never none.
#[derive(Clone, Copy, Debug)]
pub struct Applicable<'a> {
    table: &'a Policy,
    beside: [Option<&'a Policy>; BESIDE],
}

impl<'a> Applicable<'a> {
    /// The table's policy alone.
    #[must_use]
    pub const fn of(table: &'a Policy) -> Self {
        Self { table, beside: [None; BESIDE] }
    }

    /// The table's policy and one more; nothing is added if it is, or is the base of, one that is there.
    #[must_use]
    pub(crate) fn and(mut self, policy: &'a Policy) -> Self {
        if self.iter().any(|there| there.id == policy.id || there.base == policy.id) {
            return self;
        }
        if let Some(free) = self.beside.iter_mut().find(|place| place.is_none()) {
            *free = Some(policy);
        }
        // Absent ones last; by id, so that a tie is decided the same way whatever the order of arrival.
        self.beside.sort_by(|a, b| match (a, b) {
            (Some(a), Some(b)) => a.id.cmp(&b.id),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        self
    }

    fn add_country(&mut self, policies: &'a [Policy], country: Country) {
        if let Some(policy) = policies.iter().find(|policy| policy.countries.contains(&country)) {
            *self = self.and(policy);
        }
    }

    /// The profile table's.
    #[must_use]
    pub const fn table(&self) -> &'a Policy {
        self.table
    }

    /// All of them: the table's first, then the others by id.
    pub fn iter(&self) -> impl Iterator<Item = &'a Policy> + use<'a> {
        std::iter::once(self.table).chain(self.beside.into_iter().flatten())
    }

    /// Their ids and versions, as records name them.
    #[must_use]
    pub fn named(&self) -> Vec<PolicyVersion> {
        self.iter().map(Policy::named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> PolicyId {
        PolicyId::new(text).unwrap()
    }

    fn named(applicable: &Applicable<'_>) -> Vec<String> {
        applicable.iter().map(|policy| policy.id.as_str().to_owned()).collect()
    }

    #[test]
    fn an_override_stands_in_for_its_policy_wherever_that_applies() {
        let france = Country::new("FR");
        let ours = PolicyOverride::new(id("ours"), 3, id("fr-cnil-2026"));
        let rulebook = Rulebook::new(WithoutPolicy::Legacy).overridden([&ours]).unwrap();
        assert_eq!(named(&rulebook.policies_of(Some(&id("legacy")), france)), ["legacy", "ours"]);
        assert_eq!(named(&rulebook.policies_of(Some(&id("fr-cnil-2026")), france)), ["ours"]);
        assert_eq!(named(&rulebook.policies_of(None, None)), ["legacy"]);
        assert_eq!(rulebook.policies_of(Some(&id("fr-cnil-2026")), None).table().version, 3);
    }

    #[test]
    fn a_table_whose_policy_nobody_knows_is_judged_strictly() {
        let rulebook = Rulebook::new(WithoutPolicy::Legacy);
        assert_eq!(named(&rulebook.policies_of(Some(&id("gone")), None)), ["strict"]);
    }

    #[test]
    fn an_override_that_cannot_stand_is_never_left_out() {
        let rulebook = Rulebook::new(WithoutPolicy::Strict);
        let mut loose = PolicyOverride::new(id("loose"), 1, id("strict"));
        loose.grant.joint = Some(true);
        assert!(rulebook.overridden([&loose]).is_err());
        let twice =
            [("a", 1), ("b", 1)].map(|(name, version)| PolicyOverride::new(id(name), version, id("strict")));
        assert!(rulebook.overridden(&twice).is_err());
    }
}
