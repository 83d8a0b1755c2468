//! `assent tombstones`: who was erased, by keyed marks that name nobody, to be kept elsewhere than the database.
//!
//! It goes past a running service to the database, on either engine, and needs no key.

use std::io::Write;

use assent_store::Store;
use clap::Subcommand;

use super::Failed;
use crate::app::store_options;
use crate::config::Config;
use crate::privacy::journal;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Writes all tombstones to standard output: a file of the journal of erasures, for its folder (erasure.journal).
    Export,
}

pub(super) async fn tombstones(config: Config, command: Command) -> Result<(), Failed> {
    let Command::Export = command;
    let store = Store::connect(&store_options(&config)).await?;
    store.check_schema().await?;
    let key = store.tombstone_key_mark().await?;
    let key =
        key.ok_or("the database was never served: nobody was erased, and with what key is not known")?;

    let mut out = std::io::BufWriter::new(std::io::stdout());
    out.write_all(journal::heading(&key).as_bytes())?;
    let mut after = None;
    loop {
        let slice = store.list_tombstones(after.as_ref()).await?;
        for (tenant, tombstone) in &slice {
            out.write_all(journal::line(tenant, tombstone).as_bytes())?;
        }
        after = slice.last().cloned();
        if after.is_none() {
            return Ok(out.flush()?);
        }
    }
}
