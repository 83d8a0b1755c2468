//! What the contract's validators find, as a failure.

use assent_proto::validate::{Violation as Found, Wrong};

use crate::failure::{Failure, Violation};

/// A request that breaks the contract's limits. One that only holds too many items says so.
impl From<Vec<Found>> for Failure {
    fn from(found: Vec<Found>) -> Self {
        if let [Found { field, wrong: Wrong::TooMany { max }, .. }] = found.as_slice() {
            return Self::BatchTooLarge { field: field.clone(), max_items: *max };
        }
        let violations = found.into_iter().map(|found| {
            let text = found.description();
            Violation { path: found.field, text }
        });
        Self::Invalid(violations.collect())
    }
}

#[cfg(test)]
mod tests {
    use assent_proto::v1::{GetConsentsRequest, UpsertConsentsRequest};
    use assent_proto::validate::Validate;

    use super::*;

    #[test]
    fn a_batch_that_is_only_too_large_says_so_and_any_other_fault_is_named_by_field() {
        let many = UpsertConsentsRequest {
            profile_table: "people".to_owned(),
            items: vec![Default::default(); 1001],
            request_id: "0190a000-0000-7000-8000-000000000001".to_owned(),
            ..Default::default()
        };
        let failure = Failure::from(many.violations());
        assert!(
            matches!(&failure, Failure::BatchTooLarge { field, max_items: 1000 } if field == "items"),
            "{failure}"
        );
        let empty = Failure::from(GetConsentsRequest::default().violations());
        assert!(matches!(&empty, Failure::Invalid(wrong) if wrong.len() > 1), "{empty}");
    }
}
