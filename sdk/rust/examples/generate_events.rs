//! Makes a day of events for `tour`, as Brevo and SendGrid report them, about the people of a contact file: the same for the same
//! seed, day and file, on every machine.
//!
//! ```text
//! cargo run -p assent-sdk --features senders --example generate_events -- contacts.csv --day 2026-11-20 --seed 7
//! ```
//!
//! It writes `brevo.jsonl` and `sendgrid.jsonl`, one request a line.

mod contacts {
    pub(crate) mod random;
}
mod events {
    pub(crate) mod generate;
    pub(crate) mod recipient;
    pub(crate) mod shape;
    #[cfg(test)]
    mod tests_of_generate;
}

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;

use assent_sdk::Day;
use clap::Parser;

/// Makes a day of events: mails that went out, opened by people and machines, clicked, reported twice, and some lines that are
/// wrong.
#[derive(Parser)]
struct Arguments {
    /// The contact file, as `generate_contacts` makes it.
    contacts: PathBuf,
    /// The day, in UTC.
    #[arg(long)]
    day: Day,
    /// What the day follows from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Where the files are written.
    #[arg(long, default_value = ".")]
    into: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let recipients = events::recipient::recipients(&std::fs::read_to_string(&arguments.contacts)?);
    let midnight = u64::try_from(arguments.day.midnight_utc().micros() / 1_000_000)?;
    let day = events::generate::generate(arguments.seed, midnight, &recipients);
    std::fs::write(arguments.into.join("brevo.jsonl"), &day.brevo)?;
    std::fs::write(arguments.into.join("sendgrid.jsonl"), &day.sendgrid)?;
    let lines = |file: &str| file.lines().count();
    let out = &mut std::io::stdout().lock();
    writeln!(
        out,
        "{} people; requests: {} of Brevo's, {} of SendGrid's",
        recipients.len(),
        lines(&day.brevo),
        lines(&day.sendgrid)
    )?;
    Ok(())
}
