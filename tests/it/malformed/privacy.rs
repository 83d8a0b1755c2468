//! Requests of PrivacyService with nothing wrong in them.

use assent_proto::v1;
use assent_tests::{marks, story};

use super::valid::{Valid, valid};

/// Whom they erase nobody else speaks of.
pub(super) fn requests() -> [Valid; 2] {
    let erase = v1::EraseProfileRequest {
        profile_table: story::people(),
        profile: story::person("erasable"),
        origin: Some(marks::id("crm")),
    };
    let access = v1::AccessProfileRequest { profile_table: story::people(), profile: story::person("anna") };
    [valid("PrivacyService.EraseProfile", &erase), valid("PrivacyService.AccessProfile", &access)]
}
