//! The form in which a record is hashed and stored, for ever.
//!
//! # Format 1
//!
//! One byte `01`, then fields. A field is a tag (unsigned 16 bits), a length in bytes (unsigned 32
//! bits) and a value, all big-endian. Fields stand in ascending order of their tags. What is absent
//! is left out: there is no empty field standing for nothing. A list repeats its tag.
//!
//! | value | is written as |
//! |---|---|
//! | text | UTF-8, as it was given, never normalised |
//! | name | the stable name of an enum's value in ASCII (`GRANT`, `EMAIL_OPEN`) |
//! | integer | 8 bytes, big-endian, two's complement |
//! | instant | an integer: microseconds since 1970-01-01T00:00:00Z |
//! | day | text, `YYYY-MM-DD` |
//! | yes/no | one byte, `01` or `00` |
//! | bytes | themselves |
//!
//! | tag | field | value | stands in |
//! |---|---|---|---|
//! | 0001 | what the record says: `ANSWER`, `NOTICE`, `REQUEST`, `FACTS`, `EXPIRY`, `ERASURE` | name | all |
//! | 0002 | profile table | text | all |
//! | 0003 | profile | text | all |
//! | 0010 | answer: `GRANT`, `REFUSE`, `WITHDRAW`, `OBJECT` | name | answer |
//! | 0011 | coverage: `MARKETING`, then `ALL` or the scopes in their order | names, repeated | answer, notice, request, expiry |
//! | 0012 | basis: `EXPLICIT`, `ASSUMED`, `IMPORTED` | name | answer |
//! | 0013 | decided at | instant | answer |
//! | 0014 | method | text | answer |
//! | 0015 | source: `FORM`, `CAMPAIGN`, `IMPORT`, `API` | name | answer, notice, request, facts |
//! | 0016 | source's name | text | with 0015 |
//! | 0017 | source's version | text | with 0015 |
//! | 0018 | notice text: the SHA-256 of its bytes | 32 bytes | answer, notice, request |
//! | 0019 | language | text | answer |
//! | 001a | actor | text | answer |
//! | 001b, 001c, 001d | controller's name, address, contact: all or none | text | answer |
//! | 001e | proof reference | text | answer, notice |
//! | 0020 | notified at | instant | notice |
//! | 0021 | requested at | instant | request |
//! | 0022 | conditions unchanged | yes/no | notice |
//! | 0023 | withdrawal offered | yes/no | notice |
//! | 0024 | justification | text | notice |
//! | 0025 | message whose send it is | text | notice, request |
//! | 0030 | collected on | day | facts |
//! | 0031 | jurisdiction: ISO 3166-1 alpha-2 | text | facts |
//! | 0038 | record id of the grant that ran out | 16 bytes | expiry |
//! | 0039 | expired at | instant | expiry |
//! | 0040 | origin | text | all |
//! | 0041 | policy in force: its version (integer), then its id (text) | 8 bytes and text, repeated | all |
//! | fff0 | profile version | integer | all |
//! | fff1 | recorded at | instant | all |
//! | fff2 | record id | 16 bytes | all |
//!
//! The fields that depend on when a record arrived have the highest tags: two records compared by
//! their bytes are compared by what they say first.
//!
//! [`decode`] accepts exactly what [`encode`] writes, so each record has one form and each form one
//! record. A release that needs more fields adds tags; one that changes the meaning of a tag starts
//! format 2 and goes on reading format 1. `canonical/vector.txt` holds a record, its leaf and a
//! chain: they never change.

mod decode;
mod encode;

pub use decode::decode;
pub use encode::encode;

/// The format written: the first byte of every record.
pub const FORMAT: u8 = 1;

/// Why bytes are not a record's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// The first byte names no format that this release reads; `None` when there is no byte.
    #[error("the record's format {0:?} is not known")]
    Format(Option<u8>),
    /// The bytes end inside a field, or bytes follow the last one.
    #[error("the record ends inside a field")]
    Truncated,
    /// A tag is not greater than the one before it, or a list is out of its order.
    #[error("field {0:#06x} of the record is out of order")]
    Order(u16),
    /// A tag that this kind of record does not have.
    #[error("field {0:#06x} does not belong to the record")]
    Unexpected(u16),
    /// A field that this kind of record must have.
    #[error("field {0:#06x} of the record is missing")]
    Missing(u16),
    /// A value that is none of its field.
    #[error("field {0:#06x} of the record is malformed")]
    Malformed(u16),
}

/// The numbers of the fields: see the table of the module.
mod tag {
    pub(super) const KIND: u16 = 0x0001;
    pub(super) const TABLE: u16 = 0x0002;
    pub(super) const PROFILE: u16 = 0x0003;
    pub(super) const ANSWER: u16 = 0x0010;
    pub(super) const COVERAGE: u16 = 0x0011;
    pub(super) const BASIS: u16 = 0x0012;
    pub(super) const DECIDED_AT: u16 = 0x0013;
    pub(super) const METHOD: u16 = 0x0014;
    pub(super) const SOURCE: u16 = 0x0015;
    pub(super) const SOURCE_NAME: u16 = 0x0016;
    pub(super) const SOURCE_VERSION: u16 = 0x0017;
    pub(super) const NOTICE: u16 = 0x0018;
    pub(super) const LANGUAGE: u16 = 0x0019;
    pub(super) const ACTOR: u16 = 0x001a;
    pub(super) const CONTROLLER_NAME: u16 = 0x001b;
    pub(super) const CONTROLLER_ADDRESS: u16 = 0x001c;
    pub(super) const CONTROLLER_CONTACT: u16 = 0x001d;
    pub(super) const PROOF_REFERENCE: u16 = 0x001e;
    pub(super) const NOTIFIED_AT: u16 = 0x0020;
    pub(super) const REQUESTED_AT: u16 = 0x0021;
    pub(super) const CONDITIONS_UNCHANGED: u16 = 0x0022;
    pub(super) const WITHDRAWAL_OFFERED: u16 = 0x0023;
    pub(super) const JUSTIFICATION: u16 = 0x0024;
    pub(super) const SENT_MESSAGE: u16 = 0x0025;
    pub(super) const COLLECTED_ON: u16 = 0x0030;
    pub(super) const JURISDICTION: u16 = 0x0031;
    pub(super) const EXPIRED_GRANT: u16 = 0x0038;
    pub(super) const EXPIRED_AT: u16 = 0x0039;
    pub(super) const ORIGIN: u16 = 0x0040;
    pub(super) const POLICY: u16 = 0x0041;
    pub(super) const PROFILE_VERSION: u16 = 0xfff0;
    pub(super) const RECORDED_AT: u16 = 0xfff1;
    pub(super) const RECORD: u16 = 0xfff2;

    /// Whether the tag may be repeated.
    pub(super) const fn is_list(tag: u16) -> bool {
        matches!(tag, COVERAGE | POLICY)
    }
}

/// The names of the kinds of record.
mod kind {
    pub(super) const ANSWER: &str = "ANSWER";
    pub(super) const NOTICE: &str = "NOTICE";
    pub(super) const REQUEST: &str = "REQUEST";
    pub(super) const FACTS: &str = "FACTS";
    pub(super) const EXPIRY: &str = "EXPIRY";
    pub(super) const ERASURE: &str = "ERASURE";
}

/// The word for all of tracking in a coverage.
const ALL_SCOPES: &str = "ALL";

#[cfg(test)]
mod tests;
