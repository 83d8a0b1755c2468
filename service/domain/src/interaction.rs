//! What a profile did, and `SEND`, which we did. An interaction carries ids only; the facts behind
//! them (message, campaign, website, link) are looked up and stand in [`crate::context`].

mod filter;
mod reported;

use crate::scope::Scope;
use crate::time::Instant;

pub use filter::InteractionFilter;
pub use reported::{Click, Currency, DeviceSeen, MAX_AHEAD, Money, Recorded, Reported, SEND_MAX_BACK, What};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InteractionKind {
    /// An email was opened.
    EmailOpen,
    /// A link in an email was clicked.
    EmailClick,
    /// A link in an SMS message was clicked.
    SmsClick,
    /// A website was visited.
    WebsiteVisit,
    /// A transaction reached a goal.
    TransactionGoal,
    /// We sent a message. Ours, not the person's behaviour.
    Send,
}

impl InteractionKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::EmailOpen,
        Self::EmailClick,
        Self::SmsClick,
        Self::WebsiteVisit,
        Self::TransactionGoal,
        Self::Send,
    ];

    /// The kinds that are a person's behaviour: those that consent is asked for.
    pub const TRACKED: [Self; 5] =
        [Self::EmailOpen, Self::EmailClick, Self::SmsClick, Self::WebsiteVisit, Self::TransactionGoal];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailOpen => "EMAIL_OPEN",
            Self::EmailClick => "EMAIL_CLICK",
            Self::SmsClick => "SMS_CLICK",
            Self::WebsiteVisit => "WEBSITE_VISIT",
            Self::TransactionGoal => "TRANSACTION_GOAL",
            Self::Send => "SEND",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The scope whose consent it needs; a send needs none.
    #[must_use]
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::EmailOpen => Some(Scope::EmailOpen),
            Self::EmailClick => Some(Scope::EmailClick),
            Self::SmsClick => Some(Scope::SmsClick),
            Self::WebsiteVisit => Some(Scope::WebsiteVisit),
            Self::TransactionGoal => Some(Scope::TransactionGoal),
            Self::Send => None,
        }
    }
}

/// What of an interaction is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interaction {
    /// What was done.
    pub kind: InteractionKind,
    /// When. A plan asks about now, whatever stands here.
    pub occurred_at: Instant,
    /// Whether the link clicked is one of the message's functional links.
    pub functional: bool,
    /// Whether a machine did it (proxy, prefetch, scanner).
    pub automated: bool,
}

/// Something that says of itself what interaction it is, so that it is judged by its own facts.
pub trait Behaviour {
    /// What it is.
    fn interaction(&self) -> Interaction;
}

impl Behaviour for Interaction {
    fn interaction(&self) -> Interaction {
        *self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tracked_kind_has_a_scope_of_its_own_name() {
        for kind in InteractionKind::ALL {
            assert_eq!(InteractionKind::named(kind.name()), Some(kind));
            assert_eq!(kind.scope().is_some(), InteractionKind::TRACKED.contains(&kind));
            assert!(kind.scope().is_none_or(|scope| scope.name() == kind.name()));
        }
        assert_eq!(InteractionKind::named("SOMETHING"), None);
    }
}
