//! What a file may be called, where it may lie, how long it may be.

use super::tree::Tree;

/// The one limit on size. The code that reads well stays under it nine times in ten.
const MOST_LINES: usize = 400;

/// Names under which a thing is in the wrong place.
const WRONG_NAMES: [&str; 10] = [
    "utils",
    "util",
    "common",
    "helpers",
    "helper",
    "manager",
    "handler",
    "handlers",
    "types.rs",
    "models.rs",
];

/// What lies at the top. A new word here is a decision, not an accident.
const TOP: [&str; 18] = [
    ".ci",
    ".config",
    ".dockerignore",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "clippy.toml",
    "helm",
    "migrations",
    "proto",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "sdk",
    "service",
    "tests",
];

pub(crate) fn complaints(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.files() {
        let top = path.split('/').next().unwrap_or_default();
        if !TOP.contains(&top) {
            complaints.push(format!("{path}: nothing called {top} belongs at the top"));
        }
        if let Some(word) = path.split('/').find(|part| is_wrong_name(part)) {
            complaints.push(format!("{path}: {word} says nothing of what is in it"));
        }
        complaints.extend(
            places_outside(text).map(|place| format!("{path}: names {place}, which only one machine has")),
        );
    }
    for (path, text) in tree.rust() {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            complaints.push(format!("{path}: {lines} lines, of {MOST_LINES} at most"));
        }
        // A module's tests are introduced by the module.
        if !text.starts_with("//!") && !path.ends_with("/tests.rs") {
            complaints.push(format!("{path}: does not begin by saying (//!) what is here and what is not"));
        }
    }
    complaints
}

fn is_wrong_name(part: &str) -> bool {
    WRONG_NAMES.iter().any(|wrong| part == *wrong || part.strip_suffix(".rs") == Some(wrong))
}

/// Taken apart, so that this file does not name them either.
fn places_outside(text: &str) -> impl Iterator<Item = String> {
    const PLACES: [(&str, &str); 6] =
        [("../", "shared"), ("/wo", "rk/"), ("/ho", "me/"), ("/ro", "ot/"), ("/Us", "ers/"), ("/tm", "p/")];
    let places = PLACES.iter().map(|(one, other)| format!("{one}{other}"));
    places.filter(|place| names_place(text, place)).collect::<Vec<_>>().into_iter()
}

/// Not within a longer path: an address on the web may well have such a folder.
fn names_place(text: &str, place: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|before: char| before.is_alphanumeric());
    text.match_indices(place).any(|(at, _)| begins(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> usize {
        complaints(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn a_good_file_is_left_alone() {
        assert_eq!(of("service/src/consent.rs", "//! Consent.\n"), 0);
        assert_eq!(of("service/src/server/commonplace.rs", "//! Not one of the words.\n"), 0);
    }

    #[test]
    fn a_file_of_one_line_too_many_is_seen() {
        let limit = "//! Long.\n".to_owned() + &"// line\n".repeat(MOST_LINES - 1);
        assert_eq!(of("proto/src/lib.rs", &limit), 0);
        assert_eq!(of("proto/src/lib.rs", &(limit + "// line\n")), 1);
    }

    #[test]
    fn a_name_that_says_nothing_is_seen() {
        for path in [
            "service/src/utils.rs",
            "service/src/common/consent.rs",
            "service/store/src/models.rs",
            "sdk/rust/src/types.rs",
        ] {
            assert_eq!(of(path, "//! Text.\n"), 1, "{path}");
        }
    }

    #[test]
    fn a_stranger_at_the_top_is_seen() {
        assert_eq!(of("notes.txt", ""), 1);
        assert_eq!(of("scripts/build.sh", ""), 1);
    }

    #[test]
    fn a_module_that_does_not_introduce_itself_is_seen() {
        assert_eq!(of("service/src/consent.rs", "use std::fs;\n//! Late.\n"), 1);
    }

    #[test]
    fn a_place_that_only_one_machine_has_is_seen() {
        assert_eq!(of("README.md", &format!("see {}{}", "../", "shared")), 1);
        assert_eq!(of("tests/run", &format!("cd {}{}me", "/ho", "me/")), 1);
        assert_eq!(of("README.md", &format!("see www.example.org{}{}docs", "/ho", "me/")), 0);
    }
}
