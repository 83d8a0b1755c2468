//! The seeds: what customers asked for in the first place, each by its number. One that no test tells as a story of the whole
//! service is missing: a test of the rules alone, in the domain, does not count.

use std::collections::BTreeSet;

use super::tree::Tree;

/// Who asked, and for how many things.
const ASKED: [(&str, u8); 2] = [("Qualifio", 8), ("Actito", 14)];

/// What is not built yet: nothing. A seed would stand here until a test tells it.
pub(crate) const MISSING: [&str; 0] = [];

/// The seeds that no test has.
pub(crate) fn missing(tree: &Tree) -> BTreeSet<String> {
    let whole = tree.rust().filter(|(path, _)| path.starts_with("tests/") || path.starts_with("sdk/"));
    let tests: Vec<_> = whole.flat_map(|(_, text)| tests(text)).collect();
    let has = |(who, number): (&str, u8)| {
        let (name, comment) = (format!("{}_{number}_", who.to_lowercase()), format!("{who} {number}"));
        tests.iter().any(|test| {
            test.name.starts_with(&name) || test.comments.iter().any(|said| names(said, &comment))
        })
    };
    let all = ASKED.iter().flat_map(|(who, count)| (1..=*count).map(move |number| (*who, number)));
    all.filter(|seed| !has(*seed)).map(|(who, number)| format!("{who} {number}")).collect()
}

/// Every difference between what is missing and what is said to be.
pub(crate) fn complaints(tree: &Tree) -> Vec<String> {
    differences(tree, &MISSING)
}

fn differences(tree: &Tree, said: &[&str]) -> Vec<String> {
    let (found, said) = (missing(tree), said.iter().map(|seed| (*seed).to_owned()).collect());
    let lost = found.difference(&said).map(|seed| format!("{seed}: no test tells it"));
    let built =
        said.difference(&found).map(|seed| format!("{seed}: a test tells it, and it is said to be missing"));
    lost.chain(built).collect()
}

/// A function that runs as a test, with the comments above it.
struct Test<'a> {
    name: &'a str,
    comments: Vec<&'a str>,
}

fn tests(text: &str) -> Vec<Test<'_>> {
    let mut tests = Vec::new();
    let (mut comments, mut runs) = (Vec::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some(said) = line.strip_prefix("//") {
            comments.push(said.trim_start_matches('/').trim());
        } else if line.starts_with("#[") {
            runs |= line == "#[test]" || line.starts_with("#[apply(every_");
        } else {
            let function = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn "));
            if let (true, Some(function)) = (runs, function) {
                let name = function.split('(').next().unwrap_or_default();
                tests.push(Test { name, comments: std::mem::take(&mut comments) });
            }
            comments.clear();
            runs = false;
        }
    }
    tests
}

/// Whether a comment speaks of the seed, and not of one whose number only begins alike.
fn names(said: &str, seed: &str) -> bool {
    let mut places = said.match_indices(seed);
    places.any(|(at, _)| !said[at + seed.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> BTreeSet<String> {
        let missing = missing(&Tree::sample(&[("tests/it/sample.rs", text)]));
        let all =
            ASKED.iter().flat_map(|(who, count)| (1..=*count).map(move |number| format!("{who} {number}")));
        all.filter(|seed| !missing.contains(seed)).collect()
    }

    #[test]
    fn there_are_twenty_two_seeds() {
        assert_eq!(missing(&Tree::sample(&[])).len(), 22);
    }

    #[test]
    fn a_seed_is_known_by_the_comment_or_the_name_of_a_test() {
        let commented = "// Actito 6: as if nothing had been done.\n#[apply(every_app)]\nasync fn a_report(app: &TestApp) {";
        assert_eq!(of(commented), BTreeSet::from(["Actito 6".to_owned()]));
        let named = "#[test]\nfn qualifio_3_the_switch() {";
        assert_eq!(of(named), BTreeSet::from(["Qualifio 3".to_owned()]));
        let two = "// Qualifio 8 and Actito 13.\n#[test]\n#[allow(x)]\nfn both() {";
        assert_eq!(of(two).len(), 2);
    }

    #[test]
    fn a_comment_over_nothing_that_runs_is_no_seed() {
        let in_the_domain =
            Tree::sample(&[("service/domain/src/sample.rs", "// Actito 6\n#[test]\nfn a() {")]);
        assert_eq!(missing(&in_the_domain).len(), 22);
        assert!(of("// Actito 6\n\n#[test]\nfn another() {").is_empty());
        assert!(of("// Actito 6\nfn no_test() {").is_empty());
        assert!(of("#[test]\nfn another() { // Actito 6\n}").is_empty());
        assert!(of("fn actito_6_no_test() {").is_empty());
    }

    #[test]
    fn a_number_that_only_begins_alike_is_another() {
        assert_eq!(of("// Actito 13\n#[test]\nfn a() {"), BTreeSet::from(["Actito 13".to_owned()]));
        assert_eq!(of("#[test]\nfn actito_14_a() {"), BTreeSet::from(["Actito 14".to_owned()]));
    }

    #[test]
    fn a_seed_that_was_lost_and_one_that_was_built_are_both_seen() {
        let tree = Tree::sample(&[("tests/it/sample.rs", "// Actito 3\n#[test]\nfn a() {")]);
        let complaints = differences(&tree, &["Actito 3"]);
        assert!(complaints.iter().any(|said| said.starts_with("Actito 3: a test")));
        assert!(complaints.iter().any(|said| said.starts_with("Actito 1: no test")));
    }
}
