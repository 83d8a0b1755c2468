//! One file of a run as it grows.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::hex;
use super::{ExportError, ExportFormat, actito, gzip, ndjson};
use crate::changes::ConsentChange;

/// What is kept of a file, beside the file itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PartState {
    pub(super) format: ExportFormat,
    /// How long the file is; what lies beyond was written and not brought to its end, and is cut off.
    pub(super) bytes: u64,
    pub(super) rows: u64,
    /// How much text the file holds.
    pub(super) text_bytes: u64,
    crc: u32,
    /// Of the file's bytes.
    pub(super) sha256: String,
    /// The text of the block that has not ended.
    pending: String,
}

/// A file that is written.
pub(super) struct Part {
    state: PartState,
    file: File,
    sha: Sha256,
}

const WRITING: &str = "writing an export";

impl Part {
    /// A new one, in place of whatever is there.
    pub(super) fn begin(path: &Path, format: ExportFormat) -> Result<Self, ExportError> {
        let file = File::create(path).map_err(ExportError::file(WRITING))?;
        let state = PartState {
            format,
            bytes: 0,
            rows: 0,
            text_bytes: 0,
            crc: 0,
            sha256: String::new(),
            pending: String::new(),
        };
        let mut part = Self { state, file, sha: Sha256::new() };
        part.write(&gzip::HEADER)?;
        if format == ExportFormat::Csv {
            actito::header(&mut part.state.pending);
        }
        Ok(part)
    }

    /// One that a stopped process left: as far as its state says, whatever was written after it.
    pub(super) fn resume(path: &Path, state: PartState) -> Result<Self, ExportError> {
        let damaged = ExportError::WorkDamaged("a file is not what it was");
        let failed = ExportError::file("reading what an interrupted export left");
        let mut file = match OpenOptions::new().read(true).write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(damaged),
            opened => opened.map_err(failed)?,
        };
        let mut sha = Sha256::new();
        let mut left = state.bytes;
        let mut buffer = vec![0; 64 * 1024];
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
            let read = file.read(buffer.get_mut(..most).unwrap_or_default()).map_err(failed)?;
            if read == 0 {
                return Err(damaged);
            }
            sha.update(buffer.get(..read).unwrap_or_default());
            left -= read as u64;
        }
        if hex(&sha.clone().finalize()) != state.sha256 {
            return Err(damaged);
        }
        file.set_len(state.bytes).map_err(failed)?;
        file.seek(SeekFrom::Start(state.bytes)).map_err(failed)?;
        Ok(Self { state, file, sha })
    }

    /// Writes a change; a block goes to the file when it is full.
    pub(super) fn add(&mut self, change: &ConsentChange) -> Result<(), ExportError> {
        let text = &mut self.state.pending;
        self.state.rows += match self.state.format {
            ExportFormat::Csv => actito::rows(text, change),
            ExportFormat::Ndjson => ndjson::row(text, change)
                .map_err(|error| ExportError::File { doing: WRITING, error: error.into() })?,
        };
        if self.state.pending.len() >= gzip::BLOCK_BYTES { self.end_block() } else { Ok(()) }
    }

    fn end_block(&mut self) -> Result<(), ExportError> {
        let block = std::mem::take(&mut self.state.pending);
        let deflated = gzip::deflate(block.as_bytes()).map_err(ExportError::file(WRITING))?;
        self.state.crc = gzip::crc_of(self.state.crc, self.state.text_bytes, block.as_bytes());
        self.state.text_bytes += block.len() as u64;
        self.write(&deflated)
    }

    /// Writes what is left, and the file's end.
    pub(super) fn seal(&mut self) -> Result<(), ExportError> {
        if !self.state.pending.is_empty() {
            self.end_block()?;
        }
        self.write(&gzip::end(self.state.crc, self.state.text_bytes))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.file.write_all(bytes).map_err(ExportError::file(WRITING))?;
        self.sha.update(bytes);
        self.state.bytes += bytes.len() as u64;
        Ok(())
    }

    /// What to keep of it, once all that was written is on the disk.
    pub(super) fn settle(&mut self) -> Result<PartState, ExportError> {
        self.file.sync_data().map_err(ExportError::file(WRITING))?;
        self.state.sha256 = hex(&self.sha.clone().finalize());
        Ok(self.state.clone())
    }
}
