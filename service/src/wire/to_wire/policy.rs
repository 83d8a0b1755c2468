//! Policies by their names.

use assent_domain::record::PolicyVersion;
use assent_proto::v1;

/// A policy as it stood when something was decided.
#[must_use]
pub fn version(version: &PolicyVersion) -> v1::PolicyVersion {
    v1::PolicyVersion { id: version.id.as_str().to_owned(), version: version.version }
}
