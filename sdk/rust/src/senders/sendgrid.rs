//! Twilio SendGrid's Event Webhook: a list of events a request, as its reference shows them
//! (<https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event>, read in November 2026).
//!
//! - `open` and `click` are interactions; `sg_machine_open` tells an open that Apple's Mail Privacy Protection made.
//! - The id follows from `sg_event_id`, which SendGrid gives each event once, "for deduplication purposes"
//!   ([`InteractionId::of_event`] of `sendgrid` and it), and from `timestamp`.
//! - Custom arguments (`unique_args`, `custom_args`) stand in the event itself; [`Fields`] may name one for the message or the
//!   profile. SendGrid asks for no personal data in arguments and categories: put an opaque id there.
//! - `unsubscribe`, `group_unsubscribe` and `spamreport` are told apart. A `group_resubscribe` proves no consent: it is told as
//!   another event.

use super::fact::{Fact, USER_AGENT_BYTES};
use super::{Deed, Defect, Event, Fields, StopKind, stop};
use crate::interaction::InteractionId;

/// The documented events that are neither behaviour nor a stop.
const OTHERS: [&str; 7] =
    ["processed", "delivered", "deferred", "bounce", "dropped", "group_resubscribe", "account_status_change"];

pub(super) fn event(fact: &Fact<'_>, fields: &Fields) -> Result<Event, Defect> {
    let name = fact.required("event")?;
    match name.as_str() {
        "open" | "click" => deed(fact, fields, name == "open"),
        "unsubscribe" => stop(fact, fields, fact.seconds("timestamp")?, StopKind::Unsubscribe),
        "group_unsubscribe" => stop(fact, fields, fact.seconds("timestamp")?, StopKind::GroupUnsubscribe),
        "spamreport" => stop(fact, fields, fact.seconds("timestamp")?, StopKind::Complaint),
        _ => OTHERS.into_iter().find(|other| *other == name).map(Event::Other).ok_or(Defect::UnknownKind),
    }
}

fn deed(fact: &Fact<'_>, fields: &Fields, opened: bool) -> Result<Event, Defect> {
    let occurred_at = fact.seconds("timestamp")?;
    let id = InteractionId::of_event(occurred_at, "sendgrid", &[&fact.required("sg_event_id")?]);
    let deed = Deed { fact, fields, id, occurred_at };
    let mut interaction = if opened { deed.open()? } else { deed.click(fact.optional("url")?)? };
    interaction.automated = opened && fact.flag("sg_machine_open")?;
    interaction.user_agent = fact.line("useragent", USER_AGENT_BYTES);
    Ok(Event::Interaction(Box::new(interaction)))
}
