//! The binary `assent`: the command line over the service.

use std::process::ExitCode;

use assent_service::cli::Cli;
use clap::Parser;

fn main() -> ExitCode {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // What is not text cannot be one of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    });
    Cli::parse().run(environment)
}
