//! An erasure, and how far it is.

use assent_proto::v1;
use assent_store::Erasure;

use super::time;

/// An erasure that holds.
#[must_use]
pub fn erasure(erasure: &Erasure) -> v1::Erasure {
    let state = match erasure.delete_at {
        Some(_) => v1::ErasureState::Pending,
        None => v1::ErasureState::Complete,
    };
    v1::Erasure {
        erased_at: Some(time::instant(erasure.at)),
        state: state.into(),
        completes_after: erasure.delete_at.map(time::instant),
    }
}
