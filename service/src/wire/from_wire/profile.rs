//! Who and where: profiles, profile tables, origins.

use assent_domain::id::{Origin, ProfileId, TableId};
use assent_proto::v1;

use super::Misfit;

/// The profile table of a call.
///
/// # Errors
/// When it is no id.
pub fn table(id: &str) -> Result<TableId, Misfit> {
    TableId::new(id).map_err(|_| Misfit::of("profile_table"))
}

/// A person.
///
/// # Errors
/// When none is named, or not by an id.
pub fn profile(key: Option<&v1::ProfileKey>) -> Result<ProfileId, Misfit> {
    let key = key.ok_or(Misfit::of("profile"))?;
    ProfileId::new(key.id.as_str()).map_err(|_| Misfit::of("profile.id"))
}

/// The system that sends a call, if it says so.
///
/// # Errors
/// When it is no id.
pub fn origin(origin: Option<&str>) -> Result<Option<Origin>, Misfit> {
    origin.map(|origin| Origin::new(origin).map_err(|_| Misfit::of("origin"))).transpose()
}
