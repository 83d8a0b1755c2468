//! `stream-batches ADDRESS FROM TO` streams made-up batches by their numbers, in a process that can be killed, and says of each when
//! it is acknowledged.

use std::process::ExitCode;

use assent_tests::streamed::numbered;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, from, to] = words.as_slice() else { return ExitCode::from(2) };
    let (Ok(from), Ok(to)) = (from.parse(), to.parse()) else { return ExitCode::from(2) };
    match assent_tests::engine::run(numbered::stream(address, from, to)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
