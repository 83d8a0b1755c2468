//! The generated file is a fact that others lean on.

use sha2::{Digest, Sha256};

use super::generate::generate;

#[test]
fn a_seed_makes_the_same_file_for_ever() {
    let hash = hex::encode(Sha256::digest(generate(7, 500)));
    assert_eq!(hash, "6a908d3f21847aa2d3bbdcad8469afa116ba1e2fb5dbe8d73ed6dda44a13179f");
}

#[test]
fn another_seed_makes_another_file() {
    assert_ne!(generate(7, 50), generate(8, 50));
}

#[test]
fn a_longer_file_begins_with_the_shorter_one() {
    assert!(generate(7, 60).starts_with(&generate(7, 50)));
}

#[test]
fn every_id_is_made_up() {
    for line in generate(7, 500).lines().skip(1) {
        let id = line.split(';').next().unwrap();
        assert!(id.trim_end_matches('\u{7}').ends_with("@example.org"));
    }
}
