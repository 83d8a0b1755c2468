//! What is declared around the interactions of one call, ready to be judged with.

use std::collections::{BTreeMap, BTreeSet};

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
    unreadable: Unread,
}

/// What is declared and cannot be read.
#[derive(Clone, Debug, Default)]
struct Unread {
    websites: BTreeSet<WebsiteId>,
    campaigns: BTreeSet<CampaignId>,
    messages: BTreeSet<MessageId>,
    first: Option<Unreadable>,
}

impl Declared {
    /// What stored declarations say.
    ///
    /// # Errors
    /// An internal error when one cannot be read.
    pub fn read(stored: &Declarations) -> Outcome<Self> {
        let read = Self::as_far_as_readable(stored);
        read.unreadable.first.map_or(Ok(read), |unreadable| Err(Failure::internal(unreadable)))
    }

    /// What stored declarations say, but for those that cannot be read: nothing may be judged that
    /// [`Declared::is_readable_around`] does not say can be.
    #[must_use]
    pub fn as_far_as_readable(stored: &Declarations) -> Self {
        let mut first = None;
        let (websites, unread_websites) = each(&stored.websites, StoredWebsite::read, &mut first);
        let (campaigns, unread_campaigns) = each(&stored.campaigns, StoredCampaign::read, &mut first);
        let (messages, unread_messages) = each(&stored.messages, StoredMessage::read, &mut first);
        let unreadable = Unread {
            websites: unread_websites,
            campaigns: unread_campaigns,
            messages: unread_messages,
            first,
        };
        Self { websites, campaigns, messages, unreadable }
    }

    /// Whether everything that is declared around an interaction that names those could be read.
    #[must_use]
    pub fn is_readable_around(
        &self,
        website: Option<&WebsiteId>,
        campaign: Option<&CampaignId>,
        message: Option<&MessageId>,
    ) -> bool {
        let of_website = |id: &WebsiteId| !self.unreadable.websites.contains(id);
        let of_campaign = |id: &CampaignId| {
            let campaign = self.campaigns.get(id);
            !self.unreadable.campaigns.contains(id)
                && campaign.and_then(|campaign| campaign.website.as_ref()).is_none_or(of_website)
        };
        let of_message = |id: &MessageId| {
            !self.unreadable.messages.contains(id)
                && self.messages.get(id).is_none_or(|message| {
                    message.website.as_ref().is_none_or(of_website)
                        && message.campaign.as_ref().is_none_or(of_campaign)
                })
        };
        self.unreadable.first.is_none()
            || website.is_none_or(of_website)
                && campaign.is_none_or(of_campaign)
                && message.is_none_or(of_message)
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
    first: &mut Option<Unreadable>,
) -> (BTreeMap<K, T>, BTreeSet<K>) {
    let (mut all, mut unread) = (BTreeMap::new(), BTreeSet::new());
    for (id, stored) in stored {
        match read(id.clone(), &stored.body) {
            Ok(one) => drop(all.insert(id.clone(), one)),
            Err(unreadable) => {
                first.get_or_insert(unreadable);
                unread.insert(id.clone());
            }
        }
    }
    (all, unread)
}

#[cfg(test)]
mod tests;
