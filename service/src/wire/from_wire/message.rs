//! A message to store.

use assent_domain::id::{CampaignId, LinkId, MessageId, WebsiteId};
use assent_domain::message::{Channel, Message, MessageClass, SendingBasis};
use assent_proto::v1;

use super::Misfit;
use super::ceiling::ceiling;

/// A message. Its functional links are sorted, so that the same message with them in another order is the same.
///
/// # Errors
/// When a field is none the domain takes.
pub fn message(sent: &v1::Message) -> Result<Message, Misfit> {
    let campaign = sent.campaign_id.as_deref().map(CampaignId::new).transpose();
    let website = sent.website_id.as_deref().map(WebsiteId::new).transpose();
    let links: Result<Vec<_>, _> = sent.functional_link_ids.iter().map(LinkId::new).collect();
    let mut links = links.map_err(|_| Misfit::of("functional_link_ids"))?;
    links.sort_unstable();
    links.dedup();
    Ok(Message {
        id: MessageId::new(sent.id.as_str()).map_err(|_| Misfit::of("id"))?,
        channel: channel(sent.channel).ok_or(Misfit::of("channel"))?,
        campaign: campaign.map_err(|_| Misfit::of("campaign_id"))?,
        website: website.map_err(|_| Misfit::of("website_id"))?,
        class: class(sent.class).ok_or(Misfit::of("class"))?,
        basis: basis(sent.basis).ok_or(Misfit::of("basis"))?,
        ceiling: ceiling(sent.ceiling).ok_or(Misfit::of("ceiling"))?,
        functional_links: links,
    })
}

fn channel(number: i32) -> Option<Channel> {
    match v1::Channel::try_from(number).ok()? {
        v1::Channel::Unspecified => None,
        v1::Channel::Email => Some(Channel::Email),
        v1::Channel::Sms => Some(Channel::Sms),
    }
}

fn class(number: i32) -> Option<MessageClass> {
    match v1::MessageClass::try_from(number).ok()? {
        v1::MessageClass::Unspecified => None,
        v1::MessageClass::Marketing => Some(MessageClass::Marketing),
        v1::MessageClass::Transactional => Some(MessageClass::Transactional),
        v1::MessageClass::ServiceLegal => Some(MessageClass::ServiceLegal),
        v1::MessageClass::Security => Some(MessageClass::Security),
        v1::MessageClass::ConsentRequest => Some(MessageClass::ConsentRequest),
        v1::MessageClass::Notice => Some(MessageClass::Notice),
    }
}

fn basis(number: i32) -> Option<SendingBasis> {
    match v1::SendingBasis::try_from(number).ok()? {
        v1::SendingBasis::Unspecified => None,
        v1::SendingBasis::Consent => Some(SendingBasis::Consent),
        v1::SendingBasis::SoftOptIn => Some(SendingBasis::SoftOptIn),
        v1::SendingBasis::RequestedService => Some(SendingBasis::RequestedService),
        v1::SendingBasis::LegalDuty => Some(SendingBasis::LegalDuty),
        v1::SendingBasis::LegitimateInterest => Some(SendingBasis::LegitimateInterest),
    }
}
