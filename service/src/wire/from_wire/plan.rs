//! Recipients of a send that is to be planned.

use assent_domain::id::{InteractionId, ProfileId};
use assent_domain::mode::Sent;
use assent_domain::time::Instant;
use assent_proto::v1;
use assent_proto::validate::{Path, Validate};

use super::{Misfit, interaction, item, profile, time};
use crate::failure::{Failure, Outcome, Violation};

/// The field that holds the recipients of a call.
const ITEMS: &str = "recipients";

/// A recipient that is as the contract asks.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// The person.
    pub profile: ProfileId,
    /// The modes asked for.
    pub asked: Sent,
    /// The caller's id of the send.
    pub id: Option<InteractionId>,
    /// When it goes out.
    pub sent_at: Option<Instant>,
}

/// The recipient at `index` of a call that arrived at `now`; `recorded`: its send is to be recorded.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn recipient(told: &v1::PlanRecipient, index: usize, recorded: bool, now: Instant) -> Outcome<Recipient> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item::as_fields(told.violations_as_item(ITEMS, index));
    let given = [("interaction_id", told.interaction_id.is_some()), ("sent_at", told.sent_at.is_some())];
    for (field, _) in given.into_iter().filter(|(_, given)| *given && !recorded) {
        let text = "is not allowed here; expected: record_sends beside it";
        wrong.push(Violation::new(path.field(field).as_str(), text));
    }
    let sent_at = told.sent_at.as_ref().and_then(time::instant);
    if let Some(text) = sent_at.and_then(|at| interaction::misdated(at, true, now)) {
        wrong.push(Violation::new(path.field("sent_at").as_str(), text));
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    read(told, sent_at).map_err(|misfit| misfit.at(path.as_str()))
}

/// What the recipient at `index` was told whose send was dated too far ahead.
#[must_use]
pub fn ahead(index: usize) -> Failure {
    Failure::invalid(Path::item(ITEMS, index).field("sent_at").as_str(), interaction::AHEAD)
}

fn read(told: &v1::PlanRecipient, sent_at: Option<Instant>) -> Result<Recipient, Misfit> {
    let id = |text: &String| uuid::Uuid::try_parse(text).map_err(|_| Misfit::of("interaction_id"));
    let id = told.interaction_id.as_ref().map(id).transpose()?;
    Ok(Recipient {
        profile: profile::profile(told.profile.as_ref())?,
        asked: interaction::modes(told.pixel, told.links)?,
        id: id.map(|id| InteractionId(id.into_bytes())),
        sent_at,
    })
}
