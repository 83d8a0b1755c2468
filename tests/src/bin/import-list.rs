//! `import-list ADDRESS KEY TABLE ID LINES CHUNK_LINES even|mixed` imports a made-up list, in a process that can be killed.

use std::process::ExitCode;

use assent_tests::list::List;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(list) = List::of_words(&words) else { return ExitCode::from(2) };
    assent_tests::engine::run(async move { list.import().await });
    ExitCode::SUCCESS
}
