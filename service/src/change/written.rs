//! The ledger as the feed tells it: the change of each position, written once for all who read it.
//!
//! Deliberately not here: which lines of a change somebody reads. They are written for each reader, behind what all of them read:
//! messages that follow each other are one with the fields of both.

use assent_domain::change::{ChangeFilter, Line};
use assent_domain::id::{Origin, RecordId, TableId};
use assent_domain::ledger::ChainHash;
use assent_proto::v1::ConsentChange;
use assent_store::LedgerEntry;
use prost::Message;

use crate::wire::to_wire;

/// A position of the ledger, its change written.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The position, from 1.
    pub(super) position: u64,
    /// The chain with it.
    pub(super) chain: ChainHash,
    /// The record's id.
    pub(super) record_id: RecordId,
    /// Absent: it changed nothing that is told, or its record was redacted.
    change: Option<Change>,
}

/// A change.
#[derive(Debug)]
struct Change {
    table: TableId,
    origin: Option<Origin>,
    lines: Vec<Line>,
    /// All but its lines.
    bytes: Vec<u8>,
}

impl Entry {
    /// Writes what is told of a position.
    pub(crate) fn write(entry: LedgerEntry) -> Self {
        let LedgerEntry { position, chain, record_id, held } = entry;
        let change = held.and_then(|held| {
            let lines = held.change?.lines;
            let bytes = to_wire::change::of_record(position, &held.record).encode_to_vec();
            Some(Change { table: held.record.table, origin: held.record.origin, lines, bytes })
        });
        Self { position, chain, record_id, change }
    }

    /// A ConsentChange with the lines that pass; `None`: none does.
    pub(super) fn passing(&self, filter: &ChangeFilter) -> Option<Vec<u8>> {
        let Change { table, origin, lines, bytes } = self.change.as_ref()?;
        let lines = filter.lines(table, origin.as_ref(), lines).map(to_wire::change::of_series).collect();
        let lines = ConsentChange { lines, ..ConsentChange::default() };
        if lines.lines.is_empty() {
            return None;
        }
        let mut written = Vec::with_capacity(bytes.len().saturating_add(lines.encoded_len()));
        written.extend_from_slice(bytes);
        lines.encode_raw(&mut written);
        Some(written)
    }
}

#[cfg(test)]
mod tests;
