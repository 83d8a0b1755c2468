//! Exports what changed since the last time, as CSV and NDJSON: what a job does that is run every night, or every hour. The first
//! time that is everything. Stopped anywhere, and run again, it goes on where it was. What it prints holds no id and no time.
//!
//! ```text
//! cargo run -p assent-sdk --features export --example export_changes -- outbox --endpoint http://127.0.0.1:50051
//! ```

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use assent_sdk::export::{Export, ExportFormat, Manifest};
use assent_sdk::{Client, Options};
use clap::Parser;

/// Each run makes files of its own.
const NAME: &str = "consents_$yyyyMMdd_$HHmmss";

/// Exports what changed since the last time.
#[derive(Parser)]
struct Arguments {
    /// Where the files go; made if it is not there. Leave the last manifest in it: the next run goes on from there.
    folder: PathBuf,
    /// The service.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    endpoint: String,
    /// An API key with the role read. Without: a service without keys.
    #[arg(long)]
    api_key: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match export(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to tell it if this fails too.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn export(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(&arguments.folder)?;
    let mut options = Options::new(arguments.endpoint);
    if let Some(key) = arguments.api_key {
        options = options.api_key(key);
    }
    let client = Client::connect(options).await?;

    #[expect(clippy::disallowed_methods, reason = "a program's own clock, for the names of its files")]
    let now = SystemTime::now().into();
    let mut export = Export::new(&arguments.folder, NAME, ExportFormat::Csv, now);
    export = export.and_format(ExportFormat::Ndjson);
    if let Some(last) = last(&arguments.folder)? {
        export = export.from_cursor(last.to_cursor());
    }
    let told = client.changes().export(export, |_| {}).await?.manifest;

    let out = &mut io::stdout().lock();
    writeln!(
        out,
        "{} changes after position {}, up to {}",
        told.changes, told.from.position, told.to.position
    )?;
    for file in &told.files {
        writeln!(out, "  {}: {} rows", file.format.ending(), file.rows)?;
    }
    Ok(())
}

/// The manifest that goes furthest.
fn last(folder: &Path) -> Result<Option<Manifest>, Box<dyn Error>> {
    let mut last: Option<Manifest> = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".manifest.json") {
            let manifest = Manifest::read(&path)?;
            if last.as_ref().is_none_or(|last| last.to.position < manifest.to.position) {
                last = Some(manifest);
            }
        }
    }
    Ok(last)
}
