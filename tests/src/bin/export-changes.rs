//! `export-changes ADDRESS KEY FOLDER PAGE_SIZE` exports the changes to files, in a process that can be killed.

use std::process::ExitCode;

use assent_tests::outbox::Outbox;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(outbox) = Outbox::of_words(&words) else { return ExitCode::from(2) };
    let ended = assent_tests::engine::run(async move { outbox.run().await });
    if ended.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
