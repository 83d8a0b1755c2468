//! What an override that is not taken reads as in the contract: its reason, and every field by its path.

use assent_domain::policy::{NotAdmitted, Problem};
use assent_proto::v1::ErrorReason as Reason;

use crate::failure::Violation;

/// The reason.
pub(super) const fn reason(why: &NotAdmitted) -> Reason {
    match why {
        NotAdmitted::BaseUnknown => Reason::PolicyUnknown,
        NotAdmitted::IdOfBuiltIn => Reason::FieldInvalid,
        NotAdmitted::Overridden => Reason::PolicyOverridden,
        NotAdmitted::Loosens(_) => Reason::PolicyLoosened,
    }
}

/// Every field that stands against it.
pub(super) fn violations(why: &NotAdmitted) -> Vec<Violation> {
    let base = "policy_override.base_policy_id";
    match why {
        NotAdmitted::BaseUnknown => vec![Violation::new(base, "names no built-in policy")],
        NotAdmitted::IdOfBuiltIn => vec![Violation::new("policy_override.id", "is a built-in policy's")],
        NotAdmitted::Overridden => {
            vec![Violation::new(base, "has another override, or is not what the override changes")]
        }
        NotAdmitted::Loosens(problems) => {
            problems.iter().map(|Problem { field, why }| Violation::new(path(field), *why)).collect()
        }
    }
}

/// The contract's path of a field that the domain names.
fn path(field: &str) -> String {
    let name = match field {
        "grant.demands" => "more_demands",
        "grant.bases" => "refused_bases",
        "grant.joint" => "joint_allowed",
        "grant.expires_after_days" => "expires_after_days",
        "default" => "unanswered_denied",
        "notice.notice_alone_suffices" => "notice_alone_suffices",
        "notice.withdrawal_offered" => "withdrawal_offer_demanded",
        "counter.mode" => "anonymous_mode",
        "counter.anonymous_kinds" => "anonymous_kinds",
        "on_withdrawal" => "earlier_interactions",
        "interactions_kept_days" => "interactions_kept_days",
        // Not in the contract: no call can have set it.
        other => other,
    };
    format!("policy_override.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_proto::FILE_DESCRIPTOR_SET;
    use prost_reflect::DescriptorPool;

    #[test]
    fn every_field_that_the_contract_has_is_named_by_its_own_name() {
        let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
        let message = pool.get_message_by_name("assent.v1.PolicyOverride").unwrap();
        let domain = [
            "grant.demands",
            "grant.bases",
            "grant.joint",
            "grant.expires_after_days",
            "default",
            "notice.notice_alone_suffices",
            "notice.withdrawal_offered",
            "counter.mode",
            "counter.anonymous_kinds",
            "force_never_on_french_websites",
            "on_withdrawal",
            "interactions_kept_days",
        ];
        for field in domain {
            let path = path(field);
            let name = path.strip_prefix("policy_override.").unwrap();
            assert!(message.get_field_by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn each_thing_that_stands_against_an_override_has_its_reason_and_its_fields() {
        let loosens = NotAdmitted::Loosens(vec![
            Problem { field: "grant.joint", why: "would loosen the base policy" },
            Problem { field: "counter.mode", why: "would loosen the base policy" },
        ]);
        let read = |why: &NotAdmitted| {
            let paths: Vec<String> = violations(why).into_iter().map(|wrong| wrong.path).collect();
            (reason(why), paths.join(","))
        };
        let paths = "policy_override.joint_allowed,policy_override.anonymous_mode";
        assert_eq!(read(&loosens), (Reason::PolicyLoosened, paths.to_owned()));
        let base = "policy_override.base_policy_id".to_owned();
        assert_eq!(read(&NotAdmitted::BaseUnknown), (Reason::PolicyUnknown, base.clone()));
        assert_eq!(read(&NotAdmitted::Overridden), (Reason::PolicyOverridden, base));
        assert_eq!(read(&NotAdmitted::IdOfBuiltIn), (Reason::FieldInvalid, "policy_override.id".to_owned()));
    }
}
