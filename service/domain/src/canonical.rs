//! The form in which a record is hashed and stored for ever.

use crate::record::Record;

/// The record's canonical bytes.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    record.id.0.to_vec()
}
