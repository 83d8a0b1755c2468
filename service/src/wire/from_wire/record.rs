//! The ids of records.

use assent_domain::id::RecordId;

use super::Misfit;

/// The id of a record.
///
/// # Errors
/// When it is no UUID.
pub fn id(text: &str) -> Result<RecordId, Misfit> {
    let uuid = uuid::Uuid::try_parse(text).map_err(|_| Misfit::of("record_id"))?;
    Ok(RecordId(uuid.into_bytes()))
}
