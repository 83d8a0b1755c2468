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

mod connect;
mod error;
mod row;
mod schema;
mod statement;
mod transaction;

use std::sync::Arc;

pub use connect::{Observed, Observer, StoreOptions};
pub use error::StoreError;
pub use statement::Sql;

use connect::Connected;

/// An open database. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
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
        Ok(Self { inner: Arc::new(Inner { options: options.clone(), connected }) })
    }

    fn options(&self) -> &StoreOptions {
        &self.inner.options
    }

    fn connected(&self) -> &Connected {
        &self.inner.connected
    }
}
