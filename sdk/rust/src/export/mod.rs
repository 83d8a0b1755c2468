//! Writes the changes to files: what systems take that pull files and not calls.
//!
//! A run writes what changed from a cursor to the ledger's end as it stands when the run begins, as CSV in the shape of Actito's
//! export files ([`ExportFormat::Csv`]), as NDJSON ([`ExportFormat::Ndjson`]), or as both, and beside them a [`Manifest`]: the
//! cursor after which the next run goes on, how many rows there are, the SHA-256 of each file, and the ledger's end.
//!
//! ```no_run
//! use assent_sdk::export::{Export, ExportFormat, Manifest};
//!
//! # async fn export(client: assent_sdk::Client, last: Option<&std::path::Path>, now: std::time::SystemTime)
//! #     -> Result<(), Box<dyn std::error::Error>> {
//! let mut export = Export::new("outbox", "consents_$yyyyMMdd", ExportFormat::Csv, now.into());
//! if let Some(manifest) = last {
//!     export = export.from_cursor(Manifest::read(manifest)?.to_cursor());
//! }
//! let exported = client.changes().export(export, |progress| println!("at {}", progress.position)).await?;
//! println!("{} changes in {}", exported.manifest.changes, exported.files[0].display());
//! # Ok(())
//! # }
//! ```
//!
//! A run can be stopped anywhere, by whatever: begun again it goes on, and what it makes is byte for byte what it would have
//! made at one go (with one build of this library: another compressor makes other bytes of the same text). What is unfinished
//! stands in a hidden folder beside the files; a file has its name only when it is whole, and the manifest comes last: who
//! collects files waits for it.
//!
//! Deliberately not here: when to run, whom to send files to, and when to delete them. Files are copies: what is erased later
//! stays in them, and their reader learns of it by the `ERASED` of a later one.

mod actito;
mod error;
mod gzip;
mod manifest;
mod name;
mod ndjson;
mod part;
mod run;
mod state;
#[cfg(test)]
mod tests;
mod work;

use std::path::PathBuf;

pub use actito::as_written;
pub use error::ExportError;
pub use manifest::{Manifest, ManifestFile, ManifestFilter, ManifestHead, ManifestPlace};
pub use work::discard;

use serde::{Deserialize, Serialize};

use crate::changes::{ChangeFilter, Changes, Cursor, Start};
use crate::time::Instant;

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ExportFormat {
    /// One row for each consent that changed, in the shape of Actito's export files: UTF-8 without BOM, a header, `;` between
    /// cells, `"` around and inside of those that need it, `\n` at the end of rows, several values of a cell apart by `,`,
    /// gzipped (`.csv.gz`). `consent` is `TRUE`, `FALSE` or, where nobody answered, empty.
    ///
    /// What a spreadsheet would take for a formula is not one: before each of `= + - @ '` (the first four also in full width)
    /// that begins a cell, or what could be taken for one (after `, ; | "`, a tab or a line's end), stands a `'`.
    /// [`as_written`] takes it away again, so that nothing is lost.
    Csv,
    /// One JSON object a line for each change, with the contract's names; what is absent is left out; gzipped (`.ndjson.gz`).
    /// Every value stands as it was written.
    Ndjson,
}

impl ExportFormat {
    /// What its files' names end with.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv.gz",
            Self::Ndjson => "ndjson.gz",
        }
    }
}

/// What to export, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    folder: PathBuf,
    name: String,
    formats: Vec<ExportFormat>,
    created_at: Instant,
    start: ExportStart,
    filter: ChangeFilter,
    through: Option<u64>,
    page_size: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ExportStart {
    At(Start),
    After(Cursor),
}

impl Export {
    /// Everything that can still be read, into that folder, which has to be there. In the name `$yyyyMMdd` becomes the day and
    /// `$HHmmss` the time of `now`, in UTC; the format's ending comes after it. Of a run that goes on, the time at which it was
    /// begun counts.
    #[must_use]
    pub fn new(
        folder: impl Into<PathBuf>,
        name: impl Into<String>,
        format: ExportFormat,
        now: Instant,
    ) -> Self {
        Self {
            folder: folder.into(),
            name: name.into(),
            formats: vec![format],
            created_at: now,
            start: ExportStart::At(Start::Earliest),
            filter: ChangeFilter::everything(),
            through: None,
            page_size: 5_000,
        }
    }

    /// Writes this format too, of the same changes.
    #[must_use]
    pub fn and_format(mut self, format: ExportFormat) -> Self {
        self.formats.push(format);
        self.formats.sort_unstable();
        self.formats.dedup();
        self
    }

    /// Begins after that cursor: [`Manifest::to_cursor`] of the last run.
    #[must_use]
    pub fn from_cursor(mut self, cursor: Cursor) -> Self {
        self.start = ExportStart::After(cursor);
        self
    }

    /// Begins there.
    #[must_use]
    pub fn from_start(mut self, start: Start) -> Self {
        self.start = ExportStart::At(start);
        self
    }

    /// Only what passes; the cursor that it begins after was made for it.
    #[must_use]
    pub fn filter(mut self, filter: ChangeFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Ends with that position, and not with the ledger's end as it stands when the run begins.
    #[must_use]
    pub const fn through(mut self, position: u64) -> Self {
        self.through = Some(position);
        self
    }

    /// How many changes to read at once, and so how often what was done is brought to the disk: 5,000 unless said.
    #[must_use]
    pub const fn page_size(mut self, size: u32) -> Self {
        self.page_size = size;
        self
    }
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportProgress {
    /// The last position that is covered, on the disk.
    pub position: u64,
    /// The position that it ends with.
    pub end: u64,
    /// How many changes were written so far.
    pub changes: u64,
}

/// What a run made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The files with the changes, in the order of [`Manifest::files`].
    pub files: Vec<PathBuf>,
    /// The file with the manifest.
    pub manifest_file: PathBuf,
    /// What it says.
    pub manifest: Manifest,
    /// Whether an earlier run had begun it.
    pub resumed: bool,
}

impl Changes<'_> {
    /// Exports changes to files. A run that was interrupted in that folder under that name is ended first, as it was begun.
    ///
    /// # Errors
    ///
    /// What [`ExportError`] says. What was done so far stays and is gone on with, unless it is thrown away by [`discard`].
    pub async fn export(
        self,
        export: Export,
        told: impl FnMut(ExportProgress),
    ) -> Result<Exported, ExportError> {
        run::run(self.caller, export, told).await
    }
}
