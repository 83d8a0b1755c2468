//! Makes a contact file for `load_contacts`: the same for the same seed, on every machine.
//!
//! ```text
//! cargo run -p assent-sdk --example generate_contacts -- --seed 7 --rows 500 > contacts.csv
//! ```

mod contacts {
    pub(crate) mod column;
    pub(crate) mod generate;
    pub(crate) mod random;
    #[cfg(test)]
    mod tests_of_generate;
}

use std::io::Write;

use clap::Parser;

/// Makes a contact file: people who answered, were told, or said nothing, and some lines that are wrong.
#[derive(Parser)]
struct Arguments {
    /// What the file follows from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How many lines, besides the header.
    #[arg(long, default_value_t = 500)]
    rows: usize,
}

fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let file = contacts::generate::generate(arguments.seed, arguments.rows);
    std::io::stdout().lock().write_all(file.as_bytes())
}
