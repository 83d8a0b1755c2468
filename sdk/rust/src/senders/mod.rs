//! Reads the events that senders report by webhook, and makes interactions of those that are some.
//!
//! What is read is what the senders' public documentation shows: [`sendgrid`] and [`brevo`] say which pages. An open or a click
//! becomes an [`Interaction`] whose id follows from the event, so that one that is reported twice is recorded once; an open
//! that the sender itself tells as a machine's is flagged. That somebody unsubscribed or complained is told apart ([`Stop`]):
//! what it means for which consent is the caller's to say and to record. Everything else concerns no consent ([`Event::Other`]).
//!
//! ```
//! use assent_sdk::senders::{Event, Fields, Sender, read};
//!
//! let fields = Fields::message_in("X-Mailin-custom").link("https://shop.example/autumn", "offer");
//! let line = concat!(
//!     r#"{"event": "click", "email": "ada@example.org", "id": 7, "message-id": "<1@relay>", "ts_event": 1795253400, "#,
//!     r#""X-Mailin-custom": "autumn", "link": "https://shop.example/autumn?for=ada"}"#,
//! );
//! for event in read(Sender::Brevo, line.as_bytes(), &fields) {
//!     match event? {
//!         Event::Interaction(interaction) => println!("{:?}", interaction.what),
//!         Event::Stop(stop) => println!("{:?}", stop.kind),
//!         _ => {}
//!     }
//! }
//! # Ok::<(), assent_sdk::senders::Malformed>(())
//! ```
//!
//! Deliberately not here: receiving webhooks and checking who sent them (both senders document how), SMS events, and sends:
//! whoever sends knows the pixel and the links that a message went out with, a sender's report does not. The address of
//! whoever opened or clicked is never taken over.

pub mod brevo;
mod fact;
mod lines;
pub mod sendgrid;
#[cfg(test)]
mod tests;

pub use lines::{LINE_BYTES, read};

use std::collections::BTreeMap;
use std::fmt;

use crate::interaction::{Click, Interaction, InteractionId, What};
use crate::time::Instant;
use fact::Fact;

/// Whose events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sender {
    /// Twilio SendGrid's Event Webhook.
    SendGrid,
    /// Brevo's transactional and marketing email webhooks.
    Brevo,
}

/// Where an event names the profile and the message, and what its links are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    profile: String,
    message: String,
    links: BTreeMap<String, String>,
}

impl Fields {
    /// The message's id stands in that field of an event: text, a number, or a list whose first is one. The profile's stands in
    /// `email`.
    #[must_use]
    pub fn message_in(field: impl Into<String>) -> Self {
        Self { profile: "email".to_owned(), message: field.into(), links: BTreeMap::new() }
    }

    /// The profile's id stands in that field instead of `email`.
    #[must_use]
    pub fn profile_in(mut self, field: impl Into<String>) -> Self {
        self.profile = field.into();
        self
    }

    /// Says which of the message's links an address is. Addresses are compared up to their first `?` or `#`, since what follows
    /// may name the person. A link that is not listed is told as not known: list the functional ones, or clicks on them are
    /// recorded like others.
    #[must_use]
    pub fn link(mut self, address: impl Into<String>, link_id: impl Into<String>) -> Self {
        let address = address.into();
        self.links.insert(plain(&address).to_owned(), link_id.into());
        self
    }

    fn link_of(&self, address: &str) -> Option<&String> {
        self.links.get(plain(address))
    }
}

/// An address up to its query or fragment.
fn plain(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or_default()
}

/// What one event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Somebody did something: record it.
    Interaction(Box<Interaction>),
    /// Somebody wants no more of it: for the caller to record as an answer.
    Stop(Stop),
    /// It concerns no consent and no behaviour, such as a delivery: the sender's name of it.
    Other(&'static str),
}

/// Somebody wants no more mail.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stop {
    /// Whose it is.
    pub profile: String,
    /// When it occurred.
    pub occurred_at: Instant,
    /// In what way.
    pub kind: StopKind,
}

/// In what way somebody wants no more mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StopKind {
    /// They unsubscribed.
    Unsubscribe,
    /// They unsubscribed from one group of mails of the sender's (SendGrid).
    GroupUnsubscribe,
    /// They reported it as spam.
    Complaint,
}

/// An event that cannot be understood. It shows no value of the event, so it is safe to log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("line {line}, event {place}: {defect}")]
#[non_exhaustive]
pub struct Malformed {
    /// The line, from 1.
    pub line: u64,
    /// The event within the line, from 1; 0: the whole line.
    pub place: u64,
    /// What is wrong.
    pub defect: Defect,
}

/// What is wrong with an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Defect {
    /// The file cannot be read on.
    Unreadable,
    /// The line is longer than [`LINE_BYTES`].
    TooLong,
    /// The line is not JSON.
    NotJson,
    /// It is neither an event (a JSON object) nor a list of them.
    NotAnEvent,
    /// It is of a kind that the sender's documentation did not show.
    UnknownKind,
    /// The field is missing, or empty.
    Missing(String),
    /// The field holds something of another kind: text where a time should be, a list of lists.
    Wrong(String),
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("cannot be read"),
            Self::TooLong => write!(f, "longer than {LINE_BYTES} bytes"),
            Self::NotJson => f.write_str("not JSON"),
            Self::NotAnEvent => f.write_str("neither an event nor a list of events"),
            Self::UnknownKind => f.write_str("an event of no documented kind"),
            Self::Missing(field) => write!(f, "{field} is missing"),
            Self::Wrong(field) => write!(f, "{field} is of the wrong kind"),
        }
    }
}

/// What an open or a click of any sender comes to.
struct Deed<'a> {
    fact: &'a Fact<'a>,
    fields: &'a Fields,
    id: InteractionId,
    occurred_at: Instant,
}

impl Deed<'_> {
    fn open(&self) -> Result<Interaction, Defect> {
        let message_id = self.fact.required(&self.fields.message)?;
        self.by_somebody(What::EmailOpen { message_id })
    }

    fn click(&self, address: Option<String>) -> Result<Interaction, Defect> {
        let mut click = Click::in_message(self.fact.required(&self.fields.message)?);
        click.link_id = address.and_then(|address| self.fields.link_of(&address).cloned());
        self.by_somebody(What::EmailClick(click))
    }

    /// A profile's field that is there and empty names nobody: senders hide whom a proxy opened for.
    fn by_somebody(&self, what: What) -> Result<Interaction, Defect> {
        let interaction = Interaction::new(String::new(), self.occurred_at, what).id(self.id);
        Ok(match self.fact.optional(&self.fields.profile)? {
            Some(profile) => Interaction { profile: Some(profile), ..interaction },
            None if self.fact.has(&self.fields.profile) => interaction.of_nobody(),
            None => return Err(Defect::Missing(self.fields.profile.clone())),
        })
    }
}

/// Somebody's wish for no more; it must name them.
fn stop(fact: &Fact<'_>, fields: &Fields, occurred_at: Instant, kind: StopKind) -> Result<Event, Defect> {
    Ok(Event::Stop(Stop { profile: fact.required(&fields.profile)?, occurred_at, kind }))
}
