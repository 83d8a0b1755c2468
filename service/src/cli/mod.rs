//! The command line: what may be asked of the binary, and the order of its answer.
//!
//! Deliberately not here: what a setting means (`assent.default.toml`) and what serving is (`app.rs`).

mod keys;
mod migrate;
mod serve;
mod tombstones;

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// Records, proves and hands on what people consented to.
#[derive(Debug, Parser)]
#[command(name = "assent", version, about = "Records, proves and hands on what people consented to")]
pub struct Cli {
    /// A configuration file; what it does not set keeps its default. The environment (ASSENT_…) overrides both.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves until SIGTERM or SIGINT. A SQLite database is made and migrated first.
    Serve,
    /// Brings the database to the schema of this binary.
    Migrate,
    /// Reads the configuration and reports every problem; changes nothing.
    CheckConfig,
    /// Makes, lists and revokes API keys; works beside a running service.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Writes out who was erased, by marks that name nobody; works beside a running service.
    #[command(subcommand)]
    Tombstones(tombstones::Command),
}

type Failed = Box<dyn Error + Send + Sync>;

impl Cli {
    /// Does what was asked, with that environment. What was asked for goes to standard output, what went wrong to
    /// standard error, with its causes.
    #[must_use]
    pub fn run(self, environment: impl IntoIterator<Item = (String, String)>) -> ExitCode {
        match self.obey(environment) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let mut text = error.to_string();
                let mut cause = error.source();
                while let Some(inner) = cause {
                    text.push_str(&format!("\n  because {inner}"));
                    cause = inner.source();
                }
                // Where standard error is gone there is nobody left to tell.
                let _ = writeln!(std::io::stderr(), "assent: {text}");
                ExitCode::FAILURE
            }
        }
    }

    fn obey(self, environment: impl IntoIterator<Item = (String, String)>) -> Result<(), Failed> {
        let config = Config::load(self.config.as_deref(), environment)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::Serve => serve::serve(config).await,
                Command::Migrate => migrate::migrate(config).await,
                Command::CheckConfig => say("the configuration is usable"),
                Command::Keys(command) => keys::keys(config, command).await,
                Command::Tombstones(command) => tombstones::tombstones(config, command).await,
            }
        })
    }
}

/// Writes a line to standard output.
fn say(line: &str) -> Result<(), Failed> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
