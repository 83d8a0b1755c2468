//! What a rule's refusal reads as in the contract: reason, facts, and every field by its path.
//!
//! Which rule refuses and why is the domain's; here its fields get the contract's names.

use assent_domain::evidence::{Way, Ways};
use assent_domain::refusal::{Fault, Problem, Refusal};
use assent_proto::v1::ErrorReason as Reason;

use crate::failure::Violation;

/// Where a refused thing stands in its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The item: `items[3]`.
    pub item: String,
    /// Which of its events; absent: an item of that call has one at most.
    pub event: Option<usize>,
    /// What of the item was refused.
    pub arm: Arm,
}

/// The arm of an item's oneof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arm {
    /// `answer`.
    Answer,
    /// `notice`.
    Notice,
    /// `request`.
    Request,
    /// None: the profile's facts alone.
    Facts,
    /// None: a choice that a token was redeemed for, whose evidence stands beside it.
    Choice,
}

impl Place {
    /// Where the person is named.
    pub(super) fn profile(&self) -> String {
        match self.arm {
            Arm::Choice => "token".to_owned(),
            Arm::Answer | Arm::Notice | Arm::Request | Arm::Facts => format!("{}.profile", self.item),
        }
    }
}

impl Arm {
    const fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Notice => "notice",
            Self::Request => "request",
            Self::Facts => "facts",
            Self::Choice => "choice",
        }
    }
}

/// A reason and the metadata that the contract says come with it.
pub(super) struct Told {
    pub(super) reason: Reason,
    pub(super) facts: Vec<(&'static str, String)>,
}

/// The reason of a refusal. Of several problems the one that no further evidence could mend names it; the
/// fields name them all.
pub(super) fn told(refusal: &Refusal, place: &Place) -> Told {
    let problems = match refusal {
        Refusal::ProfileErased => return Told { reason: Reason::ProfileErased, facts: Vec::new() },
        Refusal::Demands(problems) => problems,
    };
    let reason =
        problems.iter().map(|problem| reason_of(problem, place.arm)).min_by_key(|reason| rank(*reason));
    let reason = reason.unwrap_or(Reason::EvidenceMissing);
    let ours: Vec<_> = problems.iter().filter(|problem| reason_of(problem, place.arm) == reason).collect();
    let mut policies: Vec<_> =
        ours.iter().filter_map(|problem| Some(problem.policy.as_ref()?.as_str())).collect();
    policies.sort_unstable();
    policies.dedup();
    let policies = ("policies", policies.join(","));
    let facts = match reason {
        Reason::EvidenceMissing => {
            let mut items = Vec::new();
            for missing in ours.iter().filter_map(|problem| item(problem.field)) {
                // Several policies may demand the same.
                if !items.contains(&missing) {
                    items.push(missing);
                }
            }
            vec![("items", items.join(",")), policies]
        }
        Reason::BasisNotAccepted => {
            // What one of the policies does not take is no way out.
            let ways = ours.iter().filter_map(|problem| match problem.what {
                Fault::BasisNotAccepted(_, ways) => Some(ways),
                _ => None,
            });
            let open = ways.reduce(Ways::common).unwrap_or(Ways::ASK);
            let names: Vec<&str> = open.iter().map(Way::name).collect();
            vec![policies, ("instead", names.join(","))]
        }
        Reason::JointNotAllowed | Reason::NoticeIncomplete => vec![policies],
        Reason::GrantInFuture => {
            let seconds = assent_domain::time::CLOCK_TOLERANCE.micros() / 1_000_000;
            vec![("max_seconds_ahead", seconds.to_string())]
        }
        _ => Vec::new(),
    };
    Told { reason, facts }
}

/// Every field of a refusal, with what is wrong with it.
pub(super) fn violations(refusal: &Refusal, place: &Place) -> Vec<Violation> {
    match refusal {
        Refusal::ProfileErased => Vec::new(),
        Refusal::Demands(problems) => problems
            .iter()
            .map(|problem| {
                let text = match &problem.policy {
                    Some(policy) => format!("{} (policy {})", problem.what, policy.as_str()),
                    None => problem.what.to_string(),
                };
                Violation::new(path(problem.field, place), text)
            })
            .collect(),
    }
}

const fn reason_of(problem: &Problem, arm: Arm) -> Reason {
    match problem.what {
        Fault::ForbiddenMethod => Reason::MethodForbidden,
        Fault::BasisNotAccepted(..) => Reason::BasisNotAccepted,
        Fault::JointNotPermitted => Reason::JointNotAllowed,
        Fault::InFuture if matches!(arm, Arm::Answer | Arm::Choice) => Reason::GrantInFuture,
        Fault::InFuture => Reason::FieldInvalid,
        Fault::UnknownText => Reason::NoticeUnknown,
        Fault::Missing | Fault::NoController | Fault::NotBefore(_) | Fault::NotTrue => match arm {
            Arm::Notice => Reason::NoticeIncomplete,
            Arm::Answer | Arm::Request | Arm::Facts | Arm::Choice => Reason::EvidenceMissing,
        },
    }
}

const fn rank(reason: Reason) -> u8 {
    match reason {
        Reason::MethodForbidden => 0,
        Reason::BasisNotAccepted => 1,
        Reason::JointNotAllowed => 2,
        Reason::GrantInFuture | Reason::FieldInvalid => 3,
        Reason::NoticeUnknown => 4,
        _ => 5,
    }
}

/// The contract's path of a field that the domain names.
fn path(field: &str, place: &Place) -> String {
    let Place { item, event, arm } = place;
    let inside = || match event {
        Some(event) => format!("{item}.events[{event}].{}", arm.name()),
        None => format!("{item}.{}", arm.name()),
    };
    match field {
        field if *arm == Arm::Choice => of_choice(field, item),
        // It is the table's, not the request's: there the table is named.
        "controller" if event.is_some() => "header.profile_table".to_owned(),
        "controller" => "profile_table".to_owned(),
        "text" => format!("{}.notice_id", inside()),
        "evidence.notice" => format!("{}.evidence.notice_id", inside()),
        field if field.starts_with("facts.") => format!("{item}.{field}"),
        field => format!("{}.{field}", inside()),
    }
}

/// The same of a choice: the form is said once for all of them, and the table is the token's.
fn of_choice(field: &str, item: &str) -> String {
    match field {
        "controller" => "token".to_owned(),
        "evidence.source.name" => "preferences.form_name".to_owned(),
        "evidence.source.version" => "preferences.form_version".to_owned(),
        "evidence.notice" => format!("{item}.notice_id"),
        field => format!("{item}.{}", field.trim_start_matches("evidence.")),
    }
}

/// The evidence item that a missing field is, in the contract's words.
fn item(field: &str) -> Option<&'static str> {
    Some(match field {
        "decided_at" => "DECISION_TIME",
        "evidence.method" => "METHOD",
        "evidence.source.name" => "SOURCE",
        "evidence.source.version" => "SOURCE_VERSION",
        "evidence.notice" => "NOTICE_TEXT",
        "evidence.language" => "LANGUAGE",
        "evidence.actor" => "ACTOR",
        "controller" => "CONTROLLER",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use assent_domain::id::PolicyId;
    use assent_proto::v1::EvidenceItem;

    use super::*;

    fn problem(field: &'static str, what: Fault, policy: Option<&str>) -> Problem {
        Problem { field, what, policy: policy.map(|id| PolicyId::new(id).unwrap()) }
    }

    fn place() -> Place {
        Place { item: "items[3]".to_owned(), event: None, arm: Arm::Answer }
    }

    #[test]
    fn missing_evidence_names_every_item_and_the_policies_that_demand_it() {
        let refusal = Refusal::Demands(vec![
            problem("controller", Fault::NoController, None),
            problem("decided_at", Fault::Missing, Some("strict")),
            problem("evidence.notice", Fault::Missing, Some("fr-cnil-2026")),
            problem("decided_at", Fault::Missing, Some("fr-cnil-2026")),
        ]);
        let told = told(&refusal, &place());
        assert_eq!(told.reason, Reason::EvidenceMissing);
        let expected =
            [("items", "CONTROLLER,DECISION_TIME,NOTICE_TEXT"), ("policies", "fr-cnil-2026,strict")];
        assert_eq!(told.facts, expected.map(|(key, value)| (key, value.to_owned())));
        for name in told.facts[0].1.split(',') {
            assert!(EvidenceItem::from_str_name(&format!("EVIDENCE_ITEM_{name}")).is_some(), "{name}");
        }
        let paths: Vec<_> = violations(&refusal, &place()).into_iter().map(|wrong| wrong.path).collect();
        let decided = "items[3].answer.decided_at";
        assert_eq!(paths, ["profile_table", decided, "items[3].answer.evidence.notice_id", decided]);
    }

    #[test]
    fn what_no_evidence_could_mend_names_the_reason_and_the_fields_name_all() {
        let refusal = Refusal::Demands(vec![
            problem("evidence.actor", Fault::Missing, Some("strict")),
            problem("evidence.method", Fault::ForbiddenMethod, None),
        ]);
        assert_eq!(told(&refusal, &place()).reason, Reason::MethodForbidden);
        assert!(told(&refusal, &place()).facts.is_empty());
        assert_eq!(violations(&refusal, &place()).len(), 2);
    }

    #[test]
    fn what_a_choice_lacks_is_named_where_its_request_has_it() {
        let fields = [
            ("controller", "token"),
            ("evidence.source.name", "preferences.form_name"),
            ("evidence.source.version", "preferences.form_version"),
            ("evidence.notice", "preferences.choices[1].notice_id"),
            ("evidence.language", "preferences.choices[1].language"),
            ("coverage", "preferences.choices[1].coverage"),
        ];
        let missing = fields.map(|(field, _)| problem(field, Fault::Missing, Some("strict")));
        let refusal = Refusal::Demands(missing.to_vec());
        let place = Place { item: "preferences.choices[1]".to_owned(), event: None, arm: Arm::Choice };
        let paths: Vec<_> = violations(&refusal, &place).into_iter().map(|wrong| wrong.path).collect();
        assert_eq!(paths, fields.map(|(_, path)| path));
        assert_eq!(told(&refusal, &place).reason, Reason::EvidenceMissing);
        assert_eq!(
            told(&refusal, &place).facts[0].1,
            "CONTROLLER,SOURCE,SOURCE_VERSION,NOTICE_TEXT,LANGUAGE"
        );
        assert_eq!(place.profile(), "token");
    }

    #[test]
    fn a_notice_that_lacks_something_is_incomplete() {
        let refusal =
            Refusal::Demands(vec![problem("facts.collected_on", Fault::Missing, Some("fr-cnil-2026"))]);
        let place = Place { item: "items[0]".to_owned(), event: None, arm: Arm::Notice };
        assert_eq!(told(&refusal, &place).reason, Reason::NoticeIncomplete);
        assert_eq!(violations(&refusal, &place)[0].path, "items[0].facts.collected_on");
    }

    #[test]
    fn what_a_list_says_is_named_by_its_event_and_its_facts_by_the_line() {
        let refusal = Refusal::Demands(vec![
            problem("controller", Fault::NoController, None),
            problem("evidence.notice", Fault::UnknownText, None),
            problem("facts.collected_on", Fault::Missing, Some("fr-cnil-2026")),
        ]);
        let place = Place { item: "chunk.lines[3]".to_owned(), event: Some(1), arm: Arm::Answer };
        let paths: Vec<_> = violations(&refusal, &place).into_iter().map(|wrong| wrong.path).collect();
        let text = "chunk.lines[3].events[1].answer.evidence.notice_id";
        assert_eq!(paths, ["header.profile_table", text, "chunk.lines[3].facts.collected_on"]);
    }
}
