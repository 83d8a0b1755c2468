//! The figures of campaigns: what of an interaction is counted, on which day, and what of it is told.
//!
//! Figures are counted once, when something is recorded, and never computed from rows: what is deleted later,
//! or judged more strictly, was counted as it was. A figure names nobody.
//!
//! Not here: whether anything may be counted ([`crate::verdict`] alone says so: a [`Share`] is made of what was
//! judged), and how figures are kept.

mod publish;
mod report;
mod share;

use crate::interaction::{Currency, InteractionKind};

pub use publish::{Period, THRESHOLD, last_closed, publish};
pub use report::{Cell, DayRange, Figures, Report};
pub use share::{Adds, Place, Share};

/// What is counted of a campaign on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Messages sent.
    Sent,
    /// Messages sent of which an interaction of that kind could have been recorded: the base of its rate, as it
    /// was when they were sent.
    Trackable(InteractionKind),
    /// What people did, of that kind.
    Human(InteractionKind),
    /// What machines did (proxy, prefetch, scanner), of that kind.
    Automated(InteractionKind),
    /// What was counted of that kind without naming anybody.
    Anonymous(InteractionKind),
    /// What the goals that people reached were worth, in minor units of that currency.
    Revenue(Currency),
}

/// The kinds that a message itself shows, by its pixel or its links: those that a rate is told of, and the most
/// that is ever counted anonymously.
pub const SHOWN_BY_MESSAGES: [InteractionKind; 3] =
    [InteractionKind::EmailOpen, InteractionKind::EmailClick, InteractionKind::SmsClick];

#[cfg(test)]
mod tests;
