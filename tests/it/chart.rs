//! The chart (`helm/`) and the image's recipe (`service/Dockerfile`), judged without a cluster by the tests in
//! `tests/chart`: Helm's engine, Kubernetes' schemas, hadolint, and the real binary run as the Pods would run it.

use std::process::Command;

use assent_tests::engine::{Engine, empty, run};
use assent_tests::process::binary;

/// Runs a file of `tests/chart`; what it says of a failure is in the message.
fn holds(file: &str) {
    let database = run(empty(Engine::Postgres));
    let python = assent_tests::target().join("python/bin/python");
    assert!(python.is_file(), "the environment of tests/chart is not there: tests/run makes it");
    let judged = Command::new(python)
        // No compiled files beside the sources.
        .arg("-B")
        .arg(format!("{}/chart/{file}", env!("CARGO_MANIFEST_DIR")))
        .env("ASSENT", binary())
        .env("POSTGRESQL", database.url())
        .output()
        .expect("Python starts");
    assert!(judged.status.success(), "\n{}", String::from_utf8_lossy(&judged.stderr));
}

#[test]
fn the_chart_keeps_its_promises_whatever_the_values() {
    holds("test_chart.py");
}

#[test]
fn the_chart_runs_the_service_on_each_engine() {
    holds("test_engines.py");
}

#[test]
fn the_chart_takes_what_the_service_knows_and_nothing_else() {
    holds("test_values.py");
}

#[test]
fn the_image_agrees_with_the_workspace_and_the_chart() {
    holds("test_image.py");
}
