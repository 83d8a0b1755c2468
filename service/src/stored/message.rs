//! A message as it is kept.

use assent_domain::id::{CampaignId, LinkId, MessageId, WebsiteId};
use assent_domain::message::{Channel, Message, MessageClass, SendingBasis};
use serde::{Deserialize, Serialize};

use super::statement::StoredStatement;
use super::{Unreadable, ceiling};

const UNREADABLE: Unreadable = Unreadable { setting: "message" };

/// The body of a message; its id is the row's.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredMessage {
    channel: String,
    class: String,
    basis: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    functional_links: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<StoredStatement>,
}

impl StoredMessage {
    /// The body of `message`.
    ///
    /// # Errors
    /// [`Unreadable`] when it has no JSON form.
    pub fn write(message: &Message) -> Result<String, Unreadable> {
        let body = Self {
            channel: message.channel.name().to_owned(),
            class: message.class.name().to_owned(),
            basis: message.basis.name().to_owned(),
            campaign: message.campaign.as_ref().map(|id| id.as_str().to_owned()),
            website: message.website.as_ref().map(|id| id.as_str().to_owned()),
            ceiling: ceiling::said(message.ceiling),
            functional_links: message.functional_links.iter().map(|id| id.as_str().to_owned()).collect(),
            statement: StoredStatement::write(&message.statement),
        };
        serde_json::to_string(&body).map_err(|_| UNREADABLE)
    }

    /// The message of a body.
    ///
    /// # Errors
    /// [`Unreadable`] when no release up to this one wrote it.
    pub fn read(id: MessageId, body: &str) -> Result<Message, Unreadable> {
        let body: Self = serde_json::from_str(body).map_err(|_| UNREADABLE)?;
        let links = body.functional_links.into_iter().map(LinkId::new);
        Ok(Message {
            id,
            channel: Channel::named(&body.channel).ok_or(UNREADABLE)?,
            campaign: body.campaign.map(CampaignId::new).transpose().map_err(|_| UNREADABLE)?,
            website: body.website.map(WebsiteId::new).transpose().map_err(|_| UNREADABLE)?,
            class: MessageClass::named(&body.class).ok_or(UNREADABLE)?,
            basis: SendingBasis::named(&body.basis).ok_or(UNREADABLE)?,
            ceiling: ceiling::read(body.ceiling.as_deref()).ok_or(UNREADABLE)?,
            functional_links: links.collect::<Result<_, _>>().map_err(|_| UNREADABLE)?,
            statement: body.statement.map(StoredStatement::read).transpose()?.unwrap_or_default(),
        })
    }
}
