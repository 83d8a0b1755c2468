//! Which words may stand on which floor.

use super::tree::Tree;

/// A word, and the folders that alone may name it in Rust code.
const WORDS: [(&str, &[&str]); 6] = [
    ("sea_orm", &["service/store/", "migrations/", "tests/"]),
    ("sea_orm_migration", &["service/store/", "migrations/"]),
    ("sqlx", &["service/store/", "tests/"]),
    ("tonic", &["proto/", "service/src/", "sdk/", "tests/"]),
    ("prost", &["proto/", "service/src/", "sdk/", "tests/"]),
    // What no verdict stands before: a person's own access.
    ("disclosed", &["service/domain/src/verdict.rs", "service/src/privacy/access.rs"]),
];

/// Where the contract's messages and the domain may meet: in `wire`, which turns one into the other, and in the
/// verbs, which read a request first and write an answer last. Nowhere else in the service.
const MEETING: [&str; 8] = [
    "service/src/wire",
    "service/src/audience/",
    "service/src/change/",
    "service/src/consent/",
    "service/src/interaction/",
    "service/src/privacy/",
    "service/src/settings/",
    "service/src/wait_block/",
];

pub(crate) fn complaints(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.rust().filter(|(path, _)| !path.starts_with("tests/it/house")) {
        for (word, folders) in WORDS {
            if names(text, word) && !folders.iter().any(|folder| path.starts_with(folder)) {
                complaints.push(format!("{path}: names {word}, which only {} may", folders.join(", ")));
            }
        }
        let both = text.contains("assent_proto::v1") && names(text, "assent_domain");
        let elsewhere =
            path.starts_with("service/src/") && !MEETING.iter().any(|place| path.starts_with(place));
        if both && elsewhere && !path.ends_with("/tests.rs") {
            complaints.push(format!(
                "{path}: names messages and domain, which meet in {} only",
                MEETING.join(", ")
            ));
        }
    }
    complaints
}

/// Whether code, not a comment, holds the word by itself.
fn names(text: &str, word: &str) -> bool {
    let part_of_a_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|letter| !part_of_a_word(letter))).any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> usize {
        complaints(&Tree::sample(&[(path, text)])).len()
    }

    #[test]
    fn a_word_on_its_own_floor_is_left_alone() {
        assert_eq!(of("service/store/src/consent.rs", "use sea_orm::Statement;"), 0);
        assert_eq!(of("service/src/wire/consent.rs", "use assent_domain::x; use assent_proto::v1::y;"), 0);
        assert_eq!(of("service/src/consent/upsert.rs", "use assent_domain::x;"), 0);
        assert_eq!(of("service/domain/src/lib.rs", "// no tonic here, nor sea_orm"), 0);
    }

    #[test]
    fn a_word_on_the_wrong_floor_is_seen() {
        assert_eq!(of("service/src/consent/upsert.rs", "use sea_orm::Statement;"), 1);
        assert_eq!(of("service/store/src/consent.rs", "fn a() -> tonic::Status"), 1);
        assert_eq!(of("service/domain/src/lib.rs", "use prost::Message;"), 1);
        assert_eq!(of("service/src/app.rs", "use sqlx::Row;"), 1);
    }

    #[test]
    fn messages_that_meet_the_domain_elsewhere_are_seen() {
        let both = "use assent_domain::x; use assent_proto::v1::y;";
        assert_eq!(of("service/src/consent/upsert.rs", both), 0);
        assert_eq!(of("service/src/server/auth.rs", both), 1);
        assert_eq!(of("service/src/housekeeping.rs", both), 1);
    }
}
