//! Campaigns: they group messages and may carry a ceiling.

use crate::ceiling::Ceiling;
use crate::id::{CampaignId, WebsiteId};
use crate::opt_in::OptInTexts;

/// A declared campaign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Which.
    pub id: CampaignId,
    /// The website it belongs to; its ceilings bind the campaign too (Qualifio 6).
    pub website: Option<WebsiteId>,
    /// Its ceiling, for every kind.
    pub ceiling: Ceiling,
    /// The texts of its forms' boxes; they count before its website's.
    pub opt_in_texts: OptInTexts,
}
