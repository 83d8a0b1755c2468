//! Who did something and who is inactive: one line for each call of the contract's AudienceService.

mod engagement;
mod inactive;
#[cfg(test)]
mod tests;

pub use engagement::{
    Engagement, EngagementAnswer, EngagementMatch, EngagementQuestion, EngagementReason, QueryEngagement,
};
pub use inactive::{FindInactive, InactivePage, InactivityUse};

use crate::call::Caller;

/// Tells who did something and who is inactive, so that senders choose whom to write to. Whoever could not have been seen is
/// no non-opener: that is told as not known. A "no" is a normal answer, never an error.
///
/// Any call can fail as [`Error`](crate::Error) tells; the reasons named with a call are its own.
#[derive(Clone, Copy)]
pub struct Audience<'a> {
    pub(crate) caller: &'a Caller,
}
