//! What is allowed at most.

use assent_domain::ceiling::Ceiling;
use assent_proto::v1;

/// A ceiling; not said: the ordinary one. `None`: nobody knows the number.
#[must_use]
pub fn ceiling(number: i32) -> Option<Ceiling> {
    Some(match v1::Ceiling::try_from(number).ok()? {
        v1::Ceiling::Unspecified | v1::Ceiling::Default => Ceiling::Default,
        v1::Ceiling::Consented => Ceiling::Consented,
        v1::Ceiling::Anonymous => Ceiling::Anonymous,
        v1::Ceiling::Never => Ceiling::Never,
    })
}
