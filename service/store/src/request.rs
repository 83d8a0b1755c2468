//! Requests that were answered: kept so that the same one gets the same answer, then swept.

use assent_domain::id::{RequestId, TenantId};
use assent_domain::time::{Instant, Span};

use crate::Store;
use crate::error::StoreError;
use crate::statement::{Sql, Values, sql};
use crate::transaction::{Ending, Stop, Tx, transaction};

const FIND_REQUEST: Sql = sql!("find_request");
const INSERT_REQUEST: Sql = sql!("insert_request");
const LIST_REQUESTERS: Sql = sql!("list_requesters");
const SWEEP_REQUESTS: Sql = sql!("sweep_requests");

/// How long an answered request is known: 72 hours.
pub const REQUESTS_KEPT: Span = Span::from_secs(72 * 3600);

/// How many requests one transaction of the sweep deletes at most.
const SLICE: i64 = 1000;

/// A request by which a repeated call is known.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The caller's id of it.
    pub id: RequestId,
    /// The method called.
    pub method: &'a str,
    /// The keyed hash of its canonical content.
    pub content_hash: [u8; 32],
}

/// A request that was answered: by an earlier transaction, or by an earlier call of this one.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) method: String,
    pub(crate) content_hash: [u8; 32],
    pub(crate) outcomes: Vec<u8>,
}

impl Answered {
    /// The outcome codes that this very request was answered with; another one has no right to its id.
    pub(crate) fn again(&self, request: &Request<'_>) -> Result<Vec<u8>, StoreError> {
        if self.method == request.method && self.content_hash == request.content_hash {
            Ok(self.outcomes.clone())
        } else {
            Err(StoreError::RequestIdReused)
        }
    }
}

/// The outcome codes of a request, if it was answered before.
pub(crate) async fn find_request(
    tx: &Tx,
    tenant: &TenantId,
    request: &Request<'_>,
) -> Result<Option<Vec<u8>>, Stop> {
    let values = Values::of([tenant.as_str().into(), request.id.0.to_vec().into()]);
    let rows = tx.rows(&FIND_REQUEST, "request", values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let answered = Answered {
        method: row.text("method")?,
        content_hash: row.array("content_hash")?,
        outcomes: row.bytes("outcomes")?,
    };
    Ok(Some(answered.again(request)?))
}

/// Keeps what a request was answered with.
pub(crate) async fn insert_request(
    tx: &Tx,
    tenant: &TenantId,
    request: &Request<'_>,
    outcomes: Vec<u8>,
    now: Instant,
) -> Result<(), Stop> {
    let values = Values::of([
        tenant.as_str().into(),
        request.id.0.to_vec().into(),
        request.method.into(),
        request.content_hash.to_vec().into(),
        outcomes.into(),
        now.micros().into(),
    ]);
    // The same id was used at the same time: look again.
    if tx.execute(&INSERT_REQUEST, values).await? == 1 { Ok(()) } else { Err(Stop::Again) }
}

impl Store {
    /// Forgets the requests that were answered more than [`REQUESTS_KEPT`] ago, tenant by tenant and
    /// slice by slice, and says how many they were.
    ///
    /// # Errors
    /// What the database says. What was forgotten by then stays forgotten.
    pub async fn sweep_requests(&self, now: Instant) -> Result<u64, StoreError> {
        let before = now.minus(REQUESTS_KEPT);
        let mut swept = 0;
        for row in self.rows(&LIST_REQUESTERS, "request", Values::default()).await? {
            let tenant = TenantId::new(row.text("tenant")?).map_err(|_| row.wrong("tenant"))?;
            loop {
                let slice = self.sweep_slice(&tenant, before).await?;
                swept += slice;
                if slice < SLICE.unsigned_abs() {
                    break;
                }
            }
        }
        Ok(swept)
    }

    async fn sweep_slice(&self, tenant: &TenantId, before: Instant) -> Result<u64, StoreError> {
        transaction!(self, "sweep_requests", |tx| {
            let values = Values::of([tenant.as_str().into(), before.micros().into(), SLICE.into()]);
            Ok(Ending::Commit(tx.execute(&SWEEP_REQUESTS, values).await?))
        })
    }
}
