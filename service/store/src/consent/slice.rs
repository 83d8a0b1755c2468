//! The consent write of an import: a slice of a chunk, by the same load, judgement and save as any other, together with how
//! far the import has come by it.
//!
//! The import's row is locked first of all. No other writer of records ever locks one, so that nobody waits crosswise.

use assent_domain::id::TenantId;
use assent_domain::time::Instant;

use super::judge::Judged;
use super::{ConsentCall, Decided, Loaded, Mode, load, save};
use crate::Store;
use crate::error::StoreError;
use crate::import::{Import, ImportChunk, ImportProgress};
use crate::transaction::{Ending, transaction};

/// A slice of a chunk of an import.
#[derive(Clone, Debug)]
pub struct SliceWrite<'a> {
    /// Whose people.
    pub tenant: &'a TenantId,
    /// The import.
    pub import: Import<'a>,
    /// The keyed hash of the chunk, which is the next of the import.
    pub chunk_hash: [u8; 32],
    /// How far the import has come before the slice.
    pub from: &'a ImportProgress,
    /// How many lines of the chunk are written after it; absent: all of them, the chunk is whole.
    pub to_line: Option<u64>,
    /// What its lines need to know.
    pub call: ConsentCall<'a>,
    /// The server's time.
    pub now: Instant,
}

/// What is kept of a slice, and told of it.
#[derive(Clone, Debug)]
pub struct Reported<A> {
    /// What to tell.
    pub answer: A,
    /// What became of the chunk's lines up to here, in the service's codes.
    pub report: Vec<u8>,
    /// What became of the lines of whole chunks, this one counted if it is whole now.
    pub totals: Vec<u8>,
}

/// What became of a slice.
#[derive(Clone, Debug)]
pub enum SliceWritten<A> {
    /// It is stored, and the import has come that far.
    Stored(A, ImportProgress),
    /// Nothing of it is stored: the import has come to another place, by another stream.
    Elsewhere(ImportProgress),
}

impl Store {
    /// Loads, decides and saves a slice in one transaction, as [`Store::write_consents`] does with a call, and moves the
    /// import on.
    ///
    /// # Errors
    /// - What `decide` said.
    /// - [`StoreError::ImportIdReused`]: the import's id stands for another header.
    /// - What the database says. After [`StoreError::Unavailable`] it may or may not be stored: the import tells.
    pub async fn write_slice<A, E, D>(
        &self,
        write: &SliceWrite<'_>,
        mut decide: D,
    ) -> Result<SliceWritten<A>, E>
    where
        D: FnMut(&Loaded) -> Result<Decided<Reported<A>>, E>,
        E: From<StoreError>,
    {
        let SliceWrite { tenant, import, now, .. } = *write;
        let wanted = load::Wanted::of(std::iter::once(&write.call));
        let written = transaction!(self, "write_import", |tx| {
            // Forgotten by the sweep a moment ago: whoever asks next begins anew.
            let here = import.lock(tx, tenant).await?.unwrap_or_default();
            if here != *write.from {
                return Ok(Ending::Rollback(Ok(SliceWritten::Elsewhere(here))));
            }
            let (loaded, known) = load::load(tx, tenant, &wanted).await?;
            let mut judged = Judged::new(loaded, known.answered);
            let reported: Result<Reported<A>, E> =
                judged.take(Mode::Store, 0, &write.call, &mut |_, loaded: &Loaded| decide(loaded));
            let Reported { answer, report, totals } = match reported {
                Ok(reported) => reported,
                Err(error) => return Ok(Ending::Rollback(Err(error))),
            };
            save::save(tx, tenant, now, &known.locks, judged).await?;
            let (to, ended) = write.after(report, totals);
            import.advance(tx, tenant, now, &to, ended).await?;
            Ok(Ending::Commit(Ok(SliceWritten::Stored(answer, to))))
        });
        written?
    }
}

impl SliceWrite<'_> {
    /// How far the import has come after it, and the chunk that it ended.
    fn after(&self, report: Vec<u8>, totals: Vec<u8>) -> (ImportProgress, Option<ImportChunk>) {
        let from = self.from;
        match self.to_line {
            Some(line) => {
                let begun_hash = Some(self.chunk_hash);
                let totals = from.totals.clone();
                (ImportProgress { chunk: from.chunk, line, begun_hash, begun_report: report, totals }, None)
            }
            None => {
                let chunk = from.chunk.saturating_add(1);
                let ended = ImportChunk { content_hash: self.chunk_hash, report };
                (ImportProgress { chunk, totals, ..ImportProgress::default() }, Some(ended))
            }
        }
    }
}
