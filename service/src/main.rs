//! The binary `assent`: the command line over the service.

use std::process::ExitCode;

use assent_service::cli::Cli;
use clap::Parser;
use mimalloc::MiMalloc;

// A batch is some ten thousand small allocations that live as long as it does: measured against the system's allocator, which
// took a third of the service's time of a batch of interactions. Without huge pages (`no_thp`): a service that nobody calls holds
// 17 MB less, and batches take no longer.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // What is not text cannot be one of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    });
    Cli::parse().run(environment)
}
