//! Whether a tenant may have an override beside those that it has.

use super::{BUILT_IN_IDS, Policy, PolicyOverride, Problem, Rulebook};

/// Why an override is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAdmitted {
    /// No built-in policy has the id of the one that it changes.
    BaseUnknown,
    /// Its own id is a built-in policy's.
    IdOfBuiltIn,
    /// The built-in policy has an override under another id already, or this one changes another policy already.
    Overridden,
    /// Every field that would loosen the policy or change a rule that it does not have, by its path.
    Loosens(Vec<Problem>),
}

impl Rulebook {
    /// The policy that `asked` makes of a built-in one, for a tenant whose overrides are `held`, an earlier version
    /// of `asked` being one of them or not. Asked of the built-in policies, never of an overridden rulebook.
    ///
    /// # Errors
    /// What stands against it.
    pub fn admit(&self, asked: &PolicyOverride, held: &[PolicyOverride]) -> Result<Policy, NotAdmitted> {
        if BUILT_IN_IDS.contains(&asked.id.as_str()) {
            return Err(NotAdmitted::IdOfBuiltIn);
        }
        let base = self.policy(&asked.base).ok_or(NotAdmitted::BaseUnknown)?;
        // One id, one policy; one policy, one id.
        if held.iter().any(|other| (other.id == asked.id) != (other.base == asked.base)) {
            return Err(NotAdmitted::Overridden);
        }
        asked.apply(base).map_err(NotAdmitted::Loosens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PolicyId;
    use crate::policy::WithoutPolicy;

    fn of(id: &str, base: &str) -> PolicyOverride {
        let [id, base] = [id, base].map(|id| PolicyId::new(id).unwrap());
        PolicyOverride::new(id, 1, base)
    }

    fn admitted(asked: &PolicyOverride, held: &[PolicyOverride]) -> Result<Policy, NotAdmitted> {
        Rulebook::new(WithoutPolicy::Strict).admit(asked, held)
    }

    #[test]
    fn an_override_of_a_built_in_policy_is_taken_again_and_again() {
        let ours = of("ours", "fr-cnil-2026");
        assert_eq!(admitted(&ours, &[]).map(|policy| policy.id), Ok(ours.id.clone()));
        assert!(admitted(&ours, std::slice::from_ref(&ours)).is_ok());
        assert!(admitted(&ours, &[of("theirs", "strict")]).is_ok());
    }

    #[test]
    fn a_policy_has_one_override_and_an_override_one_policy() {
        let held = [of("ours", "fr-cnil-2026")];
        assert_eq!(admitted(&of("other", "fr-cnil-2026"), &held), Err(NotAdmitted::Overridden));
        assert_eq!(admitted(&of("ours", "strict"), &held), Err(NotAdmitted::Overridden));
    }

    #[test]
    fn an_override_changes_a_built_in_policy_and_is_none() {
        assert_eq!(admitted(&of("ours", "gone"), &[]), Err(NotAdmitted::BaseUnknown));
        assert_eq!(admitted(&of("more", "ours"), &[of("ours", "strict")]), Err(NotAdmitted::BaseUnknown));
        assert_eq!(admitted(&of("legacy", "strict"), &[]), Err(NotAdmitted::IdOfBuiltIn));
    }

    #[test]
    fn every_field_that_loosens_is_named() {
        let mut loose = of("ours", "strict");
        loose.grant.joint = Some(true);
        loose.notice.notice_alone_suffices = Some(true);
        let Err(NotAdmitted::Loosens(problems)) = admitted(&loose, &[]) else { panic!("it loosens") };
        let fields: Vec<_> = problems.iter().map(|problem| problem.field).collect();
        assert_eq!(fields, ["grant.joint", "notice.notice_alone_suffices"]);
    }
}
