//! What is allowed at most.

use assent_domain::ceiling::Ceiling;
use assent_proto::v1;

/// A ceiling; the ordinary one is said too.
#[must_use]
pub const fn ceiling(ceiling: Ceiling) -> v1::Ceiling {
    match ceiling {
        Ceiling::Default => v1::Ceiling::Default,
        Ceiling::Consented => v1::Ceiling::Consented,
        Ceiling::Anonymous => v1::Ceiling::Anonymous,
        Ceiling::Never => v1::Ceiling::Never,
    }
}
