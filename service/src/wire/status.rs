//! What a caller is told of a failure: the only file that names gRPC's codes.
//!
//! One exhaustive match on a restricted set of codes. Every status carries `ErrorInfo` and
//! `RequestInfo`; what the caller can do stands in `BadRequest`, `PreconditionFailure`, `QuotaFailure`, `RetryInfo`.

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use assent_domain::refusal::Refusal;
use assent_proto::google::rpc;
use assent_proto::v1::ErrorReason as Reason;
use assent_store::StoreError;
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt};

use super::to_wire::plan;
use super::{not_admitted, refusal};
use crate::caller::CallId;
use crate::failure::{CursorFault, Failure, Outcome, Thing, TokenFault};

/// Whose reasons these are.
pub const DOMAIN: &str = "assent";

/// How long a caller waits before it tries again when the service is loaded or its store away.
const RETRY: Duration = Duration::from_millis(500);

/// The status of a failure. What lies behind it is logged here, once, and told to nobody.
#[must_use]
pub fn status(failure: &Failure, call: &CallId) -> Status {
    log(failure, call);
    let (code, reason, metadata) = classify(failure);
    let mut details = ErrorDetails::new();
    details.set_error_info(name_of(reason), DOMAIN, metadata);
    details.set_request_info(&call.0, "");
    let violations = violations(failure);
    if !violations.is_empty() {
        details.set_bad_request(violations);
    }
    if let Some(missing) = precondition(failure) {
        details.set_precondition_failure(vec![missing]);
    }
    if matches!(failure, Failure::Overloaded) {
        details.add_quota_failure_violation("calls under way", "no more are taken on at once");
    }
    if let Some(delay) = retry(failure) {
        details.set_retry_info(Some(delay));
    }
    Status::with_error_details_and_metadata(code, failure.to_string(), details, MetadataMap::new())
}

/// The status of one item of a batch: the same that a failed call has, as a message.
///
/// # Errors
/// An internal error when the details cannot be read back.
pub fn of_item(failure: &Failure, call: &CallId) -> Outcome<rpc::Status> {
    let status = status(failure, call);
    rpc::Status::decode(status.details()).map_err(Failure::internal)
}

/// A reason's name in the contract, without the prefix that every value of the enum has.
fn name_of(reason: Reason) -> &'static str {
    let name = reason.as_str_name();
    name.strip_prefix("ERROR_REASON_").unwrap_or(name)
}

type Facts = HashMap<String, String>;

fn facts<const N: usize>(pairs: [(&str, String); N]) -> Facts {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn classify(failure: &Failure) -> (Code, Reason, Facts) {
    let none = Facts::new();
    match failure {
        Failure::Invalid(_) => (Code::InvalidArgument, Reason::FieldInvalid, none),
        Failure::BatchTooLarge { field, max_items } => {
            let facts = facts([("field", field.clone()), ("max_items", max_items.to_string())]);
            (Code::InvalidArgument, Reason::BatchTooLarge, facts)
        }
        Failure::TooLarge { max_bytes, .. } => {
            (Code::ResourceExhausted, Reason::MessageTooLarge, facts([("max_bytes", max_bytes.to_string())]))
        }
        Failure::RequestIdReused => (Code::AlreadyExists, Reason::RequestIdReused, none),
        Failure::ImportIdReused => (Code::AlreadyExists, Reason::ImportIdReused, none),
        Failure::ImportChunkReused => (Code::AlreadyExists, Reason::ImportChunkReused, none),
        Failure::ImportChunkUnexpected { expected } => {
            let facts = facts([("expected_chunk", expected.to_string())]);
            (Code::FailedPrecondition, Reason::ImportChunkUnexpected, facts)
        }
        Failure::PageToken => (Code::InvalidArgument, Reason::PageTokenMalformed, none),
        Failure::UseNotPermitted { .. } => (Code::InvalidArgument, Reason::UseNotPermitted, none),
        Failure::Cursor(fault) => cursor(*fault),
        Failure::Token(fault) => token(fault),
        Failure::CursorExpired { position, oldest_position, oldest_cursor } => {
            let facts = facts([
                ("position", position.to_string()),
                ("oldest_position", oldest_position.to_string()),
                ("oldest_cursor", oldest_cursor.clone()),
            ]);
            (Code::OutOfRange, Reason::CursorExpired, facts)
        }
        Failure::ReaderTooSlow => (Code::Aborted, Reason::ReaderTooSlow, none),
        Failure::CredentialMissing => (Code::Unauthenticated, Reason::CredentialMissing, none),
        Failure::CredentialUnknown => (Code::Unauthenticated, Reason::CredentialUnknown, none),
        Failure::RoleMissing { method, roles } => {
            let facts = facts([("method", method.clone()), ("roles", roles.clone())]);
            (Code::PermissionDenied, Reason::RoleMissing, facts)
        }
        Failure::Unknown(Thing::ProfileTable) => (Code::NotFound, Reason::ProfileTableUnknown, none),
        Failure::Unknown(Thing::Notice) => (Code::NotFound, Reason::NoticeUnknown, none),
        Failure::Unknown(Thing::Policy) => (Code::NotFound, Reason::PolicyUnknown, none),
        Failure::Unknown(Thing::Website) => (Code::NotFound, Reason::WebsiteUnknown, none),
        Failure::Unknown(Thing::Campaign) => (Code::NotFound, Reason::CampaignUnknown, none),
        Failure::Unknown(Thing::Message) => (Code::NotFound, Reason::MessageUnknown, none),
        Failure::Unknown(Thing::ConsentRecord) => (Code::NotFound, Reason::ConsentRecordUnknown, none),
        Failure::PolicyNotThere { .. } => (Code::FailedPrecondition, Reason::PolicyUnknown, none),
        Failure::NoticeNotThere { .. } => (Code::FailedPrecondition, Reason::NoticeUnknown, none),
        Failure::NotAdmitted(why) => {
            let reason = not_admitted::reason(why);
            (code_of(reason), reason, none)
        }
        Failure::EtagMismatch => (Code::Aborted, Reason::EtagMismatch, none),
        Failure::MessageFixed => (Code::FailedPrecondition, Reason::MessageFixed, none),
        Failure::AbovePlan { above, .. } => {
            let facts =
                plan::permitted(above).into_iter().map(|(key, fact)| (key.to_owned(), fact.to_owned()));
            (Code::FailedPrecondition, Reason::ModeAbovePlan, facts.collect())
        }
        Failure::Overloaded => (Code::Unavailable, Reason::Unavailable, none),
        Failure::DeadlineExceeded => (Code::DeadlineExceeded, Reason::DeadlineExceeded, none),
        Failure::Stopping => (Code::Unavailable, Reason::ShuttingDown, none),
        Failure::Refused { refusal, place } => {
            let told = refusal::told(refusal, place);
            (
                code_of(told.reason),
                told.reason,
                told.facts.into_iter().map(|(key, fact)| (key.to_owned(), fact)).collect(),
            )
        }
        Failure::Store(error) => store(error),
        Failure::Internal(_) => (Code::Internal, Reason::Internal, none),
    }
}

/// The code of a rule's no: a field that no rule would ever take is the caller's mistake.
const fn code_of(reason: Reason) -> Code {
    match reason {
        Reason::FieldInvalid => Code::InvalidArgument,
        _ => Code::FailedPrecondition,
    }
}

fn store(error: &StoreError) -> (Code, Reason, Facts) {
    let (code, reason) = match error {
        StoreError::Conflict => (Code::Aborted, Reason::Conflict),
        StoreError::RequestIdReused => (Code::AlreadyExists, Reason::RequestIdReused),
        StoreError::ImportIdReused => (Code::AlreadyExists, Reason::ImportIdReused),
        StoreError::Fixed => (Code::FailedPrecondition, Reason::MessageFixed),
        StoreError::Unavailable | StoreError::Timeout | StoreError::MonthMissing => {
            (Code::Unavailable, Reason::Unavailable)
        }
        StoreError::SchemaMissing
        | StoreError::SchemaUnknown { .. }
        | StoreError::Inconsistent { .. }
        | StoreError::Misnumbered { .. }
        | StoreError::KeyMissing
        | StoreError::KeyChanged
        | StoreError::Address
        | StoreError::Driver { .. } => (Code::Internal, Reason::Internal),
    };
    (code, reason, Facts::new())
}

fn cursor(fault: CursorFault) -> (Code, Reason, Facts) {
    match fault {
        CursorFault::Malformed => (Code::InvalidArgument, Reason::CursorMalformed, Facts::new()),
        CursorFault::FilterMismatch => (Code::InvalidArgument, Reason::CursorFilterMismatch, Facts::new()),
        CursorFault::Diverged { position } => {
            (Code::DataLoss, Reason::CursorDiverged, facts([("position", position.to_string())]))
        }
        CursorFault::AheadOfHead { position, head } => {
            let facts = facts([("position", position.to_string()), ("head_position", head.to_string())]);
            (Code::DataLoss, Reason::CursorAheadOfHead, facts)
        }
    }
}

fn token(fault: &TokenFault) -> (Code, Reason, Facts) {
    let (code, reason) = match fault {
        TokenFault::Malformed => (Code::InvalidArgument, Reason::TokenMalformed),
        TokenFault::KeyUnknown => (Code::FailedPrecondition, Reason::TokenKeyUnknown),
        TokenFault::Expired { .. } => (Code::FailedPrecondition, Reason::TokenExpired),
        TokenFault::Insufficient { .. } => (Code::FailedPrecondition, Reason::TokenInsufficient),
    };
    (code, reason, Facts::new())
}

/// When trying again is useful, how long to wait first.
const fn retry(failure: &Failure) -> Option<Duration> {
    match failure {
        Failure::Overloaded
        | Failure::ReaderTooSlow
        | Failure::Stopping
        | Failure::Store(
            StoreError::Conflict | StoreError::Unavailable | StoreError::Timeout | StoreError::MonthMissing,
        ) => Some(RETRY),
        _ => None,
    }
}

/// The fields a failure names, beside those of [`Failure::Invalid`].
fn violations(failure: &Failure) -> Vec<FieldViolation> {
    match failure {
        Failure::Invalid(wrong) => {
            wrong.iter().map(|wrong| FieldViolation::new(&wrong.path, &wrong.text)).collect()
        }
        Failure::Refused { refusal, place } => refusal::violations(refusal, place)
            .into_iter()
            .map(|wrong| FieldViolation::new(wrong.path, wrong.text))
            .collect(),
        Failure::AbovePlan { above, item } => {
            let fields = plan::fields(above).into_iter();
            fields.map(|(field, text)| FieldViolation::new(format!("{item}.{field}"), text)).collect()
        }
        Failure::BatchTooLarge { field, max_items } => {
            vec![FieldViolation::new(field, format!("must hold at most {max_items} items"))]
        }
        Failure::PolicyNotThere { field } => vec![FieldViolation::new(*field, "must name a built-in policy")],
        Failure::NoticeNotThere { fields } => {
            fields.iter().map(|field| FieldViolation::new(field, "must name a stored text")).collect()
        }
        Failure::NotAdmitted(why) => {
            let wrong = not_admitted::violations(why).into_iter();
            wrong.map(|wrong| FieldViolation::new(wrong.path, wrong.text)).collect()
        }
        Failure::UseNotPermitted { field } => {
            vec![FieldViolation::new(*field, "is not permitted; expected: a use that the law leaves")]
        }
        Failure::Token(fault) => {
            let (field, text) = match fault {
                TokenFault::Malformed => ("token", "must be one that this service made for this tenant"),
                TokenFault::KeyUnknown => ("token", "must be sealed by a key that the service has"),
                TokenFault::Expired { field } => {
                    (field.as_str(), "must not be asked of a token that has run out")
                }
                TokenFault::Insufficient { field } => {
                    (field.as_str(), "must not go beyond what the token allows")
                }
            };
            vec![FieldViolation::new(field, text)]
        }
        Failure::PageToken => {
            vec![FieldViolation::new("page_token", "must be one of this list, or left out")]
        }
        _ => Vec::new(),
    }
}

/// What has to be so before the same request can succeed.
fn precondition(failure: &Failure) -> Option<PreconditionViolation> {
    let (kind, subject, description) = match failure {
        Failure::EtagMismatch => {
            ("ETAG", "etag".to_owned(), "must be that of what is stored, left out if nothing is")
        }
        Failure::MessageFixed => ("MESSAGE", "message".to_owned(), "must not have been planned or sent yet"),
        Failure::Refused { refusal: Refusal::ProfileErased, place } => {
            ("PROFILE", place.profile(), "must not be erased, or grant directly and explicitly after it")
        }
        _ => return None,
    };
    Some(PreconditionViolation::new(kind, subject, description))
}

fn log(failure: &Failure, call: &CallId) {
    let Some(cause) = failure.source() else { return };
    let mut chain = cause.to_string();
    let mut next = cause.source();
    while let Some(inner) = next {
        chain.push_str(": ");
        chain.push_str(&inner.to_string());
        next = inner.source();
    }
    match failure {
        Failure::Store(StoreError::Conflict | StoreError::Unavailable | StoreError::Timeout) => {
            tracing::warn!(call = call.0, cause = chain, "the store did not answer a call");
        }
        _ => tracing::error!(call = call.0, cause = chain, "internal error"),
    }
}

/// The answer to a path that is no method of the contract: nobody who uses the contract ever reads it.
#[must_use]
pub fn no_such_method(call: &CallId) -> Status {
    let details = ErrorDetails::with_request_info(&call.0, "");
    Status::with_error_details(Code::Unimplemented, "there is no such method", details)
}

/// What a status means that the transport made, not a verb: it has no details yet. `None`: leave it as it is.
#[must_use]
pub fn foreign(status: &Status) -> Option<Failure> {
    if !status.details().is_empty() {
        return None;
    }
    let text = status.message();
    match status.code() {
        Code::Internal
            if ["failed to decode Protobuf message", "Missing request message", "Unexpected EOF"]
                .iter()
                .any(|known| text.contains(known)) =>
        {
            Some(Failure::invalid("", "the message is not one of this method"))
        }
        Code::Internal | Code::InvalidArgument if text.starts_with("protocol error") => {
            Some(Failure::invalid("", "the message is not framed as gRPC asks"))
        }
        Code::Internal | Code::Unknown => Some(Failure::internal(text.to_owned())),
        _ => None,
    }
}

/// The code in an answer's headers or trailers, by its name in metrics and spans.
#[must_use]
pub fn code_name(headers: &http::HeaderMap) -> Option<&'static str> {
    let code = Code::from_bytes(headers.get("grpc-status")?.as_bytes());
    Some(name(code))
}

/// What a call reads whose caller went away before the end.
pub const CANCELLED: &str = name(Code::Cancelled);

const fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests;
