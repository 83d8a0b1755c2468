//! Imports: how far each has come, and what its chunks were answered with; swept when nobody goes on with them.
//!
//! An import's row is locked before anything else by whoever writes a slice of it, so that two streams of one import
//! write each line once. Deliberately not here: what a slice writes (`consent`), and what the codes of a report mean.

use assent_domain::id::{ImportId, TenantId};
use assent_domain::time::{Instant, Span};

use crate::Store;
use crate::error::StoreError;
use crate::row::Row;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};

const OPEN_IMPORT: Sql = sql!("open_import");
const LOCK_IMPORT: Sql = sql!("lock_import");
const ADVANCE_IMPORT: Sql = sql!("advance_import");
const INSERT_IMPORT_CHUNK: Sql = sql!("insert_import_chunk");
const FIND_IMPORT_CHUNK: Sql = sql!("find_import_chunk");
const LIST_IMPORTERS: Sql = sql!("list_importers");
const LIST_IDLE_IMPORTS: Sql = sql!("list_idle_imports");
const FORGET_IMPORT: Sql = sql!("forget_import");
const DELETE_IMPORT_CHUNKS: Sql = sql!("delete_import_chunks");

/// How long an import is known after its last chunk: seven days, so that one broken off before a weekend goes on after it.
pub const IMPORTS_KEPT: Span = Span::from_days(7);

/// How many imports the sweep looks up at a time.
const SLICE: i64 = 100;

/// An import, by what its header said.
#[derive(Clone, Copy, Debug)]
pub struct Import<'a> {
    /// What the caller calls it.
    pub id: &'a ImportId,
    /// The keyed hash of its header.
    pub header_hash: [u8; 32],
}

/// How far an import has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// The last chunk that is written whole; 0: none.
    pub chunk: u64,
    /// How many lines of the chunk after it are written; 0: none.
    pub line: u64,
    /// The keyed hash of that chunk; absent where none of its lines is written.
    pub begun_hash: Option<[u8; 32]>,
    /// What became of those lines, in the service's codes; empty where there are none.
    pub begun_report: Vec<u8>,
    /// What became of the lines of whole chunks, in the service's codes; empty where there are none.
    pub totals: Vec<u8>,
}

/// A chunk that was written whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportChunk {
    /// The keyed hash of its content.
    pub content_hash: [u8; 32],
    /// What became of its lines, in the service's codes.
    pub report: Vec<u8>,
}

impl Import<'_> {
    fn key(&self, tenant: &TenantId) -> [sea_orm::Value; 2] {
        [tenant.as_str().into(), self.id.as_str().into()]
    }

    /// Locks its row, and tells how far it has come; `None`: it is not known.
    pub(crate) async fn lock(&self, tx: &Tx, tenant: &TenantId) -> Result<Option<ImportProgress>, Stop> {
        let rows = tx.rows(&LOCK_IMPORT, "import", Values::of(self.key(tenant))).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.array("header_hash")? != self.header_hash {
            return Err(StoreError::ImportIdReused.into());
        }
        Ok(Some(progress_of(row)?))
    }

    /// Keeps how far it has come, and the chunk that was ended by that.
    pub(crate) async fn advance(
        &self,
        tx: &Tx,
        tenant: &TenantId,
        now: Instant,
        to: &ImportProgress,
        ended: Option<ImportChunk>,
    ) -> Result<(), Stop> {
        let [chunk, line] = [to.chunk, to.line].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        let [tenant_value, id] = self.key(tenant);
        let begun_hash = to.begun_hash.map(Vec::from).unwrap_or_default();
        let values = Values::of([
            tenant_value,
            id,
            chunk.into(),
            line.into(),
            begun_hash.into(),
            to.begun_report.clone().into(),
            to.totals.clone().into(),
            now.micros().into(),
        ]);
        if tx.execute(&ADVANCE_IMPORT, values).await? != 1 {
            return Err(Stop::Again);
        }
        if let Some(ended) = ended {
            let [tenant_value, id] = self.key(tenant);
            let (hash, report) = (ended.content_hash.to_vec(), ended.report);
            let values = Values::of([tenant_value, id, chunk.into(), hash.into(), report.into()]);
            tx.execute(&INSERT_IMPORT_CHUNK, values).await?;
        }
        Ok(())
    }
}

fn progress_of(row: &Row) -> Result<ImportProgress, StoreError> {
    let begun_hash = match row.bytes("begun_hash")? {
        none if none.is_empty() => None,
        hash => Some(hash.try_into().map_err(|_| row.wrong("begun_hash"))?),
    };
    Ok(ImportProgress {
        chunk: row.count("chunk")?,
        line: row.count("line")?,
        begun_hash,
        begun_report: row.bytes("begun_report")?,
        totals: row.bytes("totals")?,
    })
}

impl Store {
    /// How far an import has come; one that is not known begins.
    ///
    /// # Errors
    /// - [`StoreError::ImportIdReused`]: its id stands for another header.
    /// - What the database says.
    pub async fn open_import(
        &self,
        tenant: &TenantId,
        import: &Import<'_>,
        now: Instant,
    ) -> Result<ImportProgress, StoreError> {
        transaction!(self, "open_import", |tx| {
            let [tenant_value, id] = import.key(tenant);
            let (hash, nothing) = (import.header_hash.to_vec(), Vec::<u8>::new());
            let values = Values::of([tenant_value, id, hash.into(), nothing.into(), now.micros().into()]);
            tx.execute(&OPEN_IMPORT, values).await?;
            // Swept in between by somebody whose clock is ahead: look again.
            let progress = import.lock(tx, tenant).await?.ok_or(Stop::Again)?;
            Ok(Ending::Commit(progress))
        })
    }

    /// A chunk that was written whole; `None`: it was not, or is forgotten.
    ///
    /// # Errors
    /// What the database says.
    pub async fn import_chunk(
        &self,
        tenant: &TenantId,
        import: &Import<'_>,
        number: u64,
    ) -> Result<Option<ImportChunk>, StoreError> {
        let [tenant, id] = import.key(tenant);
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let values = Values::of([tenant, id, number.into()]);
        let rows = self.rows(&FIND_IMPORT_CHUNK, "import_chunk", values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(ImportChunk { content_hash: row.array("content_hash")?, report: row.bytes("report")? }))
    }

    /// Forgets the imports that nobody went on with for [`IMPORTS_KEPT`], one after the other, and says how many they
    /// were.
    ///
    /// # Errors
    /// What the database says. What was forgotten by then stays forgotten.
    pub async fn sweep_imports(&self, now: Instant) -> Result<u64, StoreError> {
        let before = now.minus(IMPORTS_KEPT);
        let mut swept = 0;
        for row in self.rows(&LIST_IMPORTERS, "import", Values::default()).await? {
            let tenant = TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?;
            loop {
                let values = Values::of([tenant.as_str().into(), before.micros().into(), SLICE.into()]);
                let idle = self.rows(&LIST_IDLE_IMPORTS, "import", values).await?;
                for row in &idle {
                    swept += u64::from(self.forget_import(&tenant, &row.text("import_id")?, before).await?);
                }
                if i64::try_from(idle.len()).unwrap_or(SLICE) < SLICE {
                    break;
                }
            }
        }
        Ok(swept)
    }

    /// Forgets one import, unless somebody goes on with it after all.
    async fn forget_import(&self, tenant: &TenantId, id: &str, before: Instant) -> Result<bool, StoreError> {
        transaction!(self, "forget_import", |tx| {
            let key = || [tenant.as_str().into(), id.into()];
            let [tenant_value, id_value] = key();
            let values = Values::of([tenant_value, id_value, before.micros().into()]);
            if tx.execute(&FORGET_IMPORT, values).await? == 0 {
                return Ok(Ending::Rollback(false));
            }
            tx.execute(&DELETE_IMPORT_CHUNKS, Values::of(key())).await?;
            Ok(Ending::Commit(true))
        })
    }
}
