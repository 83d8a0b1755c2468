//! Imports a list of any length: line after line in, acknowledgements out, with no more in memory than is under way.

mod importer;
mod line;
#[cfg(test)]
mod tests;
mod told;

pub use importer::Importer;
pub use line::ImportLine;
pub use told::{ChunkAcknowledged, ImportCounts, LineFailure, LineForecast, LineOutcome};

use assent_proto::v1;

use super::Consents;
use crate::batch::ITEMS;
use crate::error::Result;

/// An import: what it is known by, and what holds for all of its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    header: v1::ImportHeader,
    chunk_lines: usize,
}

impl Import {
    /// An import of that id, 1 to 64 bytes, into the profile table of that id, which must exist. Given again with the same lines
    /// it goes on where it was broken off, for 7 days after its last line.
    #[must_use]
    pub fn new(id: impl Into<String>, table: impl Into<String>) -> Self {
        let header = v1::ImportHeader {
            import_id: id.into(),
            profile_table: table.into(),
            source: Some(v1::ImportSource::default()),
            origin: None,
            dry_run: false,
        };
        Self { header, chunk_lines: ITEMS }
    }

    /// Names the list: one line, at most 256 bytes. Without it the stricter policies accept no grant.
    #[must_use]
    pub fn source_name(mut self, name: impl Into<String>) -> Self {
        self.header.source.get_or_insert_default().name = Some(name.into());
        self
    }

    /// Says the list's version: one line, at most 64 bytes. Without it the stricter policies accept no grant.
    #[must_use]
    pub fn source_version(mut self, version: impl Into<String>) -> Self {
        self.header.source.get_or_insert_default().version = Some(version.into());
        self
    }

    /// Names the system that sends this, 1 to 64 bytes, so that readers of the changes can leave out their own.
    #[must_use]
    pub fn origin(mut self, system: impl Into<String>) -> Self {
        self.header.origin = Some(system.into());
        self
    }

    /// Asks what would become of each line, and stores nothing. What a line would leave behind counts for those after it in the
    /// same chunk alone.
    #[must_use]
    pub const fn dry_run(mut self) -> Self {
        self.header.dry_run = true;
        self
    }

    /// How many lines are acknowledged together, 1 to 1,000; 1,000 unless said. An import that goes on must say the same.
    #[must_use]
    pub fn chunk_lines(mut self, lines: usize) -> Self {
        self.chunk_lines = lines.clamp(1, ITEMS);
        self
    }
}

impl Consents<'_> {
    /// Begins an import, or goes on with one. Nothing is asked of the service before the first chunk is full.
    #[must_use]
    pub fn importer(self, import: Import) -> Importer {
        Importer::new(self.caller.clone(), import)
    }

    /// Imports all of `lines`, and tells each acknowledgement as it comes. What was acknowledged to an earlier run under the same
    /// id is passed over.
    ///
    /// # Errors
    ///
    /// As [`Importer::push`]. What was acknowledged stays; the same import with the same lines goes on after it.
    pub async fn import(
        self,
        import: Import,
        lines: impl IntoIterator<Item = ImportLine>,
        mut tell: impl FnMut(ChunkAcknowledged),
    ) -> Result<ImportCounts> {
        let mut importer = self.importer(import);
        for line in lines {
            importer.push(line).await?.into_iter().for_each(&mut tell);
        }
        while let Some(acknowledged) = importer.flush().await? {
            tell(acknowledged);
        }
        importer.finish().await
    }
}
