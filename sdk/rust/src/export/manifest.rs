//! The manifest: what stands beside the files of a run, and where the next run goes on.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ExportError, ExportFormat};
use crate::changes::{ChangeFilter, Cursor};
use crate::ledger::LedgerHead;
use crate::word::Word;

use super::ndjson::word;

/// The version of the manifest's and the files' form.
pub(super) const FORMAT_VERSION: u32 = 1;

/// What a run made, as its manifest says in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The version of the form of manifest and files: 1.
    pub format_version: u32,
    /// When the run began, by the clock of who ran it: RFC 3339, UTC.
    pub created_at: String,
    /// After what the files begin.
    pub from: ManifestPlace,
    /// The last that the files cover, and the cursor after which the next run goes on.
    pub to: ManifestPlace,
    /// The ledger's end when the run began; `VerifyHistory` accepts it as a known head.
    pub ledger_head: ManifestHead,
    /// What was exported.
    pub filter: ManifestFilter,
    /// How many changes there are in each file.
    pub changes: u64,
    /// The files.
    pub files: Vec<ManifestFile>,
}

/// A place in the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestPlace {
    /// The cursor.
    pub cursor: String,
    /// The position after which it lies.
    pub position: u64,
}

/// The end of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestHead {
    /// The number of the last record; 0: it was empty.
    pub position: u64,
    /// The chain at that position: 64 hexadecimal digits.
    pub chain: String,
}

/// Which changes were exported. An empty list: all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestFilter {
    /// Of these profile tables.
    pub profile_tables: Vec<String>,
    /// Lines of these purposes.
    pub purposes: Vec<String>,
    /// Lines of these scopes.
    pub scopes: Vec<String>,
    /// Lines with these effects.
    pub effects: Vec<String>,
    /// All but what this system sent. Absent: nothing was left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_origin: Option<String>,
}

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManifestFile {
    /// Its name, beside the manifest.
    pub name: String,
    /// How changes are written in it.
    pub format: ExportFormat,
    /// How many rows it has, without the header.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// The SHA-256 of its bytes, as they lie on the disk: 64 hexadecimal digits.
    pub sha256: String,
    /// The length of its text, once it is unpacked.
    pub text_bytes: u64,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// [`ExportError::File`] where it cannot be read or is none of this form.
    pub fn read(path: &Path) -> Result<Self, ExportError> {
        let wrong = ExportError::file("reading a manifest");
        let text = fs::read(path).map_err(wrong)?;
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| wrong(error.into()))?;
        if manifest.format_version == FORMAT_VERSION {
            return Ok(manifest);
        }
        Err(wrong(std::io::ErrorKind::InvalidData.into()))
    }

    /// The cursor after which the next run goes on, with the same filter.
    #[must_use]
    pub fn to_cursor(&self) -> Cursor {
        Cursor::from_text(&self.to.cursor)
    }

    /// The ledger's end when the run began, for [`Consents::verify_history`](crate::Consents::verify_history). `None`: the
    /// manifest was changed.
    #[must_use]
    pub fn known_head(&self) -> Option<LedgerHead> {
        let mut chain = [0; 32];
        let digits = self.ledger_head.chain.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in chain.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(LedgerHead { position: self.ledger_head.position, chain })
    }
}

impl ManifestHead {
    pub(super) fn of(head: LedgerHead) -> Self {
        Self { position: head.position, chain: hex(&head.chain) }
    }
}

impl ManifestFilter {
    pub(super) fn of(filter: &ChangeFilter) -> Self {
        Self {
            profile_tables: filter.profile_tables.clone(),
            purposes: words(&filter.purposes),
            scopes: words(&filter.scopes),
            effects: words(&filter.effects),
            exclude_origin: filter.exclude_origin.clone(),
        }
    }
}

fn words<W: Word + ToString>(words: &[W]) -> Vec<String> {
    words.iter().copied().map(word).collect()
}

/// Two hexadecimal digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
