//! Whether the database has a schema this program knows, and making it so.

use assent_migrations::{Marker, SCHEMA, marker, migrate};

use crate::Store;
use crate::error::StoreError;

impl Store {
    /// Refuses a database whose schema this program was not written for.
    ///
    /// # Errors
    /// - [`StoreError::SchemaMissing`]: never migrated, or only halfway.
    /// - [`StoreError::SchemaUnknown`]: what was found and what is known.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        match self.marker().await? {
            None => Err(StoreError::SchemaMissing),
            Some(found) if found.serves(SCHEMA) => Ok(()),
            Some(found) => Err(StoreError::SchemaUnknown { found: found.schema, known: SCHEMA }),
        }
    }

    /// Applies the changes that are missing. A database that is ahead is left as it is.
    ///
    /// # Errors
    /// - [`StoreError::SchemaUnknown`]: it is further ahead than this program may run on.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match self.marker().await? {
            Some(found) if found.schema > SCHEMA => self.check_schema().await,
            _ => Ok(migrate(&self.connected().writer).await?),
        }
    }

    async fn marker(&self) -> Result<Option<Marker>, StoreError> {
        Ok(marker(&self.connected().writer).await?)
    }
}
