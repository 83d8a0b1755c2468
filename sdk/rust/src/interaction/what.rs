//! What was done, kind by kind. Everything is an id; what stands behind it is declared by the settings.

use assent_proto::v1;

use crate::error::{Error, Result};
use crate::verdict::InteractionKind;
use crate::word::{Word, words};

words! {
    /// Which pixel a message went out with.
    PixelMode = v1::PixelMode, "PIXEL_MODE_" {
        /// One that names the profile.
        Identified,
        /// One that names the profile, for the exempt last-open day and nothing else, even after a later grant.
        ExemptLastOpen,
        /// The same for all recipients.
        Shared,
        /// None.
        None,
    }
}

words! {
    /// Which links a message went out with.
    LinkMode = v1::LinkMode, "LINK_MODE_" {
        /// Links that name the profile.
        Tracked,
        /// Links as they are.
        Plain,
    }
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Money {
    /// The amount in the currency's minor unit (cents for EUR, yen for JPY), 0 or more.
    pub minor_units: i64,
    /// The currency: three upper-case letters (ISO 4217).
    pub currency: String,
}

impl Money {
    /// So many of a currency's minor unit.
    #[must_use]
    pub fn new(minor_units: i64, currency: impl Into<String>) -> Self {
        Self { minor_units, currency: currency.into() }
    }
}

/// A click on a link of a message, which need not be declared: the strictest reading applies then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Click {
    /// The message, 1 to 128 bytes.
    pub message_id: String,
    /// The link within the message, 1 to 128 bytes; one that the message declares as functional is never stored. Absent: not
    /// known.
    pub link_id: Option<String>,
    /// The website it leads to, 1 to 128 bytes, if not the message's own. Absent: none beside that.
    pub website_id: Option<String>,
}

impl Click {
    /// A click on a link that is not known.
    #[must_use]
    pub fn in_message(id: impl Into<String>) -> Self {
        Self { message_id: id.into(), link_id: None, website_id: None }
    }

    /// Names the link within the message.
    #[must_use]
    pub fn link(mut self, id: impl Into<String>) -> Self {
        self.link_id = Some(id.into());
        self
    }

    /// Names the website it leads to, if not the message's own.
    #[must_use]
    pub fn website(mut self, id: impl Into<String>) -> Self {
        self.website_id = Some(id.into());
        self
    }
}

/// A goal that a transaction reached.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Goal {
    /// The goal, 1 to 128 bytes.
    pub goal_id: String,
    /// What the transaction was worth. Absent: not said.
    pub amount: Option<Money>,
    /// The order, 1 to 128 bytes. Absent: not said.
    pub order_id: Option<String>,
    /// The website it was reached on, 1 to 128 bytes. Absent: none is known.
    pub website_id: Option<String>,
    /// The message that led there, 1 to 128 bytes. Absent: none is known.
    pub message_id: Option<String>,
}

impl Goal {
    /// The goal of that id, and nothing more.
    #[must_use]
    pub fn reached(id: impl Into<String>) -> Self {
        Self { goal_id: id.into(), amount: None, order_id: None, website_id: None, message_id: None }
    }

    /// Says what the transaction was worth.
    #[must_use]
    pub fn amount(mut self, amount: Money) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Names the order.
    #[must_use]
    pub fn order(mut self, id: impl Into<String>) -> Self {
        self.order_id = Some(id.into());
        self
    }

    /// Names the website it was reached on.
    #[must_use]
    pub fn website(mut self, id: impl Into<String>) -> Self {
        self.website_id = Some(id.into());
        self
    }

    /// Names the message that led there.
    #[must_use]
    pub fn message(mut self, id: impl Into<String>) -> Self {
        self.message_id = Some(id.into());
        self
    }
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// An email was opened.
    #[non_exhaustive]
    EmailOpen {
        /// The message, 1 to 128 bytes. It need not be declared; the strictest reading applies then.
        message_id: String,
    },
    /// A link in an email was clicked.
    EmailClick(Click),
    /// A link in an SMS message was clicked.
    SmsClick(Click),
    /// A website was visited.
    #[non_exhaustive]
    WebsiteVisit {
        /// The website, 1 to 128 bytes. One that nobody declared has no ceiling and adds no policy.
        website_id: String,
        /// The message that led there, 1 to 128 bytes. Absent: none is known.
        message_id: Option<String>,
    },
    /// A transaction reached a goal.
    TransactionGoal(Goal),
    /// A message was sent to the profile. The first send of a message fixes it: nobody can declare or change it any more.
    #[non_exhaustive]
    MessageSent {
        /// The message, 1 to 128 bytes.
        message_id: String,
        /// The pixel it went out with. Absent: not known; it sets no ceiling and never allows the exempt last-open day.
        pixel: Option<PixelMode>,
        /// The links it went out with. Absent: not known; it sets no ceiling.
        links: Option<LinkMode>,
    },
}

impl What {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> InteractionKind {
        match self {
            Self::EmailOpen { .. } => InteractionKind::EmailOpen,
            Self::EmailClick(_) => InteractionKind::EmailClick,
            Self::SmsClick(_) => InteractionKind::SmsClick,
            Self::WebsiteVisit { .. } => InteractionKind::WebsiteVisit,
            Self::TransactionGoal(_) => InteractionKind::TransactionGoal,
            Self::MessageSent { .. } => InteractionKind::Send,
        }
    }

    pub(super) fn into_wire(self) -> v1::interaction::What {
        use v1::interaction::What as Wire;
        match self {
            Self::EmailOpen { message_id } => Wire::EmailOpen(v1::EmailOpen { message_id }),
            Self::EmailClick(Click { message_id, link_id, website_id }) => {
                Wire::EmailClick(v1::EmailClick { message_id, link_id, website_id })
            }
            Self::SmsClick(Click { message_id, link_id, website_id }) => {
                Wire::SmsClick(v1::SmsClick { message_id, link_id, website_id })
            }
            Self::WebsiteVisit { website_id, message_id } => {
                Wire::WebsiteVisit(v1::WebsiteVisit { website_id, message_id })
            }
            Self::TransactionGoal(Goal { goal_id, amount, order_id, website_id, message_id }) => {
                let amount = amount.map(|Money { minor_units, currency }| v1::Money {
                    minor_units,
                    currency_code: currency,
                });
                Wire::TransactionGoal(v1::TransactionGoal {
                    goal_id,
                    amount,
                    order_id,
                    website_id,
                    message_id,
                })
            }
            Self::MessageSent { message_id, pixel, links } => Wire::Send(v1::MessageSent {
                message_id,
                pixel: pixel.map_or(0, Word::to_wire),
                links: links.map_or(0, Word::to_wire),
            }),
        }
    }

    pub(super) fn from_wire(wire: Option<v1::interaction::What>) -> Result<Self> {
        use v1::interaction::What as Wire;
        Ok(match wire.ok_or_else(|| Error::unintelligible("interaction.what"))? {
            Wire::EmailOpen(v1::EmailOpen { message_id }) => Self::EmailOpen { message_id },
            Wire::EmailClick(v1::EmailClick { message_id, link_id, website_id }) => {
                Self::EmailClick(Click { message_id, link_id, website_id })
            }
            Wire::SmsClick(v1::SmsClick { message_id, link_id, website_id }) => {
                Self::SmsClick(Click { message_id, link_id, website_id })
            }
            Wire::WebsiteVisit(v1::WebsiteVisit { website_id, message_id }) => {
                Self::WebsiteVisit { website_id, message_id }
            }
            Wire::TransactionGoal(goal) => Self::TransactionGoal(Goal {
                goal_id: goal.goal_id,
                amount: goal.amount.map(|amount| Money::new(amount.minor_units, amount.currency_code)),
                order_id: goal.order_id,
                website_id: goal.website_id,
                message_id: goal.message_id,
            }),
            Wire::Send(v1::MessageSent { message_id, pixel, links }) => Self::MessageSent {
                message_id,
                pixel: (pixel != 0).then(|| PixelMode::from_wire(pixel)),
                links: (links != 0).then(|| LinkMode::from_wire(links)),
            },
        })
    }
}
