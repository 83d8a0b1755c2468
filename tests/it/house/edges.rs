//! Which crate may know which. An edge that is not in the table is an objection.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::Metadata;

/// A dependency, of whatever kind, of one of our crates: (from, to).
type Edge = (String, String);

/// Our crates, and which others of ours each may know. Arrows point to what changes less.
const OURS: [(&str, &[&str]); 9] = [
    ("assent-domain", &[]),
    ("assent-proto", &[]),
    ("assent-migrations", &[]),
    // The store applies the schema that it was written for.
    ("assent-store", &["assent-domain", "assent-migrations"]),
    ("assent-service", &["assent-domain", "assent-proto", "assent-migrations", "assent-store"]),
    ("assent-sdk", &["assent-proto"]),
    ("assentctl", &["assent-proto", "assent-sdk"]),
    ("assent-sdk-testing", &["assent-sdk", "assent-proto", "assent-domain"]),
    (
        "assent-tests",
        &[
            "assent-domain",
            "assent-proto",
            "assent-migrations",
            "assent-store",
            "assent-service",
            "assent-sdk",
            "assentctl",
            "assent-sdk-testing",
        ],
    ),
];

/// What others wrote, and which of our crates alone may name it.
const KEPT: [(&str, &[&str]); 8] = [
    // The tests go back and forth through the migrations.
    ("sea-orm", &["assent-store", "assent-tests"]),
    ("sea-orm-migration", &["assent-migrations", "assent-store"]),
    ("sqlx", &["assent-tests"]),
    ("tonic", &["assent-proto", "assent-service", "assent-sdk", "assent-tests"]),
    ("tonic-prost", &["assent-proto"]),
    ("tonic-types", &["assent-proto", "assent-service", "assent-sdk", "assent-tests"]),
    ("tonic-health", &["assent-service", "assent-sdk", "assent-tests"]),
    ("tonic-reflection", &["assent-service", "assent-tests"]),
];

/// What the pure core may be built from. Nothing here waits, reads, tells the time or speaks a protocol.
const PURE: [&str; 6] = ["jiff", "proptest", "serde", "sha2", "thiserror", "toml"];

/// Crates of which two generations in one binary mean two incompatible worlds.
const SINGLE: [&str; 9] =
    ["tonic", "prost", "hyper", "rustls", "h2", "http", "axum", "sqlx-core", "libsqlite3-sys"];

pub(crate) fn of(metadata: &Metadata) -> Vec<Edge> {
    let members = metadata.workspace_packages();
    let edges = members.iter().flat_map(|package| {
        package.dependencies.iter().map(|dependency| (package.name.to_string(), dependency.name.clone()))
    });
    edges.collect()
}

pub(crate) fn complaints(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(|(from, to)| complaint(from, to)).collect()
}

fn complaint(from: &str, to: &str) -> Option<String> {
    let Some((_, known)) = OURS.iter().find(|(name, _)| *name == from) else {
        return Some(format!("{from} is a crate that the table of edges does not know"));
    };
    if OURS.iter().any(|(name, _)| *name == to) {
        return (!known.contains(&to)).then(|| format!("{from} may not depend on {to}"));
    }
    if from == "assent-domain" && !PURE.contains(&to) {
        return Some(format!("{to} is not on the list of what the pure core may be built from"));
    }
    let (_, owners) = KEPT.iter().find(|(name, _)| *name == to)?;
    (!owners.contains(&from)).then(|| format!("{from} may not name {to}: only {} may", owners.join(", ")))
}

/// Name and version of every package in a lock file, those for other platforms too.
pub(crate) fn versions(lock: &str) -> Vec<(String, String)> {
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_owned());
    let packages = lock.split("[[package]]").filter_map(|package| {
        let name = package.lines().find_map(|line| value(line, "name = "))?;
        Some((name, package.lines().find_map(|line| value(line, "version = "))?))
    });
    packages.collect()
}

pub(crate) fn generations(versions: &[(String, String)]) -> Vec<String> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, version) in versions {
        found.entry(name).or_default().insert(version);
    }
    let wrong = SINGLE.iter().filter_map(|name| match found.get(name) {
        None => Some(format!("{name} is nowhere in the tree: has the list of single crates aged?")),
        Some(versions) if versions.len() > 1 => Some(format!("{name} is there in versions {versions:?}")),
        Some(_) => None,
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: &str, to: &str) -> Vec<String> {
        complaints(&[(from.to_owned(), to.to_owned())])
    }

    #[test]
    fn an_arrow_against_the_direction_is_seen() {
        for (from, to) in [
            ("assent-domain", "assent-store"),
            ("assent-proto", "assent-domain"),
            ("assent-store", "assent-proto"),
            ("assent-sdk", "assent-domain"),
            ("assent-service", "assent-tests"),
            ("assent-sdk", "assent-sdk-testing"),
        ] {
            assert_eq!(edge(from, to).len(), 1, "{from} → {to}");
        }
        assert!(edge("assent-store", "assent-domain").is_empty());
    }

    #[test]
    fn a_crate_outside_the_table_is_seen() {
        assert_eq!(edge("assent-extra", "serde").len(), 1);
    }

    #[test]
    fn a_core_that_waits_or_stores_is_seen() {
        for impure in ["tokio", "tonic", "prost", "sea-orm", "rand"] {
            assert_eq!(edge("assent-domain", impure).len(), 1, "{impure}");
        }
        assert!(edge("assent-domain", "jiff").is_empty());
    }

    #[test]
    fn a_floor_that_borrows_anothers_library_is_seen() {
        for (from, to) in
            [("assent-service", "sea-orm"), ("assent-store", "tonic"), ("assent-service", "sqlx")]
        {
            assert_eq!(edge(from, to).len(), 1, "{from} → {to}");
        }
    }

    #[test]
    fn a_second_generation_is_seen() {
        let lock = "version = 4\n[[package]]\nname = \"hyper\"\nversion = \"1.0.0\"\n";
        assert_eq!(versions(lock), [("hyper".to_owned(), "1.0.0".to_owned())]);
        let mut versions: Vec<_> =
            SINGLE.iter().map(|name| ((*name).to_owned(), "1.0.0".to_owned())).collect();
        assert!(generations(&versions).is_empty());
        versions.push(("hyper".to_owned(), "0.14.0".to_owned()));
        assert_eq!(generations(&versions).len(), 1);
        versions.retain(|(name, _)| name != "prost");
        assert_eq!(generations(&versions).len(), 2);
    }
}
