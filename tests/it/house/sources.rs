//! Which words may stand on which floor.

use super::tree::Tree;

/// A word, and the folders that alone may name it in Rust code.
const WORDS: [(&str, &[&str]); 5] = [
    ("sea_orm", &["service/store/", "migrations/", "tests/"]),
    ("sea_orm_migration", &["service/store/", "migrations/"]),
    ("sqlx", &["service/store/", "tests/"]),
    ("tonic", &["proto/", "service/src/", "sdk/", "tests/"]),
    ("prost", &["proto/", "service/src/wire", "service/src/server/", "sdk/", "tests/"]),
];

/// Where protobuf becomes the domain's words and back.
const WIRE: &str = "service/src/wire";

pub(crate) fn complaints(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.rust().filter(|(path, _)| !path.starts_with("tests/it/house")) {
        for (word, folders) in WORDS {
            if names(text, word) && !folders.iter().any(|folder| path.starts_with(folder)) {
                complaints.push(format!("{path}: names {word}, which only {} may", folders.join(", ")));
            }
        }
        let translates = names(text, "assent_proto") && names(text, "assent_domain");
        if path.starts_with("service/src/") && !path.starts_with(WIRE) && translates {
            complaints
                .push(format!("{path}: names both assent_proto and assent_domain, which only {WIRE} may"));
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
        assert_eq!(of("service/src/wire/consent.rs", "use assent_domain::x; use assent_proto::y;"), 0);
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
    fn a_translation_outside_the_wire_is_seen() {
        assert_eq!(of("service/src/consent/upsert.rs", "use assent_domain::x; use assent_proto::y;"), 1);
    }
}
