//! The shape of the project, held by tests: who may depend on whom, what a file may be called and how long
//! it may be, which licences come along. Each rule looks at a [`Tree`] or at a plain list, so that each
//! can be shown a bad sample beside it and be seen to object.
//!
//! Deliberately not here: what the compiler and clippy hold already.

mod edges;
mod files;
mod licences;
mod seeds;
mod sources;
mod sql;
mod tree;

use cargo_metadata::{Metadata, MetadataCommand};
use tree::Tree;

/// What cargo says of the workspace as it is built here, from the lock file and without the network.
fn metadata() -> Metadata {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let only = format!("--filter-platform={}", platform());
    MetadataCommand::new()
        .manifest_path(here)
        .other_options(vec!["--locked".to_owned(), "--offline".to_owned(), only])
        .exec()
        .expect("cargo describes the workspace from its lock file alone")
}

/// Packages for other platforms are in the lock file but need not be on this machine.
fn platform() -> String {
    let said = std::process::Command::new("rustc").arg("-vV").output().expect("a compiler");
    let said = String::from_utf8(said.stdout).expect("plain text");
    said.lines().find_map(|line| line.strip_prefix("host: ")).expect("the compiler names its host").to_owned()
}

/// Fails with every complaint at once.
fn no_complaints(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn dependencies_point_to_what_changes_less() {
    no_complaints(edges::complaints(&edges::of(&metadata())));
}

#[test]
fn the_wire_and_the_database_have_one_generation() {
    no_complaints(edges::generations(&edges::versions(&Tree::of_the_project().0["Cargo.lock"])));
}

#[test]
fn every_licence_is_on_the_list() {
    no_complaints(licences::complaints(&licences::of(&metadata())));
}

#[test]
fn every_file_is_short_enough_and_says_what_it_is() {
    no_complaints(files::complaints(&Tree::of_the_project()));
}

#[test]
fn every_statement_has_its_twin_and_its_name() {
    no_complaints(sql::complaints(&Tree::of_the_project()));
}

#[test]
fn each_floor_keeps_to_its_own_words() {
    no_complaints(sources::complaints(&Tree::of_the_project()));
}

#[test]
fn every_seed_is_told_by_a_test_or_known_to_be_missing() {
    no_complaints(seeds::complaints(&Tree::of_the_project()));
}
