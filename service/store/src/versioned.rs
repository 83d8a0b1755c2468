//! Settings that are changed against the version last read.

use assent_domain::time::Instant;

use crate::error::StoreError;

/// A setting as it is stored. What its body says is the service's matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// Counts its changes, from 1: what an etag stands for.
    pub version: u64,
    /// The body, as it was put.
    pub body: String,
    /// When this version was stored.
    pub recorded_at: Instant,
}

/// What a put does to what is stored.
pub(crate) enum Put {
    /// It is there already, as it is.
    Keep(Versioned),
    /// This version follows.
    Store(Versioned),
}

impl Versioned {
    /// Decides a put: what is stored already is kept, whatever the caller last read; otherwise the
    /// caller must have read the version that is stored (`None`: that there is none).
    pub(crate) fn put(
        stored: Option<Self>,
        expected: Option<u64>,
        body: &str,
        now: Instant,
    ) -> Result<Put, StoreError> {
        match stored {
            Some(stored) if stored.body == body => Ok(Put::Keep(stored)),
            stored if stored.as_ref().map(|stored| stored.version) != expected => Err(StoreError::Conflict),
            stored => {
                let version = stored.map_or(1, |stored| stored.version.saturating_add(1));
                Ok(Put::Store(Self { version, body: body.to_owned(), recorded_at: now }))
            }
        }
    }

    /// What a row says.
    pub(crate) fn of(
        table: &'static str,
        version: i64,
        body: String,
        recorded_at: i64,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            version: u64::try_from(version)
                .map_err(|_| StoreError::Inconsistent { table, column: "version" })?,
            body,
            recorded_at: Instant::from_micros(recorded_at)
                .ok_or(StoreError::Inconsistent { table, column: "recorded_at" })?,
        })
    }

    pub(crate) fn version_number(&self) -> i64 {
        i64::try_from(self.version).unwrap_or(i64::MAX)
    }
}
