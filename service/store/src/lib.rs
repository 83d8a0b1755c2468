//! What Assent remembers: one store, two engines.
//!
//! SQLite is the embedded default, PostgreSQL is production. Each noun is a file here as it is in the
//! domain. What the domain calls a record is stored as its canonical bytes and decoded from them;
//! nothing here knows what a consent means.
//!
//! Hot statements stand in `sql/`, both dialects side by side; one row by its key goes through an
//! entity. Every write is a named transaction; every instant, id, salt and random byte is a parameter.
//!
//! What is deliberately not here: rules, protobuf, a clock, a source of randomness, and any lock,
//! counter or row that consent writes of different people would share.

mod api_key;
mod audience;
mod connect;
mod consent;
mod declaration;
mod effects;
mod entity;
mod erasure;
mod error;
mod expiry;
mod horizon;
mod import;
mod interaction;
mod joined;
mod ledger;
mod lost;
mod notice;
mod pace;
mod policy_override;
mod profile;
mod profile_table;
mod reading;
mod redaction;
mod removal;
mod request;
mod row;
mod schema;
mod sequencer;
mod settings;
mod sight;
mod statement;
mod subject;
mod tally;
mod tombstone;
mod transaction;
mod trimming;
mod versioned;

use std::sync::Arc;
use std::time::Duration;

pub use api_key::ApiKey;
pub use audience::{AudienceWalk, Mailed, Mailing, PersonPlace, Walked};
pub use connect::{Observed, Observer, StoreOptions};
pub use consent::{
    ConsentCall, ConsentWrite, Decided, Loaded, Mode, ProfileChange, Reported, SliceWrite, SliceWritten,
};
pub use declaration::{Declaration, DeclarationKind, Declarations, Named, StoredDeclaration};
pub use erasure::{Erasure, ErasureWrite, Unfinished};
pub use error::StoreError;
pub use expiry::{GrantWalk, Granters};
pub use horizon::HeadSeen;
pub use import::{IMPORTS_KEPT, Import, ImportChunk, ImportProgress};
pub use interaction::{
    ActivityPlace, Arrival, Asked, Batch, BatchSequencer, DayWalk, DeviceWalk, Fate, Fed, Ground,
    InteractionHead, InteractionKey, InteractionWrite, LastDevice, OnRecord, PlanWrite, Planned, Sending,
    Telling, Walk, Weighed,
};
pub use joined::Joined;
pub use ledger::{FeedHead, Held, LedgerEntry, Pending, Stand, StoredLink, StoredRecord, Stretch};
pub use lost::{PeopleWalk, Tombstone};
pub use notice::{Notice, NoticeEntry};
pub use pace::{Pace, Pause, SharedPace};
pub use policy_override::PolicyOverride;
pub use profile::{ProfileKey, ProfileWalk};
pub use removal::{DueRemoval, RemovalWalk};
pub use request::{REQUESTS_KEPT, Request};
pub use sequencer::{Numbering, STEP_MAX, Sequencer, StepSql};
pub use settings::Settings;
pub use sight::{AwaitedPage, Search, SendFound, SendsAsked, SendsFound};
pub use statement::Sql;
pub use tombstone::{Mark, TombstoneKey};
pub use versioned::Versioned;

use connect::Connected;

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
    /// When whoever holds this handle stops waiting, by [`Pace::monotonic`]; absent: when the options say.
    until: Option<Duration>,
}

#[derive(Debug)]
struct Inner {
    options: StoreOptions,
    connected: Connected,
}

impl Store {
    /// Opens the database. An SQLite file that is not there is made.
    ///
    /// # Errors
    /// - [`StoreError::Address`]: the address is of no engine.
    /// - [`StoreError::Unavailable`]: it cannot be reached or opened.
    pub async fn connect(options: &StoreOptions) -> Result<Self, StoreError> {
        let connected = connect::connect(options).await?;
        Ok(Self { inner: Arc::new(Inner { options: options.clone(), connected }), until: None })
    }

    /// Closes all connections; what still runs is waited for. Whoever uses the store afterwards gets
    /// [`StoreError::Unavailable`].
    pub async fn close(&self) {
        // A connection that cannot say goodbye is gone all the same.
        let _ = self.connected().reader.close_by_ref().await;
        let _ = self.connected().writer.close_by_ref().await;
    }

    /// The same database for a caller that stops waiting at that moment, by [`Pace::monotonic`]: on PostgreSQL the
    /// server ends a statement by then, whether or not anybody is there any more to end it.
    #[must_use]
    pub fn until(&self, moment: Duration) -> Self {
        Self { inner: Arc::clone(&self.inner), until: Some(moment) }
    }

    /// How long the caller still waits, where that is less than what a statement may take anyway.
    fn patience(&self) -> Option<Duration> {
        let left = self.until?.saturating_sub(self.options().pace.monotonic());
        (left < self.options().statement_timeout).then_some(left)
    }

    /// How many transactions can write at once.
    #[must_use]
    pub fn writers_max(&self) -> usize {
        self.connected().writers_max(self.options())
    }

    /// How many statements can read at once.
    #[must_use]
    pub fn readers_max(&self) -> usize {
        self.connected().readers_max(self.options())
    }

    fn options(&self) -> &StoreOptions {
        &self.inner.options
    }

    fn connected(&self) -> &Connected {
        &self.inner.connected
    }
}
