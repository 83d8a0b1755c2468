//! What can go wrong, told so that the caller knows what to do. A "no" of a person is never an error.

mod reason;
mod status;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

pub use reason::Reason;

use crate::evidence::EvidenceItem;
use crate::request_id::RequestId;

/// The outcome of a call.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a call, or one item of a batch, failed.
///
/// Its text says what is wrong and what to do, and holds no value of the request: it is safe to log.
#[derive(Debug)]
pub struct Error(Box<Inside>);

#[derive(Debug)]
struct Inside {
    cause: Cause,
    message: String,
    violations: Vec<FieldViolation>,
    metadata: BTreeMap<String, String>,
    retry_after: Option<Duration>,
    server_request_id: Option<String>,
    attempts: u32,
    request_id: Option<RequestId>,
    answered: usize,
}

/// Who says no, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The service, for a reason of the contract.
    Refused(Reason),
    /// The service, for a reason of a later release: its name.
    RefusedOtherwise(String),
    /// Nobody: the service cannot be reached, or the connection broke. What a write would have written is unknown. A service
    /// that turns this client's certificate away often breaks the connection before it can say why: that reads so too.
    Unreachable,
    /// One end does not accept the other's certificate: the service's is not of the trusted authority or bears another name,
    /// or the service asks for one that this client does not show or that it does not trust.
    TlsFailed,
    /// Something between here and the service, or a service of another kind: the gRPC code, such as `UNIMPLEMENTED`.
    Unexplained(&'static str),
    /// The answer lacks what the contract promises: where.
    Unintelligible(&'static str),
    /// The options that a client was to be made of.
    OptionsWrong,
}

/// One wrong field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldViolation {
    /// Where it stands in the request, such as `items[3].facts.jurisdiction`; an index counts within the caller's batch.
    pub path: String,
    /// What is wrong with it and what would be right.
    pub description: String,
}

impl Error {
    fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self(Box::new(Inside {
            cause,
            message: message.into(),
            violations: Vec::new(),
            metadata: BTreeMap::new(),
            retry_after: None,
            server_request_id: None,
            attempts: 0,
            request_id: None,
            answered: 0,
        }))
    }

    pub(crate) fn unintelligible(path: &'static str) -> Self {
        Self::new(Cause::Unintelligible(path), format!("the answer lacks {path}"))
    }

    pub(crate) fn options(message: impl Into<String>) -> Self {
        Self::new(Cause::OptionsWrong, message)
    }

    pub(crate) fn deadline_passed() -> Self {
        Self::new(Cause::Refused(Reason::DeadlineExceeded), "the time for the call is over")
    }

    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Tells how much of a batch was answered, and the id that makes it safe to send the whole again.
    pub(crate) fn in_batch(mut self, request_id: Option<RequestId>, answered: usize) -> Self {
        self.0.request_id = request_id;
        self.0.answered = answered;
        self.of_part(answered)
    }

    /// Names fields by their place in the caller's batch, not in the part that begins `before` items later.
    pub(crate) fn of_part(mut self, before: usize) -> Self {
        for violation in &mut self.0.violations {
            violation.path = status::shift_index(&violation.path, before);
        }
        self
    }

    /// Names fields by their place in the one item that the error is about, not in the batch that it was sent in.
    pub(crate) fn of_one(mut self) -> Self {
        for violation in &mut self.0.violations {
            violation.path = status::within_item(&violation.path);
        }
        self
    }

    /// Who says no, and why.
    #[must_use]
    pub const fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// The service's reason, if the service gave one that this release knows.
    #[must_use]
    pub const fn reason(&self) -> Option<Reason> {
        match self.0.cause {
            Cause::Refused(reason) => Some(reason),
            _ => None,
        }
    }

    /// Every wrong field, at once. Empty where no field is to blame.
    #[must_use]
    pub fn violations(&self) -> &[FieldViolation] {
        &self.0.violations
    }

    /// A fact that came with the reason; the contract says which reason has which.
    #[must_use]
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.0.metadata.get(key).map(String::as_str)
    }

    /// The evidence that is missing, of [`Reason::EvidenceMissing`]; else empty.
    #[must_use]
    pub fn missing_evidence(&self) -> Vec<EvidenceItem> {
        let named = |name: &str| EvidenceItem::ALL.iter().copied().find(|item| item.name() == name);
        self.listed("items").filter_map(named).collect()
    }

    /// The ids of the policies that said no, where policies did; else empty.
    pub fn policies(&self) -> impl Iterator<Item = &str> {
        self.listed("policies")
    }

    fn listed(&self, key: &str) -> impl Iterator<Item = &str> {
        self.fact(key).into_iter().flat_map(|list| list.split(',')).filter(|name| !name.is_empty())
    }

    /// How long the service wants to be left alone before the same call is made again. Absent: it does not say.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The id under which the service's log has the cause. Absent: none was given.
    #[must_use]
    pub fn server_request_id(&self) -> Option<&str> {
        self.0.server_request_id.as_deref()
    }

    /// How often the call was tried. 0 for an item's error, and where nothing was sent.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The id of the call that failed, for a call that has one. Sending the same content with it again writes nothing
    /// twice, also when the first try, or its first part, was stored.
    #[must_use]
    pub const fn request_id(&self) -> Option<RequestId> {
        self.0.request_id
    }

    /// How many items of the batch had been answered, and stored where accepted, before the part that failed: batches of
    /// more than 1,000 items go out in parts. Send the whole again with [`Self::request_id`] to get all results.
    #[must_use]
    pub const fn items_answered(&self) -> usize {
        self.0.answered
    }

    /// Whether the same call can succeed when it is made again as it is.
    #[must_use]
    pub const fn passes(&self) -> bool {
        match &self.0.cause {
            Cause::Refused(reason) => reason.passes(),
            Cause::Unreachable => true,
            Cause::RefusedOtherwise(_) => self.0.retry_after.is_some(),
            Cause::TlsFailed | Cause::Unexplained(_) | Cause::Unintelligible(_) | Cause::OptionsWrong => {
                false
            }
        }
    }

    /// The cause in one word out of a closed set.
    #[cfg(feature = "trace")]
    pub(crate) fn word(&self) -> &str {
        match &self.0.cause {
            Cause::Refused(reason) => reason.name(),
            Cause::RefusedOtherwise(name) => name,
            Cause::Unreachable => "UNREACHABLE",
            Cause::TlsFailed => "TLS_FAILED",
            Cause::Unexplained(code) => code,
            Cause::Unintelligible(_) => "UNINTELLIGIBLE",
            Cause::OptionsWrong => "OPTIONS_WRONG",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match &self.0.cause {
            Cause::Refused(reason) => reason.advice(),
            Cause::TlsFailed => {
                "trust the authority of the service's certificate (Tls::trusting) under the name it bears (Tls::domain), and \
                 show a certificate where the service asks for one (Tls::identity)"
            }
            Cause::Unreachable => {
                "see that the service runs, the endpoint is right, and a certificate is shown where it asks for one; then make \
                 the same call again"
            }
            Cause::RefusedOtherwise(_) | Cause::Unintelligible(_) => {
                "use a release of this client that fits the service"
            }
            Cause::Unexplained(_) => {
                "see that the endpoint is Assent's and what stands in between lets gRPC through"
            }
            Cause::OptionsWrong => "correct the options",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Refused(reason) => write!(f, "{} ({reason})", self.0.message)?,
            Cause::RefusedOtherwise(name) => write!(f, "{} ({name})", self.0.message)?,
            Cause::Unexplained(code) => write!(f, "{} ({code})", self.0.message)?,
            Cause::TlsFailed | Cause::Unreachable | Cause::Unintelligible(_) | Cause::OptionsWrong => {
                f.write_str(&self.0.message)?
            }
        }
        for violation in &self.0.violations {
            write!(f, "; {}: {}", violation.path, violation.description)?;
        }
        write!(f, "; {}", self.advice())
    }
}

impl std::error::Error for Error {}
