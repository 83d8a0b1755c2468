//! `record-interactions ADDRESS TABLE INTERACTIONS BATCH` records made-up interactions one by one, in a process that can be killed.

use std::process::ExitCode;

use assent_tests::feeder::Feeder;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(feeder) = Feeder::of_words(&words) else { return ExitCode::from(2) };
    assent_tests::engine::run(async move { feeder.record().await });
    ExitCode::SUCCESS
}
