//! Messages: one content for many profiles. Fixed at its first plan or send, so that nobody claims an
//! exemption afterwards. A message that nobody declared is judged as the strictest: class `MARKETING`,
//! basis `SOFT_OPT_IN`, mode sent unknown.

use crate::ceiling::Ceiling;
use crate::id::{CampaignId, LinkId, MessageId, WebsiteId};

mod statement;

pub use statement::Statement;

/// Through what it goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Email.
    Email,
    /// SMS: it has no pixel.
    Sms,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Email, Self::Sms];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Sms => "SMS",
        }
    }

    /// The channel of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// What it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageClass {
    /// It promotes something.
    Marketing,
    /// It serves a transaction.
    Transactional,
    /// The sender is legally bound to send it.
    ServiceLegal,
    /// It secures an account.
    Security,
    /// It asks for consent: it carries no tracking.
    ConsentRequest,
    /// It tells of tracking: it carries none.
    Notice,
}

impl MessageClass {
    /// Every class.
    pub const ALL: [Self; 6] = [
        Self::Marketing,
        Self::Transactional,
        Self::ServiceLegal,
        Self::Security,
        Self::ConsentRequest,
        Self::Notice,
    ];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Transactional => "TRANSACTIONAL",
            Self::ServiceLegal => "SERVICE_LEGAL",
            Self::Security => "SECURITY",
            Self::ConsentRequest => "CONSENT_REQUEST",
            Self::Notice => "NOTICE",
        }
    }

    /// The class of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether a message of this class may carry tracking at all: the mail that asks or tells may not.
    #[must_use]
    pub const fn may_carry_tracking(self) -> bool {
        !matches!(self, Self::ConsentRequest | Self::Notice)
    }
}

/// On what ground it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SendingBasis {
    /// The person's MARKETING grant.
    Consent,
    /// A customer who did not object.
    SoftOptIn,
    /// The person asked for it.
    RequestedService,
    /// The law demands it.
    LegalDuty,
    /// The sender's own interest.
    LegitimateInterest,
}

impl SendingBasis {
    /// Every basis.
    pub const ALL: [Self; 5] =
        [Self::Consent, Self::SoftOptIn, Self::RequestedService, Self::LegalDuty, Self::LegitimateInterest];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Consent => "CONSENT",
            Self::SoftOptIn => "SOFT_OPT_IN",
            Self::RequestedService => "REQUESTED_SERVICE",
            Self::LegalDuty => "LEGAL_DUTY",
            Self::LegitimateInterest => "LEGITIMATE_INTEREST",
        }
    }

    /// The basis of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.name() == name)
    }
}

/// A declared message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// Through what it goes out.
    pub channel: Channel,
    /// Its campaign.
    pub campaign: Option<CampaignId>,
    /// The website it leads to.
    pub website: Option<WebsiteId>,
    /// What it is for.
    pub class: MessageClass,
    /// On what ground it is sent.
    pub basis: SendingBasis,
    /// Its ceiling, for every kind.
    pub ceiling: Ceiling,
    /// Its functional links (unsubscribe, tracking withdrawal, preference centre, password reset, double
    /// opt-in): always served, never stored.
    pub functional_links: Vec<LinkId>,
    /// What it says, if it tells or asks; of another class it says nothing.
    pub statement: Statement,
}

impl Message {
    /// Whether `link` is one of its functional links.
    #[must_use]
    pub fn is_functional(&self, link: &LinkId) -> bool {
        self.functional_links.contains(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_round() {
        assert!(Channel::ALL.into_iter().all(|one| Channel::named(one.name()) == Some(one)));
        assert!(MessageClass::ALL.into_iter().all(|one| MessageClass::named(one.name()) == Some(one)));
        assert!(SendingBasis::ALL.into_iter().all(|one| SendingBasis::named(one.name()) == Some(one)));
    }

    #[test]
    fn only_declared_links_are_functional() {
        let link = |id: &str| LinkId::new(id).unwrap();
        let message = Message {
            id: MessageId::new("m").unwrap(),
            channel: Channel::Email,
            campaign: None,
            website: None,
            class: MessageClass::Marketing,
            basis: SendingBasis::Consent,
            ceiling: Ceiling::Default,
            functional_links: vec![link("unsubscribe")],
            statement: Statement::default(),
        };
        assert!(message.is_functional(&link("unsubscribe")));
        assert!(!message.is_functional(&link("offer")));
    }
}
