//! Reads an error of the wire: the status of a call, or of one item of a batch.

use assent_proto::google::rpc;
use prost::Message;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{Cause, Error, FieldViolation, Reason};

/// The domain under which the service's reasons stand.
const DOMAIN: &str = "assent";

impl Error {
    /// The error of a call.
    pub(crate) fn from_status(status: &Status) -> Self {
        let details = status.get_error_details();
        let info = details.error_info().filter(|info| info.domain == DOMAIN);
        let cause = match info {
            Some(info) => Reason::named(&info.reason)
                .map_or_else(|| Cause::RefusedOtherwise(info.reason.clone()), Cause::Refused),
            None => cause_of_transport(status).unwrap_or_else(|| cause_of_code(status.code())),
        };
        let message = match cause {
            // The transport's own words can hold addresses; ours do not.
            Cause::Unreachable => "the service cannot be reached",
            Cause::TlsFailed => "no secure connection: one end does not accept the other's certificate",
            _ => status.message(),
        };
        let mut error = Self::new(cause, message);
        if let Some(info) = info {
            error.0.metadata = info.metadata.clone().into_iter().collect();
        }
        if let Some(bad) = details.bad_request() {
            error.0.violations = bad
                .field_violations
                .iter()
                .map(|one| FieldViolation { path: one.field.clone(), description: one.description.clone() })
                .collect();
        }
        error.0.retry_after = details.retry_info().and_then(|info| info.retry_delay);
        error.0.server_request_id = details.request_info().map(|info| info.request_id.clone());
        error
    }

    /// The error of one item.
    pub(crate) fn of_item(wire: &rpc::Status) -> Self {
        let details = wire.encode_to_vec().into();
        Self::from_status(&Status::with_details(Code::from_i32(wire.code), wire.message.clone(), details))
    }
}

/// A connection that breaks under a call is told with whatever code the transport finds, and with what lies behind it, which
/// no status has that came over the wire.
fn cause_of_transport(status: &Status) -> Option<Cause> {
    let codes = [Code::Unknown, Code::Internal, Code::Unavailable, Code::Cancelled];
    let broken = codes.contains(&status.code());
    let behind = std::error::Error::source(status).filter(|_| broken)?;
    let mut chain = std::iter::successors(Some(behind), |error| error.source());
    if chain.clone().any(|error| error.is::<tonic::TimeoutExpired>()) {
        return None;
    }
    let tls = chain.any(|error| TLS_WORDS.iter().any(|words| error.to_string().contains(words)));
    Some(if tls { Cause::TlsFailed } else { Cause::Unreachable })
}

/// What the TLS library says of two ends that do not come together. Words, because what carries them up drops the type.
const TLS_WORDS: [&str; 3] = ["invalid peer certificate", "received fatal alert", "received corrupt message"];

/// What a status means that does not come from the service itself.
fn cause_of_code(code: Code) -> Cause {
    match code {
        Code::Unavailable => Cause::Unreachable,
        // The client's own timeout is told as cancelled; nobody else can cancel a call that is awaited.
        Code::DeadlineExceeded | Code::Cancelled => Cause::Refused(Reason::DeadlineExceeded),
        // The limits of messages are enforced by the transport on either side.
        Code::OutOfRange | Code::ResourceExhausted => Cause::Refused(Reason::MessageTooLarge),
        Code::Unimplemented => Cause::Unexplained("UNIMPLEMENTED"),
        Code::Unauthenticated => Cause::Unexplained("UNAUTHENTICATED"),
        Code::PermissionDenied => Cause::Unexplained("PERMISSION_DENIED"),
        Code::InvalidArgument => Cause::Unexplained("INVALID_ARGUMENT"),
        Code::NotFound => Cause::Unexplained("NOT_FOUND"),
        Code::AlreadyExists => Cause::Unexplained("ALREADY_EXISTS"),
        Code::FailedPrecondition => Cause::Unexplained("FAILED_PRECONDITION"),
        Code::Aborted => Cause::Unexplained("ABORTED"),
        Code::Internal => Cause::Unexplained("INTERNAL"),
        Code::DataLoss => Cause::Unexplained("DATA_LOSS"),
        Code::Ok | Code::Unknown => Cause::Unexplained("UNKNOWN"),
    }
}

/// The path of a field within its item, of its path in a batch: `interactions[3].profile.id` is `profile.id`.
pub(super) fn within_item(path: &str) -> String {
    let inside = path.split_once("].").filter(|(item, _)| item.contains('[') && !item.contains('.'));
    inside.map_or(path, |(_, inside)| inside).to_owned()
}

/// The path of a field in the caller's batch, of its path in a part of it that begins `by` items later.
pub(super) fn shift_index(path: &str, by: usize) -> String {
    let shifted = || {
        let (list, rest) = path.split_once('[')?;
        let (index, rest) = rest.split_once(']')?;
        let index = index.parse::<usize>().ok()?.checked_add(by)?;
        ["items", "profiles", "interactions", "blocks"]
            .contains(&list)
            .then(|| format!("{list}[{index}]{rest}"))
    };
    shifted().unwrap_or_else(|| path.to_owned())
}
