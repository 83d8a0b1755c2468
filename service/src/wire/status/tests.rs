use std::collections::BTreeSet;

use assent_domain::id::PolicyId;
use assent_domain::mode::{LinkMode, PixelMode};
use assent_domain::plan::{AbovePlan, Planned};
use assent_domain::policy::NotAdmitted;
use assent_domain::reason::Reason as Why;
use assent_domain::record::PolicyVersion;
use assent_domain::refusal::Refusal;

use super::*;
use crate::failure::{Side, Violation};
use crate::wire::refusal::{Arm, Place};

/// Whether a repetition is advised.
const AGAIN: bool = true;
const NOT_AGAIN: bool = false;

type Row = (Failure, Code, &'static str, &'static [&'static str], bool);

/// One place for each variant: a new one does not compile until it has its own, and then fails the test below until it
/// has a row.
const fn place(failure: &Failure) -> usize {
    match failure {
        Failure::Invalid(_) => 0,
        Failure::BatchTooLarge { .. } => 1,
        Failure::TooLarge { .. } => 2,
        Failure::RequestIdReused => 3,
        Failure::PageToken => 4,
        Failure::Cursor(CursorFault::Malformed) => 5,
        Failure::Cursor(CursorFault::FilterMismatch) => 6,
        Failure::Cursor(CursorFault::Diverged { .. }) => 7,
        Failure::Cursor(CursorFault::AheadOfHead { .. }) => 8,
        Failure::CredentialMissing => 9,
        Failure::CredentialUnknown => 10,
        Failure::RoleMissing { .. } => 11,
        Failure::Unknown(Thing::ProfileTable) => 12,
        Failure::Unknown(Thing::Notice) => 13,
        Failure::Unknown(Thing::Policy) => 14,
        Failure::PolicyNotThere { .. } => 15,
        Failure::NotAdmitted(NotAdmitted::BaseUnknown) => 16,
        Failure::NotAdmitted(NotAdmitted::IdOfBuiltIn) => 17,
        Failure::NotAdmitted(NotAdmitted::Overridden) => 18,
        Failure::NotAdmitted(NotAdmitted::Loosens(_)) => 19,
        Failure::EtagMismatch => 20,
        Failure::Overloaded => 21,
        Failure::DeadlineExceeded => 22,
        Failure::Stopping => 23,
        Failure::Refused { .. } => 24,
        Failure::Store(StoreError::Conflict) => 25,
        Failure::Store(StoreError::RequestIdReused) => 26,
        Failure::Store(StoreError::Unavailable) => 27,
        Failure::Store(StoreError::MonthMissing) => 28,
        Failure::Store(StoreError::Timeout) => 29,
        Failure::Store(StoreError::SchemaMissing) => 30,
        Failure::Store(StoreError::SchemaUnknown { .. }) => 31,
        Failure::Store(StoreError::Inconsistent { .. }) => 32,
        Failure::Store(StoreError::Misnumbered { .. }) => 33,
        Failure::Store(StoreError::KeyMissing) => 34,
        Failure::Store(StoreError::KeyChanged) => 35,
        Failure::Store(StoreError::Address) => 36,
        Failure::Store(StoreError::Driver { .. }) => 37,
        Failure::Internal(_) => 38,
        Failure::Unknown(Thing::Website) => 39,
        Failure::Unknown(Thing::Campaign) => 40,
        Failure::Unknown(Thing::Message) => 41,
        Failure::MessageFixed => 42,
        Failure::Store(StoreError::Fixed) => 43,
        Failure::CursorExpired { .. } => 44,
        Failure::AbovePlan { .. } => 45,
        Failure::NoticeNotThere { .. } => 46,
        Failure::ReaderTooSlow => 47,
        Failure::UseNotPermitted { .. } => 48,
        Failure::Token(TokenFault::Malformed) => 49,
        Failure::Token(TokenFault::KeyUnknown) => 50,
        Failure::Token(TokenFault::Expired { .. }) => 51,
        Failure::Token(TokenFault::Insufficient { .. }) => 52,
        Failure::Unknown(Thing::ConsentRecord) => 53,
        Failure::ImportIdReused => 54,
        Failure::ImportChunkReused => 55,
        Failure::ImportChunkUnexpected { .. } => 56,
        Failure::Store(StoreError::ImportIdReused) => 57,
    }
}

const PLACES: usize = 58;

fn callers_mistakes() -> Vec<Row> {
    use Failure as F;
    let erased = Place { item: "items[0]".to_owned(), event: None, arm: Arm::Answer };
    let invalid = F::Invalid(vec![Violation::new("id", "must be set")]);
    let batch = F::BatchTooLarge { field: "items".to_owned(), max_items: 1000 };
    let role = F::RoleMissing { method: "a.B/C".to_owned(), roles: "read".to_owned() };
    vec![
        (invalid, Code::InvalidArgument, "FIELD_INVALID", &[], NOT_AGAIN),
        (batch, Code::InvalidArgument, "BATCH_TOO_LARGE", &["field", "max_items"], NOT_AGAIN),
        (
            F::TooLarge { side: Side::Answer, max_bytes: 9 },
            Code::ResourceExhausted,
            "MESSAGE_TOO_LARGE",
            &["max_bytes"],
            NOT_AGAIN,
        ),
        (F::RequestIdReused, Code::AlreadyExists, "REQUEST_ID_REUSED", &[], NOT_AGAIN),
        (F::PageToken, Code::InvalidArgument, "PAGE_TOKEN_MALFORMED", &[], NOT_AGAIN),
        (F::UseNotPermitted { field: "use" }, Code::InvalidArgument, "USE_NOT_PERMITTED", &[], NOT_AGAIN),
        (F::Cursor(CursorFault::Malformed), Code::InvalidArgument, "CURSOR_MALFORMED", &[], NOT_AGAIN),
        (
            F::Cursor(CursorFault::FilterMismatch),
            Code::InvalidArgument,
            "CURSOR_FILTER_MISMATCH",
            &[],
            NOT_AGAIN,
        ),
        (
            F::Cursor(CursorFault::Diverged { position: 7 }),
            Code::DataLoss,
            "CURSOR_DIVERGED",
            &["position"],
            NOT_AGAIN,
        ),
        (
            F::Cursor(CursorFault::AheadOfHead { position: 7, head: 6 }),
            Code::DataLoss,
            "CURSOR_AHEAD_OF_HEAD",
            &["head_position", "position"],
            NOT_AGAIN,
        ),
        (
            F::CursorExpired { position: 7, oldest_position: 9, oldest_cursor: "c".to_owned() },
            Code::OutOfRange,
            "CURSOR_EXPIRED",
            &["oldest_cursor", "oldest_position", "position"],
            NOT_AGAIN,
        ),
        (F::Token(TokenFault::Malformed), Code::InvalidArgument, "TOKEN_MALFORMED", &[], NOT_AGAIN),
        (F::Token(TokenFault::KeyUnknown), Code::FailedPrecondition, "TOKEN_KEY_UNKNOWN", &[], NOT_AGAIN),
        (
            F::Token(TokenFault::Expired { field: "token".to_owned() }),
            Code::FailedPrecondition,
            "TOKEN_EXPIRED",
            &[],
            NOT_AGAIN,
        ),
        (
            F::Token(TokenFault::Insufficient { field: "preferences".to_owned() }),
            Code::FailedPrecondition,
            "TOKEN_INSUFFICIENT",
            &[],
            NOT_AGAIN,
        ),
        (F::CredentialMissing, Code::Unauthenticated, "CREDENTIAL_MISSING", &[], NOT_AGAIN),
        (F::CredentialUnknown, Code::Unauthenticated, "CREDENTIAL_UNKNOWN", &[], NOT_AGAIN),
        (role, Code::PermissionDenied, "ROLE_MISSING", &["method", "roles"], NOT_AGAIN),
        (F::Unknown(Thing::ProfileTable), Code::NotFound, "PROFILE_TABLE_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::Notice), Code::NotFound, "NOTICE_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::Policy), Code::NotFound, "POLICY_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::Website), Code::NotFound, "WEBSITE_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::Campaign), Code::NotFound, "CAMPAIGN_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::Message), Code::NotFound, "MESSAGE_UNKNOWN", &[], NOT_AGAIN),
        (F::Unknown(Thing::ConsentRecord), Code::NotFound, "CONSENT_RECORD_UNKNOWN", &[], NOT_AGAIN),
        (
            F::NoticeNotThere { fields: vec!["message.notice_id".to_owned()] },
            Code::FailedPrecondition,
            "NOTICE_UNKNOWN",
            &[],
            NOT_AGAIN,
        ),
        (
            F::PolicyNotThere { field: "policy_id" },
            Code::FailedPrecondition,
            "POLICY_UNKNOWN",
            &[],
            NOT_AGAIN,
        ),
        (
            F::NotAdmitted(NotAdmitted::BaseUnknown),
            Code::FailedPrecondition,
            "POLICY_UNKNOWN",
            &[],
            NOT_AGAIN,
        ),
        (F::NotAdmitted(NotAdmitted::IdOfBuiltIn), Code::InvalidArgument, "FIELD_INVALID", &[], NOT_AGAIN),
        (
            F::NotAdmitted(NotAdmitted::Overridden),
            Code::FailedPrecondition,
            "POLICY_OVERRIDDEN",
            &[],
            NOT_AGAIN,
        ),
        (
            F::NotAdmitted(NotAdmitted::Loosens(Vec::new())),
            Code::FailedPrecondition,
            "POLICY_LOOSENED",
            &[],
            NOT_AGAIN,
        ),
        (F::EtagMismatch, Code::Aborted, "ETAG_MISMATCH", &[], NOT_AGAIN),
        (F::MessageFixed, Code::FailedPrecondition, "MESSAGE_FIXED", &[], NOT_AGAIN),
        (F::Store(StoreError::Fixed), Code::FailedPrecondition, "MESSAGE_FIXED", &[], NOT_AGAIN),
        (
            F::Refused { refusal: Refusal::ProfileErased, place: erased },
            Code::FailedPrecondition,
            "PROFILE_ERASED",
            &[],
            NOT_AGAIN,
        ),
        (
            F::AbovePlan { above: above(), item: "recipients[0]".to_owned() },
            Code::FailedPrecondition,
            "MODE_ABOVE_PLAN",
            &["links", "links_reason", "pixel", "pixel_reason"],
            NOT_AGAIN,
        ),
        (F::Store(StoreError::RequestIdReused), Code::AlreadyExists, "REQUEST_ID_REUSED", &[], NOT_AGAIN),
        (F::ImportIdReused, Code::AlreadyExists, "IMPORT_ID_REUSED", &[], NOT_AGAIN),
        (F::ImportChunkReused, Code::AlreadyExists, "IMPORT_CHUNK_REUSED", &[], NOT_AGAIN),
        (
            F::ImportChunkUnexpected { expected: 3 },
            Code::FailedPrecondition,
            "IMPORT_CHUNK_UNEXPECTED",
            &["expected_chunk"],
            NOT_AGAIN,
        ),
        (F::Store(StoreError::ImportIdReused), Code::AlreadyExists, "IMPORT_ID_REUSED", &[], NOT_AGAIN),
    ]
}

fn above() -> AbovePlan {
    let policy = || PolicyVersion { id: PolicyId::new("strict").expect("an id"), version: 1 };
    AbovePlan {
        pixel: Some(Planned { mode: PixelMode::Shared, reason: Why::Refused, policy: policy() }),
        links: Some(Planned { mode: LinkMode::Plain, reason: Why::TrackingDisabled, policy: policy() }),
    }
}

#[test]
fn a_mode_above_the_plan_is_told_with_what_is_permitted_and_why() {
    let told = |above| {
        let failure = Failure::AbovePlan { above, item: "recipients[3]".to_owned() };
        let details = status(&failure, &CallId("the call".to_owned())).get_error_details();
        let mut facts: Vec<_> =
            details.error_info().expect("a reason").metadata.clone().into_iter().collect();
        facts.sort_unstable();
        let facts: Vec<_> = facts.iter().map(|(key, fact)| format!("{key} {fact}")).collect();
        let fields = details.bad_request().expect("the fields").field_violations.clone();
        (facts, fields.into_iter().map(|field| field.field).collect::<Vec<_>>())
    };
    let both = ["links PLAIN", "links_reason TRACKING_DISABLED", "pixel SHARED", "pixel_reason REFUSED"];
    assert_eq!(
        told(above()),
        (both.map(str::to_owned).to_vec(), vec!["recipients[3].pixel".into(), "recipients[3].links".into()])
    );
    let (facts, fields) = told(AbovePlan { pixel: None, ..above() });
    assert_eq!(
        (facts, fields),
        (both[..2].iter().map(ToString::to_string).collect(), vec!["recipients[3].links".into()])
    );
}

fn faults() -> Vec<Row> {
    use Failure as F;
    let internal = |failure| -> Row { (failure, Code::Internal, "INTERNAL", &[], NOT_AGAIN) };
    vec![
        (F::Overloaded, Code::Unavailable, "UNAVAILABLE", &[], AGAIN),
        (F::DeadlineExceeded, Code::DeadlineExceeded, "DEADLINE_EXCEEDED", &[], NOT_AGAIN),
        (F::Stopping, Code::Unavailable, "SHUTTING_DOWN", &[], AGAIN),
        (F::ReaderTooSlow, Code::Aborted, "READER_TOO_SLOW", &[], AGAIN),
        (F::Store(StoreError::Conflict), Code::Aborted, "CONFLICT", &[], AGAIN),
        (F::Store(StoreError::Unavailable), Code::Unavailable, "UNAVAILABLE", &[], AGAIN),
        (F::Store(StoreError::Timeout), Code::Unavailable, "UNAVAILABLE", &[], AGAIN),
        (F::Store(StoreError::MonthMissing), Code::Unavailable, "UNAVAILABLE", &[], AGAIN),
        internal(F::Store(StoreError::SchemaMissing)),
        internal(F::Store(StoreError::SchemaUnknown { found: 9, known: 1 })),
        internal(F::Store(StoreError::Inconsistent { table: "record", column: "body" })),
        internal(F::Store(StoreError::Misnumbered { position: 3 })),
        internal(F::Store(StoreError::KeyMissing)),
        internal(F::Store(StoreError::KeyChanged)),
        internal(F::Store(StoreError::Address)),
        internal(F::Store(StoreError::Driver { code: "42601".to_owned() })),
        internal(F::internal("a cause, with a marker")),
    ]
}

#[test]
fn what_has_to_be_so_first_and_what_there_is_no_room_for_say_so() {
    let told = |failure: Failure| status(&failure, &CallId("the call".to_owned())).get_error_details();
    let erased = Failure::Refused {
        refusal: Refusal::ProfileErased,
        place: Place { item: "items[3]".to_owned(), event: None, arm: Arm::Answer },
    };
    for (failure, subject) in
        [(Failure::EtagMismatch, "etag"), (Failure::MessageFixed, "message"), (erased, "items[3].profile")]
    {
        let details = told(failure);
        let missing = details.precondition_failure().expect("what has to be so first");
        assert_eq!(missing.violations[0].subject, subject);
    }
    assert!(told(Failure::Overloaded).quota_failure().is_some());
    assert!(told(Failure::RequestIdReused).precondition_failure().is_none());
}

#[test]
fn every_failure_has_its_code_its_reason_and_what_comes_with_it() {
    let call = CallId("the call".to_owned());
    let mut told = BTreeSet::new();
    for (failure, code, reason, keys, again) in callers_mistakes().into_iter().chain(faults()) {
        told.insert(place(&failure));
        let status = status(&failure, &call);
        let details = status.get_error_details();
        let info = details.error_info().expect("every error has a reason");
        assert_eq!((status.code(), info.reason.as_str(), info.domain.as_str()), (code, reason, "assent"));
        let facts: BTreeSet<_> = info.metadata.keys().map(String::as_str).collect();
        assert_eq!(facts, keys.iter().copied().collect(), "{reason}");
        assert_eq!(details.request_info().expect("the call's number").request_id, "the call", "{reason}");
        assert_eq!(details.retry_info().is_some(), again, "{failure:?}");
        let text = status.message();
        assert!(!text.is_empty() && !text.ends_with('.') && !text.contains("marker"), "{text}");
    }
    assert_eq!(told, (0..PLACES).collect(), "a failure has no row");
}

#[test]
fn an_item_fails_with_the_status_that_a_call_would() {
    let call = CallId("the call".to_owned());
    for (failure, code, ..) in callers_mistakes() {
        let item = of_item(&failure, &call).expect("a status");
        assert_eq!((item.code, item.message), (code as i32, failure.to_string()));
        assert!(!item.details.is_empty());
    }
}
