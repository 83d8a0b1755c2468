//! A profile table as it is stored.

use assent_domain::id::TableId;
use assent_domain::profile_table::ProfileTable;
use assent_proto::v1;
use assent_store::Versioned;

use super::{evidence, opt_in, time};
use crate::wire::etag;

/// A table with its etag and version.
#[must_use]
pub fn table(id: &TableId, set: &ProfileTable, stored: &Versioned) -> v1::ProfileTable {
    v1::ProfileTable {
        id: id.as_str().to_owned(),
        controller: set.controller.as_ref().map(evidence::controller),
        policy_id: set.policy.as_ref().map(|id| id.as_str().to_owned()),
        zone: set.zone.name().to_owned(),
        etag: Some(etag::of(stored)),
        version: stored.version,
        recorded_at: Some(time::instant(stored.recorded_at)),
        opt_in_texts: opt_in::texts(&set.opt_in_texts),
    }
}
