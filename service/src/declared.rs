//! What is declared around the interactions of one call, ready to be judged with.

use std::collections::BTreeMap;

use assent_domain::campaign::Campaign;
use assent_domain::context::{CampaignInPlay, Context, MessageInPlay};
use assent_domain::id::{CampaignId, MessageId, WebsiteId};
use assent_domain::message::Message;
use assent_domain::website::Website;
use assent_store::{Declarations, Versioned};

use crate::failure::{Failure, Outcome};
use crate::stored::{StoredCampaign, StoredMessage, StoredWebsite, Unreadable};

/// The websites, campaigns and messages that are declared. What nobody declared is absent and adds nothing.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    websites: BTreeMap<WebsiteId, Website>,
    campaigns: BTreeMap<CampaignId, Campaign>,
    messages: BTreeMap<MessageId, Message>,
}

impl Declared {
    /// What stored declarations say.
    ///
    /// # Errors
    /// An internal error when one cannot be read.
    pub fn read(stored: &Declarations) -> Outcome<Self> {
        Ok(Self {
            websites: each(&stored.websites, StoredWebsite::read)?,
            campaigns: each(&stored.campaigns, StoredCampaign::read)?,
            messages: each(&stored.messages, StoredMessage::read)?,
        })
    }

    /// The declared facts around an interaction that names those.
    #[must_use]
    pub fn context(
        &self,
        website: Option<&WebsiteId>,
        campaign: Option<&CampaignId>,
        message: Option<&MessageId>,
    ) -> Context<'_> {
        let message = message.and_then(|id| self.messages.get(id));
        Context {
            website: self.website(website),
            campaign: self.campaign(campaign),
            message: message.map(|message| MessageInPlay {
                message,
                website: self.website(message.website.as_ref()),
                campaign: self.campaign(message.campaign.as_ref()),
            }),
        }
    }

    fn website(&self, id: Option<&WebsiteId>) -> Option<&Website> {
        id.and_then(|id| self.websites.get(id))
    }

    fn campaign(&self, id: Option<&CampaignId>) -> Option<CampaignInPlay<'_>> {
        let campaign = id.and_then(|id| self.campaigns.get(id))?;
        Some(CampaignInPlay { campaign, website: self.website(campaign.website.as_ref()) })
    }
}

fn each<K: Ord + Clone, T>(
    stored: &BTreeMap<K, Versioned>,
    read: fn(K, &str) -> Result<T, Unreadable>,
) -> Outcome<BTreeMap<K, T>> {
    let read = |(id, stored): (&K, &Versioned)| Ok((id.clone(), read(id.clone(), &stored.body)?));
    stored.iter().map(read).collect::<Result<_, Unreadable>>().map_err(Failure::internal)
}

#[cfg(test)]
mod tests;
