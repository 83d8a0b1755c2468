//! An interaction as a caller reports it, and as it stands once recorded: ids only. The facts behind the
//! ids are looked up, never carried.

use super::{Behaviour, Interaction, InteractionKind};
use crate::id::{
    CampaignId, GoalId, InteractionId, LinkId, MessageId, OrderId, ProfileId, TableId, WebsiteId,
};
use crate::mode::Sent;
use crate::reason::Reason;
use crate::record::PolicyVersion;
use crate::time::{Instant, Span};

/// How far ahead of the server's clock an interaction may be dated: 5 minutes.
pub const MAX_AHEAD: Span = Span::from_minutes(5);

/// How far back a send may be dated: 10 years. What people did is bounded by its retention instead.
pub const SEND_MAX_BACK: Span = Span::from_days(3653);

/// A currency: three upper-case letters (ISO 4217).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The currency of that code; `None` if it is not three upper-case letters.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes))
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        // Three ASCII letters are always UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// In the currency's minor unit (cents for EUR, yen for JPY).
    pub minor_units: i64,
    /// The currency.
    pub currency: Currency,
}

/// What was done, with the ids that go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// An email was opened.
    EmailOpen {
        /// The message.
        message: MessageId,
    },
    /// A link in an email was clicked.
    EmailClick(Click),
    /// A link in an SMS message was clicked.
    SmsClick(Click),
    /// A website was visited.
    WebsiteVisit {
        /// The website.
        website: WebsiteId,
        /// The message that led there.
        message: Option<MessageId>,
    },
    /// A transaction reached a goal.
    TransactionGoal {
        /// The goal.
        goal: GoalId,
        /// What it was worth.
        amount: Option<Money>,
        /// The order.
        order: Option<OrderId>,
        /// The website it was reached on.
        website: Option<WebsiteId>,
        /// The message that led there.
        message: Option<MessageId>,
    },
    /// We sent a message.
    Send {
        /// The message.
        message: MessageId,
        /// The mode it went out with.
        sent: Sent,
    },
}

/// A click on a link of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// The message.
    pub message: MessageId,
    /// The link within it.
    pub link: Option<LinkId>,
    /// The website it leads to, if not the message's own.
    pub website: Option<WebsiteId>,
}

impl What {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> InteractionKind {
        match self {
            Self::EmailOpen { .. } => InteractionKind::EmailOpen,
            Self::EmailClick(_) => InteractionKind::EmailClick,
            Self::SmsClick(_) => InteractionKind::SmsClick,
            Self::WebsiteVisit { .. } => InteractionKind::WebsiteVisit,
            Self::TransactionGoal { .. } => InteractionKind::TransactionGoal,
            Self::Send { .. } => InteractionKind::Send,
        }
    }

    /// The message it names.
    #[must_use]
    pub const fn message(&self) -> Option<&MessageId> {
        match self {
            Self::EmailOpen { message } | Self::Send { message, .. } => Some(message),
            Self::EmailClick(click) | Self::SmsClick(click) => Some(&click.message),
            Self::WebsiteVisit { message, .. } | Self::TransactionGoal { message, .. } => message.as_ref(),
        }
    }

    /// The link it names.
    #[must_use]
    pub const fn link(&self) -> Option<&LinkId> {
        match self {
            Self::EmailClick(click) | Self::SmsClick(click) => click.link.as_ref(),
            _ => None,
        }
    }

    /// The website it names.
    #[must_use]
    pub const fn website(&self) -> Option<&WebsiteId> {
        match self {
            Self::EmailClick(click) | Self::SmsClick(click) => click.website.as_ref(),
            Self::WebsiteVisit { website, .. } => Some(website),
            Self::TransactionGoal { website, .. } => website.as_ref(),
            Self::EmailOpen { .. } | Self::Send { .. } => None,
        }
    }

    /// The goal it names.
    #[must_use]
    pub const fn goal(&self) -> Option<&GoalId> {
        match self {
            Self::TransactionGoal { goal, .. } => Some(goal),
            _ => None,
        }
    }
}

/// With what it was done. Never part of the recorded row: it is kept as the profile's last one alone.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceSeen {
    /// The device, as the caller names it.
    pub device: Option<String>,
    /// The user agent.
    pub user_agent: Option<String>,
}

hidden!(DeviceSeen);

/// An interaction as it is reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The caller's id of it; with `occurred_at` what it is known by.
    pub id: InteractionId,
    /// When it occurred.
    pub occurred_at: Instant,
    /// Whose it is; absent: the request names nobody.
    pub profile: Option<ProfileId>,
    /// What was done.
    pub what: What,
    /// The campaign it names, if not its message's own.
    pub campaign: Option<CampaignId>,
    /// Whether a machine did it.
    pub automated: bool,
    /// Whether its link is one of its message's functional links.
    pub functional: bool,
    /// With what it was done.
    pub device: Option<DeviceSeen>,
}

impl Behaviour for Reported {
    fn interaction(&self) -> Interaction {
        Interaction {
            kind: self.what.kind(),
            occurred_at: self.occurred_at,
            functional: self.functional,
            automated: self.automated,
        }
    }
}

/// An interaction on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The profile table.
    pub table: TableId,
    /// What was reported, without the device.
    pub interaction: Reported,
    /// When the server recorded it.
    pub recorded_at: Instant,
    /// Why it was recorded.
    pub reason: Reason,
    /// The policy that decided.
    pub policy: PolicyVersion,
}

impl Behaviour for Recorded {
    fn interaction(&self) -> Interaction {
        self.interaction.interaction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_three_upper_case_letters() {
        assert_eq!(Currency::new("EUR").map(|euro| euro.code().to_owned()), Some("EUR".to_owned()));
        for wrong in ["", "EU", "EURO", "eur", "E1R", "€"] {
            assert_eq!(Currency::new(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_kind_names_what_it_is_about_and_nothing_else() {
        let message = || MessageId::new("m").unwrap();
        let website = || WebsiteId::new("w").unwrap();
        let click = || Click { message: message(), link: LinkId::new("l").ok(), website: Some(website()) };
        let goal = GoalId::new("g").unwrap();
        let bought = What::TransactionGoal {
            goal: goal.clone(),
            amount: None,
            order: None,
            website: Some(website()),
            message: Some(message()),
        };
        let all = [
            (What::EmailOpen { message: message() }, "mail", ""),
            (What::EmailClick(click()), "mail", "link site"),
            (What::SmsClick(click()), "mail", "link site"),
            (What::WebsiteVisit { website: website(), message: None }, "", "site"),
            (bought, "mail", "site goal"),
            (What::Send { message: message(), sent: Sent::default() }, "mail", ""),
        ];
        for ((what, mail, rest), kind) in all.into_iter().zip(InteractionKind::ALL) {
            assert_eq!(what.kind(), kind);
            assert_eq!(what.message().is_some(), mail == "mail", "{}", kind.name());
            assert_eq!(what.link().is_some(), rest.contains("link"), "{}", kind.name());
            assert_eq!(what.website().is_some(), rest.contains("site"), "{}", kind.name());
            assert_eq!(what.goal().is_some_and(|found| *found == goal), rest.contains("goal"));
        }
    }
}
