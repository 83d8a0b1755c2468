//! The binary `assent`: the command line over the service.

use std::process::ExitCode;

use assent_service::cli::Cli;
use clap::Parser;
use mimalloc::MiMalloc;

// A batch is some ten thousand small allocations that live as long as it does. Measured on 2 cores and PostgreSQL, in microseconds of
// the service for an interaction of a thousand, a single one and a wait block, and in MB idle, loaded, and loaded on SQLite: mimalloc
// 9.1, 72, 7.8, 35, 76, 105; with huge pages 8.8, 68, 7.0, 53, 141, 170; jemalloc 8.5, 75, 8.0, 35, 72, 90; glibc 9.8, 70, 8.2, 34, 59, 83.
// They are within what two runs of one of them differ by, but for the memory of huge pages, which `no_thp` goes without.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        // What is not text cannot be one of ours.
        Some((name.into_string().ok()?, value.into_string().ok()?))
    });
    Cli::parse().run(environment)
}
