//! A message as it is stored.

use assent_domain::message::{Channel, Message, MessageClass, SendingBasis};
use assent_proto::v1;
use assent_store::StoredDeclaration;

use super::{ceiling, scope, time};
use crate::wire::etag;

/// A message with its etag and version, and when it was fixed.
#[must_use]
pub fn message(message: &Message, held: &StoredDeclaration) -> v1::Message {
    v1::Message {
        id: message.id.as_str().to_owned(),
        channel: channel(message.channel).into(),
        class: class(message.class).into(),
        basis: basis(message.basis).into(),
        campaign_id: message.campaign.as_ref().map(|id| id.as_str().to_owned()),
        website_id: message.website.as_ref().map(|id| id.as_str().to_owned()),
        ceiling: ceiling::ceiling(message.ceiling).into(),
        functional_link_ids: message.functional_links.iter().map(|id| id.as_str().to_owned()).collect(),
        etag: Some(etag::of(&held.stored)),
        version: held.stored.version,
        recorded_at: Some(time::instant(held.stored.recorded_at)),
        fixed_at: held.fixed_at.map(time::instant),
        coverage: message.statement.coverage.map(scope::coverage),
        notice_id: message.statement.text.map(|id| id.0.to_vec()),
        conditions_unchanged: message.statement.conditions_unchanged,
        withdrawal_offered: message.statement.withdrawal_offered,
        justification: message.statement.justification.clone(),
    }
}

/// Through what it goes out.
#[must_use]
pub const fn channel(channel: Channel) -> v1::Channel {
    match channel {
        Channel::Email => v1::Channel::Email,
        Channel::Sms => v1::Channel::Sms,
    }
}

/// What it is for.
#[must_use]
pub const fn class(class: MessageClass) -> v1::MessageClass {
    match class {
        MessageClass::Marketing => v1::MessageClass::Marketing,
        MessageClass::Transactional => v1::MessageClass::Transactional,
        MessageClass::ServiceLegal => v1::MessageClass::ServiceLegal,
        MessageClass::Security => v1::MessageClass::Security,
        MessageClass::ConsentRequest => v1::MessageClass::ConsentRequest,
        MessageClass::Notice => v1::MessageClass::Notice,
    }
}

/// On what ground it is sent.
#[must_use]
pub const fn basis(basis: SendingBasis) -> v1::SendingBasis {
    match basis {
        SendingBasis::Consent => v1::SendingBasis::Consent,
        SendingBasis::SoftOptIn => v1::SendingBasis::SoftOptIn,
        SendingBasis::RequestedService => v1::SendingBasis::RequestedService,
        SendingBasis::LegalDuty => v1::SendingBasis::LegalDuty,
        SendingBasis::LegitimateInterest => v1::SendingBasis::LegitimateInterest,
    }
}
