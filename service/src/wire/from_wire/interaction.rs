//! Interactions as they are reported.

use assent_domain::id::{CampaignId, GoalId, IdError, InteractionId, LinkId, MessageId, OrderId, WebsiteId};
use assent_domain::interaction::{
    Click, Currency, DeviceSeen, MAX_AHEAD, Money, Reported, SEND_MAX_BACK, What,
};
use assent_domain::mode::{LinkMode, PixelMode, Sent};
use assent_domain::time::Instant;
use assent_proto::v1::{self, interaction::What as Told};
use assent_proto::validate::{Path, Validate};

use super::{Misfit, item, profile, time};
use crate::failure::{Failure, Outcome, Violation};

/// The field that holds the interactions of a call.
const ITEMS: &str = "interactions";

/// The interaction at `index` of a call that arrived at `now`.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn reported(told: &v1::Interaction, index: usize, now: Instant) -> Outcome<Reported> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item::as_fields(told.violations_as_item(ITEMS, index));
    let occurred_at = told.occurred_at.as_ref().and_then(time::instant);
    let is_send = matches!(told.what, Some(Told::Send(_)));
    if let Some(text) = occurred_at.and_then(|at| misdated(at, is_send, now)) {
        wrong.push(Violation::new(path.field("occurred_at").as_str(), text));
    }
    if is_send && told.profile.is_none() {
        wrong.push(Violation::new(
            path.field("profile").as_str(),
            "is missing; expected: whom it was sent to",
        ));
    }
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    read(told).map_err(|misfit| misfit.at(path.as_str()))
}

/// What is wrong with an instant that lies too far ahead.
pub(super) const AHEAD: &str = "is out of range; expected: at most 5 minutes ahead of the server's clock";

/// What is wrong with the instant of something reported at `now`.
pub(super) fn misdated(at: Instant, is_send: bool, now: Instant) -> Option<&'static str> {
    if at > now.plus(MAX_AHEAD) {
        return Some(AHEAD);
    }
    let too_old = is_send && at < now.minus(SEND_MAX_BACK);
    too_old.then_some("is out of range; expected: for a send at most 10 years ago")
}

fn read(told: &v1::Interaction) -> Result<Reported, Misfit> {
    let id = uuid::Uuid::try_parse(&told.interaction_id).map_err(|_| Misfit::of("interaction_id"))?;
    let occurred_at = told.occurred_at.as_ref().and_then(time::instant).ok_or(Misfit::of("occurred_at"))?;
    let seen = DeviceSeen { device: told.device.clone(), user_agent: told.user_agent.clone() };
    Ok(Reported {
        id: InteractionId(id.into_bytes()),
        occurred_at,
        profile: told.profile.as_ref().map(|key| profile::profile(Some(key))).transpose()?,
        what: what(told.what.as_ref().ok_or(Misfit::of("what"))?)?,
        campaign: optional("campaign_id", told.campaign_id.as_deref(), CampaignId::new)?,
        automated: told.automated,
        functional: false,
        device: (seen.device.is_some() || seen.user_agent.is_some()).then_some(seen),
    })
}

fn what(told: &Told) -> Result<What, Misfit> {
    let message = |id: &str| required("message_id", id, MessageId::new);
    let message_or_none = |id: Option<&str>| optional("message_id", id, MessageId::new);
    let website_or_none = |id: Option<&str>| optional("website_id", id, WebsiteId::new);
    let link_or_none = |id: Option<&str>| optional("link_id", id, LinkId::new);
    Ok(match told {
        Told::EmailOpen(open) => What::EmailOpen { message: message(&open.message_id)? },
        Told::EmailClick(click) => What::EmailClick(Click {
            message: message(&click.message_id)?,
            link: link_or_none(click.link_id.as_deref())?,
            website: website_or_none(click.website_id.as_deref())?,
        }),
        Told::SmsClick(click) => What::SmsClick(Click {
            message: message(&click.message_id)?,
            link: link_or_none(click.link_id.as_deref())?,
            website: website_or_none(click.website_id.as_deref())?,
        }),
        Told::WebsiteVisit(visit) => What::WebsiteVisit {
            website: required("website_id", &visit.website_id, WebsiteId::new)?,
            message: message_or_none(visit.message_id.as_deref())?,
        },
        Told::TransactionGoal(reached) => What::TransactionGoal {
            goal: required("goal_id", &reached.goal_id, GoalId::new)?,
            amount: reached.amount.as_ref().map(money).transpose()?,
            order: optional("order_id", reached.order_id.as_deref(), OrderId::new)?,
            website: website_or_none(reached.website_id.as_deref())?,
            message: message_or_none(reached.message_id.as_deref())?,
        },
        Told::Send(sent) => {
            What::Send { message: message(&sent.message_id)?, sent: modes(sent.pixel, sent.links)? }
        }
    })
}

fn money(money: &v1::Money) -> Result<Money, Misfit> {
    let currency = Currency::new(&money.currency_code).ok_or(Misfit::of("currency_code"))?;
    Ok(Money { minor_units: money.minor_units, currency })
}

/// The modes of those numbers; an unspecified one is not known, or not asked for.
///
/// # Errors
/// When the contract has no such number.
pub fn modes(pixel: i32, links: i32) -> Result<Sent, Misfit> {
    let pixel = match v1::PixelMode::try_from(pixel).map_err(|_| Misfit::of("pixel"))? {
        v1::PixelMode::Unspecified => None,
        v1::PixelMode::Identified => Some(PixelMode::Identified),
        v1::PixelMode::ExemptLastOpen => Some(PixelMode::ExemptLastOpen),
        v1::PixelMode::Shared => Some(PixelMode::Shared),
        v1::PixelMode::None => Some(PixelMode::None),
    };
    let links = match v1::LinkMode::try_from(links).map_err(|_| Misfit::of("links"))? {
        v1::LinkMode::Unspecified => None,
        v1::LinkMode::Tracked => Some(LinkMode::Tracked),
        v1::LinkMode::Plain => Some(LinkMode::Plain),
    };
    Ok(Sent { pixel, links })
}

fn required<T>(field: &'static str, id: &str, new: fn(String) -> Result<T, IdError>) -> Result<T, Misfit> {
    new(id.to_owned()).map_err(|_| Misfit::of(field))
}

fn optional<T>(
    field: &'static str,
    id: Option<&str>,
    new: fn(String) -> Result<T, IdError>,
) -> Result<Option<T>, Misfit> {
    id.map(|id| required(field, id, new)).transpose()
}
