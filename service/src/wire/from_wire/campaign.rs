//! A campaign to store.

use assent_domain::campaign::Campaign;
use assent_domain::id::{CampaignId, WebsiteId};
use assent_proto::v1;

use super::ceiling::ceiling;
use super::{Misfit, opt_in};

/// A campaign.
///
/// # Errors
/// When a field is none the domain takes.
pub fn campaign(sent: &v1::Campaign) -> Result<Campaign, Misfit> {
    let website = sent.website_id.as_deref().map(WebsiteId::new).transpose();
    Ok(Campaign {
        id: CampaignId::new(sent.id.as_str()).map_err(|_| Misfit::of("id"))?,
        website: website.map_err(|_| Misfit::of("website_id"))?,
        ceiling: ceiling(sent.ceiling).ok_or(Misfit::of("ceiling"))?,
        opt_in_texts: opt_in::texts(&sent.opt_in_texts)?,
    })
}
