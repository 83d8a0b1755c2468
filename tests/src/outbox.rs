//! An export by a process of its own, which can be killed: what a customer's job does with the SDK.

use std::io::Write;
use std::path::PathBuf;

use assent_sdk::export::{Export, ExportError, ExportFormat, Exported};
use assent_sdk::{Client, Instant, Options};

/// When every run says that it began: 22 November 2026, 14:30:05 UTC, in microseconds since 1970.
pub const BEGAN: i64 = 1_795_357_805_000_000;

/// What the files are called.
pub const NAME: &str = "consents_$yyyyMMdd";

/// A run, and where it writes to.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Where the service listens.
    pub address: String,
    /// A key with the role read.
    pub key: String,
    /// Where the files go.
    pub folder: PathBuf,
    /// How many changes are read at once.
    pub page_size: u32,
}

impl Outbox {
    /// The run that those words describe, in the order of the fields.
    #[must_use]
    pub fn of_words(words: &[String]) -> Option<Self> {
        let [address, key, folder, page_size] = words else { return None };
        Some(Self {
            address: address.clone(),
            key: key.clone(),
            folder: folder.into(),
            page_size: page_size.parse().ok()?,
        })
    }

    /// The words that describe it.
    #[must_use]
    pub fn words(&self) -> [String; 4] {
        let folder = self.folder.display().to_string();
        [self.address.clone(), self.key.clone(), folder, self.page_size.to_string()]
    }

    /// What it exports: everything, as CSV and NDJSON.
    #[must_use]
    pub fn export(&self) -> Export {
        Export::new(&self.folder, NAME, ExportFormat::Csv, Instant::from_micros(BEGAN))
            .and_format(ExportFormat::Ndjson)
            .page_size(self.page_size)
    }

    /// A client of the service.
    ///
    /// # Panics
    /// When the address is none.
    #[must_use]
    pub fn client(&self) -> Client {
        let options = Options::new(format!("http://{}", self.address)).api_key(self.key.clone());
        Client::connect_lazily(options).expect("options that fit")
    }

    /// Runs it, and tells how far it has come as lines of standard output.
    ///
    /// # Errors
    /// What the run says.
    pub async fn run(&self) -> Result<Exported, ExportError> {
        let told = |progress: assent_sdk::export::ExportProgress| {
            let mut out = std::io::stdout().lock();
            let told = writeln!(out, "at {}", progress.position).and_then(|()| out.flush());
            told.expect("standard output is read");
        };
        self.client().changes().export(self.export(), told).await
    }
}
