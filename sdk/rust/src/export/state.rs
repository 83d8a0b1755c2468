//! What a run keeps on the disk, by which another process goes on with it.

use serde::{Deserialize, Serialize};

use super::manifest::{FORMAT_VERSION, ManifestFilter, ManifestHead, ManifestPlace};
use super::part::PartState;
use super::{Export, ExportError, ExportFormat, ExportStart};
use crate::changes::Start;
use crate::time::Instant;

/// What was asked for, by which a run is known again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    start: String,
    pub(super) filter: ManifestFilter,
    through: Option<u64>,
    formats: Vec<ExportFormat>,
}

impl Asked {
    pub(super) fn of(export: &Export) -> Self {
        let start = match &export.start {
            ExportStart::After(cursor) => format!("after {}", cursor.as_str()),
            ExportStart::At(Start::Earliest) => "earliest".to_owned(),
            ExportStart::At(Start::Latest) => "latest".to_owned(),
            ExportStart::At(Start::RecordedAt(instant)) => format!("recorded at {}", instant.micros()),
        };
        Self {
            start,
            filter: ManifestFilter::of(&export.filter),
            through: export.through,
            formats: export.formats.clone(),
        }
    }
}

/// A place in the ledger, whose position may not be known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) cursor: String,
    pub(super) position: Option<u64>,
}

/// Where a run ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    pub(super) position: u64,
    /// The cursor after that position. Absent: the position was asked for, and the service gives no cursor for one.
    pub(super) cursor: Option<String>,
}

/// A run as far as it has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) format_version: u32,
    pub(super) asked: Asked,
    /// Microseconds since 1970, by the clock of who began it.
    pub(super) created_at: i64,
    /// The files' name, without ending.
    pub(super) stem: String,
    pub(super) from: Mark,
    pub(super) end: End,
    pub(super) head: ManifestHead,
    /// Where it goes on.
    pub(super) at: Mark,
    pub(super) changes: u64,
    pub(super) parts: Vec<PartState>,
    /// Whether nothing is to be written any more, and all that is left is to give the files their names.
    pub(super) sealed: bool,
}

impl State {
    /// Reads one.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<Self, ExportError> {
        let state: Self = serde_json::from_slice(bytes)
            .map_err(|_| ExportError::WorkDamaged("its state cannot be read"))?;
        if state.format_version == FORMAT_VERSION {
            return Ok(state);
        }
        Err(ExportError::WorkDamaged("its state is of another release"))
    }

    pub(super) fn created_at(&self) -> Instant {
        Instant::from_micros(self.created_at)
    }
}

impl Mark {
    /// As the manifest tells it. A run that was sealed knows its positions.
    pub(super) fn told(&self) -> ManifestPlace {
        ManifestPlace { cursor: self.cursor.clone(), position: self.position.unwrap_or_default() }
    }
}
