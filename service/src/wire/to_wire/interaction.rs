//! Interactions as they were recorded.

use assent_domain::id::{CampaignId, LinkId, MessageId, OrderId, ProfileId, WebsiteId};
use assent_domain::interaction::{Click, Money, Recorded, Reported, What};
use assent_domain::mode::{LinkMode, PixelMode};
use assent_proto::v1::{self, interaction::What as Told};
use assent_store::LastDevice;

use super::{policy, time, verdict};

/// A recorded interaction.
#[must_use]
pub fn recorded(row: &Recorded) -> v1::RecordedInteraction {
    v1::RecordedInteraction {
        profile_table: row.table.as_str().to_owned(),
        interaction: Some(interaction(&row.interaction)),
        recorded_at: Some(time::instant(row.recorded_at)),
        reason: verdict::reason(row.reason).into(),
        policy: Some(policy::version(&row.policy)),
    }
}

/// A person's last device and user agent.
#[must_use]
pub fn last_device(last: &LastDevice) -> v1::LastDevice {
    v1::LastDevice {
        device: last.seen.device.clone(),
        user_agent: last.seen.user_agent.clone(),
        occurred_at: Some(time::instant(last.occurred_at)),
    }
}

/// An interaction, without what it was done with.
#[must_use]
pub fn interaction(reported: &Reported) -> v1::Interaction {
    v1::Interaction {
        interaction_id: uuid::Uuid::from_bytes(reported.id.0).to_string(),
        occurred_at: Some(time::instant(reported.occurred_at)),
        profile: reported
            .profile
            .as_ref()
            .map(|id: &ProfileId| v1::ProfileKey { id: id.as_str().to_owned() }),
        what: Some(what(&reported.what)),
        campaign_id: reported.campaign.as_ref().map(|id: &CampaignId| id.as_str().to_owned()),
        automated: reported.automated,
        device: None,
        user_agent: None,
    }
}

fn what(what: &What) -> Told {
    let message = |id: &MessageId| id.as_str().to_owned();
    let website = |id: &WebsiteId| id.as_str().to_owned();
    let link = |id: &LinkId| id.as_str().to_owned();
    match what {
        What::EmailOpen { message: id } => Told::EmailOpen(v1::EmailOpen { message_id: message(id) }),
        What::EmailClick(Click { message: id, link: within, website: to }) => {
            Told::EmailClick(v1::EmailClick {
                message_id: message(id),
                link_id: within.as_ref().map(link),
                website_id: to.as_ref().map(website),
            })
        }
        What::SmsClick(Click { message: id, link: within, website: to }) => Told::SmsClick(v1::SmsClick {
            message_id: message(id),
            link_id: within.as_ref().map(link),
            website_id: to.as_ref().map(website),
        }),
        What::WebsiteVisit { website: on, message: id } => Told::WebsiteVisit(v1::WebsiteVisit {
            website_id: website(on),
            message_id: id.as_ref().map(message),
        }),
        What::TransactionGoal { goal, amount, order, website: on, message: id } => {
            Told::TransactionGoal(v1::TransactionGoal {
                goal_id: goal.as_str().to_owned(),
                amount: amount.as_ref().map(money),
                order_id: order.as_ref().map(|id: &OrderId| id.as_str().to_owned()),
                website_id: on.as_ref().map(website),
                message_id: id.as_ref().map(message),
            })
        }
        What::Send { message: id, sent } => Told::Send(v1::MessageSent {
            message_id: message(id),
            pixel: pixel(sent.pixel).into(),
            links: links(sent.links).into(),
        }),
    }
}

fn money(money: &Money) -> v1::Money {
    v1::Money { minor_units: money.minor_units, currency_code: money.currency.code().to_owned() }
}

/// A pixel; `None`: not known.
#[must_use]
pub const fn pixel(mode: Option<PixelMode>) -> v1::PixelMode {
    match mode {
        None => v1::PixelMode::Unspecified,
        Some(PixelMode::Identified) => v1::PixelMode::Identified,
        Some(PixelMode::ExemptLastOpen) => v1::PixelMode::ExemptLastOpen,
        Some(PixelMode::Shared) => v1::PixelMode::Shared,
        Some(PixelMode::None) => v1::PixelMode::None,
    }
}

/// Links; `None`: not known.
#[must_use]
pub const fn links(mode: Option<LinkMode>) -> v1::LinkMode {
    match mode {
        None => v1::LinkMode::Unspecified,
        Some(LinkMode::Tracked) => v1::LinkMode::Tracked,
        Some(LinkMode::Plain) => v1::LinkMode::Plain,
    }
}
