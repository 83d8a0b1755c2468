//! What people said, were told and were asked: one line for each call of the contract's ConsentService.

mod askable;
mod get;
mod import;
mod notices;
mod opt_ins;
mod profiles;
mod receipt;
mod records;
mod tokens;
mod upsert;

pub use askable::{AskReason, ProfileAskable, SeriesAskable};
pub use get::{GetConsents, ProfileConsents};
pub use import::{
    ChunkAcknowledged, Import, ImportCounts, ImportLine, Importer, LineFailure, LineForecast, LineOutcome,
};
pub use opt_ins::DescribeOptIns;
pub use profiles::{ProfileUpserted, UpsertProfiles};
pub use receipt::Receipt;
pub use tokens::{Choice, NewToken, Redeem, Token, TokenCapability, TokenDescription};
pub use upsert::{ConsentsUpserted, Item, SeriesOutcome, Upsert};

use crate::call::Caller;

/// Records what people said, were told and were asked, and tells what it adds up to. A "no" is a normal answer of these
/// calls, never an error.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Consents<'a> {
    pub(crate) caller: &'a Caller,
}
