//! A campaign as it is kept.

use assent_domain::campaign::Campaign;
use assent_domain::id::{CampaignId, WebsiteId};
use serde::{Deserialize, Serialize};

use super::opt_in::{self, StoredText};
use super::{Unreadable, ceiling};

const UNREADABLE: Unreadable = Unreadable { setting: "campaign" };

/// The body of a campaign; its id is the row's.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredCampaign {
    #[serde(skip_serializing_if = "Option::is_none")]
    website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ceiling: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opt_in_texts: Vec<StoredText>,
}

impl StoredCampaign {
    /// The body of `campaign`.
    ///
    /// # Errors
    /// [`Unreadable`] when it has no JSON form.
    pub fn write(campaign: &Campaign) -> Result<String, Unreadable> {
        let body = Self {
            website: campaign.website.as_ref().map(|id| id.as_str().to_owned()),
            ceiling: ceiling::said(campaign.ceiling),
            opt_in_texts: opt_in::said(&campaign.opt_in_texts),
        };
        serde_json::to_string(&body).map_err(|_| UNREADABLE)
    }

    /// The campaign of a body.
    ///
    /// # Errors
    /// [`Unreadable`] when no release up to this one wrote it.
    pub fn read(id: CampaignId, body: &str) -> Result<Campaign, Unreadable> {
        let Self { website, ceiling: said, opt_in_texts } =
            serde_json::from_str(body).map_err(|_| UNREADABLE)?;
        let website = website.map(WebsiteId::new).transpose().map_err(|_| UNREADABLE)?;
        let ceiling = ceiling::read(said.as_deref()).ok_or(UNREADABLE)?;
        let opt_in_texts = opt_in::read(opt_in_texts).ok_or(UNREADABLE)?;
        Ok(Campaign { id, website, ceiling, opt_in_texts })
    }
}
