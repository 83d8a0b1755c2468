//! Brevo's webhooks for email: an event a request, or a list of them where batches are on, as its documentation shows them
//! (<https://developers.brevo.com/docs/transactional-webhooks>, <https://developers.brevo.com/docs/marketing-webhooks>,
//! <https://developers.brevo.com/docs/batch-webhooks>, read in November 2026).
//!
//! - `opened`, `unique_opened` and `click` are interactions; `proxy_open` and `unique_proxy_open` are a machine's. A proxy's may
//!   come with an empty `email`: it names nobody.
//! - Time is `ts_event`, in seconds UTC. Not `date`, which is local time, nor `ts_epoch`, which the documentation shows both in
//!   seconds and in milliseconds.
//! - No event has an id of its own: `id` is the webhook's. The interaction's id follows from what tells one event from another
//!   ([`InteractionId::of_event`] of `brevo`, the event's name without `unique_`, `message-id` or else `camp_id`, `email`, the
//!   address that was clicked) and from `ts_event`. So a retry (Brevo makes up to four) is the same interaction, and so is the
//!   first opening, told as `unique_opened`, when it is told as `opened` too.
//! - The address that was clicked is `link` of a transactional event and `URL` of a marketing one.
//! - `unsubscribed`, and `spam` or `complaint`, are told apart.
//! - For the message, [`Fields`](super::Fields) may name `X-Mailin-custom` (a header of the caller's own), `tags`,
//!   `template_id`, or for marketing `camp_id`.

use super::fact::{DEVICE_BYTES, Fact, USER_AGENT_BYTES};
use super::{Deed, Defect, Event, Fields, StopKind, stop};
use crate::interaction::InteractionId;

/// The documented events that are neither behaviour nor a stop.
const OTHERS: [&str; 13] = [
    "request",
    "delivered",
    "deferred",
    "soft_bounce",
    "hard_bounce",
    "soft_bounced",
    "hard_bounced",
    "invalid_email",
    "blocked",
    "error",
    "list_addition",
    "contact_updated",
    "contact_deleted",
];

pub(super) fn event(fact: &Fact<'_>, fields: &Fields) -> Result<Event, Defect> {
    let name = fact.required("event")?;
    let name = name.strip_prefix("unique_").unwrap_or(&name);
    match name {
        "opened" | "proxy_open" | "click" => deed(fact, fields, name),
        "unsubscribed" => stop(fact, fields, fact.seconds("ts_event")?, StopKind::Unsubscribe),
        "spam" | "complaint" => stop(fact, fields, fact.seconds("ts_event")?, StopKind::Complaint),
        _ => OTHERS.into_iter().find(|other| *other == name).map(Event::Other).ok_or(Defect::UnknownKind),
    }
}

fn deed(fact: &Fact<'_>, fields: &Fields, name: &str) -> Result<Event, Defect> {
    let occurred_at = fact.seconds("ts_event")?;
    let sent = match fact.optional("message-id")? {
        Some(id) => id,
        None => fact.optional("camp_id")?.ok_or_else(|| Defect::Missing("message-id".to_owned()))?,
    };
    let email = fact.optional("email")?.unwrap_or_default();
    let address = match fact.optional("link")? {
        Some(address) => Some(address),
        None => fact.optional("URL")?,
    };
    let link = address.as_deref().unwrap_or_default();
    let id = InteractionId::of_event(occurred_at, "brevo", &[name, &sent, &email, link]);
    let deed = Deed { fact, fields, id, occurred_at };
    let mut interaction = if name == "click" { deed.click(address)? } else { deed.open()? };
    interaction.automated = name == "proxy_open";
    interaction.device = fact.line("device_used", DEVICE_BYTES);
    interaction.user_agent = fact.line("user_agent", USER_AGENT_BYTES);
    Ok(Event::Interaction(Box::new(interaction)))
}
