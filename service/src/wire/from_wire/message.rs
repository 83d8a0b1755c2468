//! A message to store.

use assent_domain::id::{CampaignId, LinkId, MessageId, WebsiteId};
use assent_domain::message::{Channel, Message, MessageClass, SendingBasis, Statement};
use assent_proto::v1;

use super::ceiling::ceiling;
use super::{Misfit, notice, scope};
use crate::failure::Violation;

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
        statement: Statement {
            coverage: sent.coverage.as_ref().map(|covered| scope::coverage(Some(covered))).transpose()?,
            text: notice::optional_id(sent.notice_id.as_deref())?,
            conditions_unchanged: sent.conditions_unchanged,
            withdrawal_offered: sent.withdrawal_offered,
            justification: sent.justification.clone(),
        },
    })
}

/// The fields that a message of its class does not have.
#[must_use]
pub fn misplaced(sent: &v1::Message) -> Vec<Violation> {
    const BOTH: &str = "must be left out unless the class is NOTICE or CONSENT_REQUEST";
    const NOTICE: &str = "must be left out unless the class is NOTICE";
    let class = class(sent.class);
    let tells = class == Some(MessageClass::Notice);
    let tells_or_asks = class.is_some_and(MessageClass::tells_or_asks);
    let fields = [
        ("coverage", sent.coverage.is_some(), tells_or_asks, BOTH),
        ("notice_id", sent.notice_id.is_some(), tells_or_asks, BOTH),
        ("conditions_unchanged", sent.conditions_unchanged.is_some(), tells, NOTICE),
        ("withdrawal_offered", sent.withdrawal_offered.is_some(), tells, NOTICE),
        ("justification", sent.justification.is_some(), tells, NOTICE),
    ];
    let misplaced = fields.into_iter().filter(|(_, said, may, _)| *said && !may);
    misplaced.map(|(field, .., text)| Violation::new(format!("message.{field}"), text)).collect()
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
