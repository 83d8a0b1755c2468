//! Why a call or an item has no answer: everything that can go wrong, in the service's own words.
//!
//! A "no" from a rule about consent is an answer and never stands here. Deliberately not here: gRPC
//! codes and error details; `wire/status.rs` alone gives each failure its status.

use std::error::Error;
use std::fmt;

use assent_domain::plan::AbovePlan;
use assent_domain::policy::NotAdmitted;
use assent_domain::refusal::Refusal;
use assent_store::StoreError;

use crate::wire::refusal::Place;

/// What a call or one item of a batch ends with.
pub type Outcome<T> = Result<T, Failure>;

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The request does not say what it must: every wrong field at once.
    Invalid(Vec<Violation>),
    /// The call holds more items than it may.
    BatchTooLarge {
        /// The field that holds them.
        field: String,
        /// How many it may hold.
        max_items: usize,
    },
    /// A message is longer than the limit.
    TooLarge {
        /// Whose message.
        side: Side,
        /// The limit in bytes.
        max_bytes: usize,
    },
    /// The `request_id` was used before, with another content.
    RequestIdReused,
    /// The import's id is known for another header.
    ImportIdReused,
    /// A chunk of that number was written, or begun, with another content.
    ImportChunkReused,
    /// The chunk is neither the next one nor one that was acknowledged.
    ImportChunkUnexpected {
        /// The next one.
        expected: u64,
    },
    /// The page token was not made here for this tenant, or belongs to another list.
    PageToken,
    /// What is asked may not be told for the use that was declared.
    UseNotPermitted {
        /// The field that declares it.
        field: &'static str,
    },
    /// The cursor cannot be read on from.
    Cursor(CursorFault),
    /// A link's token does not do what is asked.
    Token(TokenFault),
    /// What the cursor would read next is gone.
    CursorExpired {
        /// The cursor's position.
        position: u64,
        /// The oldest position that can still be read.
        oldest_position: u64,
        /// A cursor before that one, for the same filter.
        oldest_cursor: String,
    },
    /// The reader of a stream took nothing for too long.
    ReaderTooSlow,
    /// There is no credential, and the call needs one.
    CredentialMissing,
    /// The credential is not known, or no longer.
    CredentialUnknown,
    /// The credential has none of the roles that may make the call.
    RoleMissing {
        /// The method, `assent.v1.ConsentService/UpsertConsents`.
        method: String,
        /// The roles of which one would do, separated by commas.
        roles: String,
    },
    /// The caller asks for a thing that is not there.
    Unknown(Thing),
    /// A setting names a policy that is not there.
    PolicyNotThere {
        /// The field that names it.
        field: &'static str,
    },
    /// A setting names notice texts that are not stored.
    NoticeNotThere {
        /// The fields that name them; never none.
        fields: Vec<String>,
    },
    /// An override is not taken.
    NotAdmitted(NotAdmitted),
    /// What is stored is not what the caller last read.
    EtagMismatch,
    /// The message was planned or sent: it can no longer be declared or changed.
    MessageFixed,
    /// A mode was asked for that is above what is permitted.
    AbovePlan {
        /// What is permitted.
        above: AbovePlan,
        /// Whose: `recipients[3]`.
        item: String,
    },
    /// More calls are under way than the service takes on.
    Overloaded,
    /// The deadline passed before there was an answer. What was committed stays.
    DeadlineExceeded,
    /// The service is about to stop.
    Stopping,
    /// A rule said no to an item.
    Refused {
        /// What the rule said.
        refusal: Refusal,
        /// Which item.
        place: Place,
    },
    /// The store did not do what it was asked.
    Store(StoreError),
    /// A fault of the service: the cause is logged, never told.
    Internal(Cause),
}

/// What lies behind a failure; logged, never told to a caller.
pub type Cause = Box<dyn Error + Send + Sync>;

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: `items[3].grant.notice_id`.
    pub path: String,
    /// What is wrong and what would be right, without the value.
    pub text: String,
}

impl Violation {
    /// Says what is wrong with the field at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

/// A kind of thing that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A profile table.
    ProfileTable,
    /// A notice text.
    Notice,
    /// A policy, a version of one, or an override.
    Policy,
    /// A website.
    Website,
    /// A campaign.
    Campaign,
    /// A message.
    Message,
    /// A consent record that says, tells or asks something.
    ConsentRecord,
}

/// Whose message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The caller's.
    Request,
    /// The service's.
    Answer,
}

/// Why a cursor cannot be read on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorFault {
    /// It is not a cursor of this tenant, or was changed.
    Malformed,
    /// It was handed out for another filter.
    FilterMismatch,
    /// The database holds another record at its position: it was restored or failed over with loss.
    Diverged {
        /// The cursor's position.
        position: u64,
    },
    /// The ledger ends before its position: it was restored or failed over with loss.
    AheadOfHead {
        /// The cursor's position.
        position: u64,
        /// The ledger's last.
        head: u64,
    },
}

/// Why a link's token does not do what is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It is not a token of this tenant, or was changed.
    Malformed,
    /// There is no key of the id that it names.
    KeyUnknown,
    /// It has run out.
    Expired {
        /// What asks for more than is left to it.
        field: String,
    },
    /// It allows less.
    Insufficient {
        /// What asks for more.
        field: String,
    },
}

impl Failure {
    /// One wrong field.
    #[must_use]
    pub fn invalid(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(path, text)])
    }

    /// A fault of the service, with its cause.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::RequestIdReused => Self::RequestIdReused,
            StoreError::ImportIdReused => Self::ImportIdReused,
            StoreError::Fixed => Self::MessageFixed,
            error => Self::Store(error),
        }
    }
}

impl From<NotAdmitted> for Failure {
    fn from(why: NotAdmitted) -> Self {
        Self::NotAdmitted(why)
    }
}

impl From<CursorFault> for Failure {
    fn from(fault: CursorFault) -> Self {
        Self::Cursor(fault)
    }
}

impl From<TokenFault> for Failure {
    fn from(fault: TokenFault) -> Self {
        Self::Token(fault)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(violations) => match violations.as_slice() {
                [one] if one.path.is_empty() => f.write_str(&one.text),
                [one] => write!(f, "{}: {}", one.path, one.text),
                many => write!(f, "{} fields of the request are wrong", many.len()),
            },
            Self::BatchTooLarge { field, max_items } => {
                write!(f, "{field} holds more than {max_items} items")
            }
            Self::TooLarge { side: Side::Request, max_bytes } => {
                write!(f, "the message is longer than {max_bytes} bytes")
            }
            Self::TooLarge { side: Side::Answer, max_bytes } => {
                write!(f, "the answer would be longer than {max_bytes} bytes: ask for less at once")
            }
            Self::RequestIdReused => f.write_str("the request_id was used before, with another content"),
            Self::ImportIdReused => f.write_str("the import id was used before, with another header"),
            Self::ImportChunkReused => {
                f.write_str("a chunk of that number was written before, with another content")
            }
            Self::ImportChunkUnexpected { .. } => f.write_str("the chunk is not the next one"),
            Self::PageToken => f.write_str("the page token is not one of this list"),
            Self::UseNotPermitted { field } => write!(f, "{field} declares a use that is not permitted"),
            Self::Cursor(fault) => fault.fmt(f),
            Self::Token(fault) => fault.fmt(f),
            Self::CursorExpired { .. } => f.write_str("what the cursor would read next is gone"),
            Self::ReaderTooSlow => f.write_str("the reader took nothing for too long"),
            Self::CredentialMissing => f.write_str("an API key is needed: authorization: Bearer <key>"),
            Self::CredentialUnknown => f.write_str("the API key is not known, or no longer"),
            Self::RoleMissing { roles, .. } => write!(f, "the API key has none of the roles {roles}"),
            Self::Unknown(Thing::ProfileTable) => f.write_str("there is no such profile table"),
            Self::Unknown(Thing::Notice) => f.write_str("there is no such notice"),
            Self::Unknown(Thing::Policy) => f.write_str("there is no such policy"),
            Self::Unknown(Thing::Website) => f.write_str("there is no such website"),
            Self::Unknown(Thing::Campaign) => f.write_str("there is no such campaign"),
            Self::Unknown(Thing::Message) => f.write_str("there is no such message"),
            Self::Unknown(Thing::ConsentRecord) => f.write_str("there is no such consent record"),
            Self::PolicyNotThere { field } => write!(f, "{field} names no built-in policy"),
            Self::NoticeNotThere { fields } => match fields.as_slice() {
                [field] => write!(f, "{field} names no stored text"),
                many => write!(f, "{} fields of the request name no stored text", many.len()),
            },
            Self::NotAdmitted(why) => f.write_str(match why {
                NotAdmitted::BaseUnknown => "the override changes no built-in policy",
                NotAdmitted::IdOfBuiltIn => "the override has the id of a built-in policy",
                NotAdmitted::Overridden => "the policy has another override, or the override another policy",
                NotAdmitted::Loosens(_) => "the override permits what its policy forbids",
            }),
            Self::EtagMismatch => f.write_str("what is stored is not what was last read"),
            Self::MessageFixed | Self::Store(StoreError::Fixed) => {
                f.write_str("the message was planned or sent already")
            }
            Self::AbovePlan { .. } => f.write_str("a mode is asked for that is above what is permitted"),
            Self::Overloaded => f.write_str("more calls are under way than the service takes on"),
            Self::DeadlineExceeded => f.write_str("the deadline passed before there was an answer"),
            Self::Stopping => f.write_str("the service is about to stop"),
            Self::Refused { refusal, .. } => refusal.fmt(f),
            Self::Store(StoreError::Conflict) => {
                f.write_str("another call wrote the same thing at the same time")
            }
            Self::Store(StoreError::Unavailable) => f.write_str("the store cannot be reached"),
            Self::Store(StoreError::Timeout) => f.write_str("the store took too long"),
            Self::Store(_) => f.write_str("internal error"),
            Self::Internal(_) => f.write_str("internal error"),
        }
    }
}

impl fmt::Display for CursorFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "the cursor is not one of this feed",
            Self::FilterMismatch => "the cursor was made for another filter",
            Self::Diverged { .. } => "the ledger holds another record at the cursor's position",
            Self::AheadOfHead { .. } => "the ledger ends before the cursor's position",
        })
    }
}

impl fmt::Display for TokenFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the token is not one of this service"),
            Self::KeyUnknown => f.write_str("the token names a key that the service was not given"),
            Self::Expired { field } => write!(f, "{field}: the token has run out"),
            Self::Insufficient { field } => write!(f, "{field}: the token allows less"),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Store(error) => Some(error),
            Self::Internal(cause) => Some(cause.as_ref()),
            _ => None,
        }
    }
}
