//! Records events as they come: a sender's report on standard input, line by line, as a webhook would get it. What it prints holds no
//! id and no time.
//!
//! ```text
//! cargo run -p assent-sdk --features senders --example record_events -- newsletter < brevo.jsonl
//! ```

use std::error::Error;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use assent_sdk::recorder::{RecorderOptions, ShutdownReport};
use assent_sdk::senders::{Event, Fields, Sender, read};
use assent_sdk::{Client, Options};
use clap::Parser;

/// Records the opens and clicks of Brevo's events.
#[derive(Parser)]
struct Arguments {
    /// The profile table.
    table: String,
    /// The field of an event that names the message.
    #[arg(long, default_value = "X-Mailin-custom")]
    message_in: String,
    /// Where the ids go of what was not acknowledged when the time was over.
    #[arg(long, default_value = "unrecorded.txt")]
    left: PathBuf,
    /// How many seconds to wait for the last acknowledgement.
    #[arg(long, default_value_t = 30)]
    patience: u64,
    /// The service.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    endpoint: String,
    /// An API key with the role record. Without: a service without keys.
    #[arg(long)]
    api_key: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match record(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nowhere is left to tell it if this fails too.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything was answered.
async fn record(arguments: Arguments) -> Result<bool, Box<dyn Error>> {
    let mut options = Options::new(arguments.endpoint);
    if let Some(key) = arguments.api_key {
        options = options.api_key(key);
    }
    let client = Client::connect_lazily(options)?;
    let recorder = client.interactions().recorder(RecorderOptions::default());
    let fields = Fields::message_in(arguments.message_in);
    let mut others = 0_u64;
    for event in read(Sender::Brevo, io::stdin().lock(), &fields) {
        match event {
            // Where the recorder is full this waits. An id that follows from the event makes it safe to read the file again.
            Ok(Event::Interaction(interaction)) => {
                drop(recorder.record(&arguments.table, *interaction).await?)
            }
            Ok(_) | Err(_) => others += 1,
        }
    }
    let end = recorder.shutdown(Duration::from_secs(arguments.patience)).await;
    tell(&end, others)?;
    if !end.unrecorded.is_empty() {
        let mut left = OpenOptions::new().create(true).append(true).open(&arguments.left)?;
        for one in &end.unrecorded {
            writeln!(left, "{}", one.interaction.id)?;
        }
    }
    Ok(end.is_complete())
}

fn tell(end: &ShutdownReport, others: u64) -> io::Result<()> {
    let report = &end.report;
    let out = &mut io::stdout().lock();
    writeln!(out, "{} opens and clicks, {others} other lines", report.taken)?;
    for (count, what) in [
        (report.recorded, "recorded"),
        (report.exempted, "kept as far as the law exempts them"),
        (report.discarded, "discarded"),
        (report.duplicate, "on record already"),
        (report.refused, "refused"),
        (report.failed, "not acknowledged"),
    ] {
        writeln!(out, "  {count} {what}")?;
    }
    for error in [&end.error, &report.last_failure, &report.last_refusal].into_iter().flatten() {
        writeln!(out, "  {error}")?;
    }
    Ok(())
}
