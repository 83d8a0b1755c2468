//! What people did, recorded where consent and policy permit: one line for each call of the contract's InteractionService.

mod activity;
mod filter;
mod follow;
mod plan;
mod read;
mod record;
mod report;
#[cfg(test)]
mod tests;
mod watch;

pub use activity::Activity;
pub use filter::InteractionFilter;
pub use follow::{FollowInteractions, TakenInteractions};
pub use plan::{PlanTracking, Planned, Recipient, TrackingPlan};
pub use read::{InteractionCursor, InteractionPage, ReadInteractions};
pub use record::RecordInteractions;
pub use report::{
    AnonymousCounts, AnonymousPeriod, CampaignFigures, CampaignReport, CampaignReportQuery, RateFigures,
};
pub use watch::{InteractionWatch, TriggerBatch, WatchInteractions};

use crate::call::Caller;

/// Tells what a message may carry, records what people did, only where consent and policy permit it, and shows what was recorded.
/// A "no" is a normal answer of these calls, never an error.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Interactions<'a> {
    pub(crate) caller: &'a Caller,
}
