//! `assent migrate`.

use assent_store::Store;

use super::{Failed, say};
use crate::app::store_options;
use crate::config::Config;
use crate::lock::FileLock;

pub(super) async fn migrate(config: Config) -> Result<(), Failed> {
    // A service that is running must not find another schema under its feet.
    let _lock = config.database.file().as_deref().map(FileLock::take).transpose()?;
    Store::connect(&store_options(&config)).await?.migrate().await?;
    say("the database has the schema of this binary")
}
