//! Under which licences others' work may come along.

use cargo_metadata::Metadata;
use spdx::{Expression, ParseMode};

/// All permissive. CDLA covers the list of certificate authorities, Unicode its tables, Zlib a hasher.
const ALLOWED: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Name and licence expression of every package in the lock file, ours too.
pub(crate) fn of(metadata: &Metadata) -> Vec<(String, String)> {
    let licence = |package: &cargo_metadata::Package| package.license.clone().unwrap_or_default();
    metadata.packages.iter().map(|package| (package.name.to_string(), licence(package))).collect()
}

pub(crate) fn complaints(packages: &[(String, String)]) -> Vec<String> {
    let wrong = packages.iter().filter(|(_, licence)| !is_allowed(licence));
    wrong.map(|(name, licence)| format!("{name} comes under {licence:?}")).collect()
}

fn is_allowed(licence: &str) -> bool {
    let allowed = |name: &str| ALLOWED.contains(&name);
    Expression::parse_mode(licence, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|one| one.license.id().is_some_and(|id| allowed(id.name)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_fine_when_one_side_is() {
        for fine in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "GPL-3.0-only OR MIT",
            "(MIT OR ISC) AND BSD-3-Clause",
        ] {
            assert!(is_allowed(fine), "{fine}");
        }
    }

    #[test]
    fn a_licence_off_the_list_is_seen() {
        for wrong in ["", "GPL-3.0-only", "MIT AND AGPL-3.0-only", "LicenseRef-own", "SSPL-1.0", "BUSL-1.1"] {
            let sample = [("sample".to_owned(), wrong.to_owned())];
            assert_eq!(complaints(&sample).len(), 1, "{wrong}");
        }
    }
}
