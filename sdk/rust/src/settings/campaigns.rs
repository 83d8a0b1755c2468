//! Stores and reads what is declared of campaigns.

use assent_proto::v1;

use super::Settings;
use crate::campaign::Campaign;
use crate::error::Result;
use crate::page::{Page, Paging};

impl Settings<'_> {
    /// Stores a campaign, whole: what is absent is absent from then on.
    ///
    /// # Errors
    ///
    /// [`Reason::EtagMismatch`](crate::Reason::EtagMismatch).
    pub async fn put_campaign(self, campaign: Campaign) -> Result<Campaign> {
        let message = v1::PutCampaignRequest { campaign: Some(campaign.into_wire()) };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.settings();
                async move { client.put_campaign(request).await }
            })
            .await?;
        Campaign::promised(answer.campaign)
    }

    /// Gives one campaign.
    ///
    /// # Errors
    ///
    /// [`Reason::CampaignUnknown`](crate::Reason::CampaignUnknown).
    pub async fn campaign(self, id: impl Into<String>) -> Result<Campaign> {
        let answer = self
            .caller
            .unary(v1::GetCampaignRequest { id: id.into() }, |request| {
                let mut client = self.caller.settings();
                async move { client.get_campaign(request).await }
            })
            .await?;
        Campaign::promised(answer.campaign)
    }

    /// Lists the campaigns in the order of their ids, compared byte by byte; at most 500 a page.
    ///
    /// # Errors
    ///
    /// [`Reason::PageTokenMalformed`](crate::Reason::PageTokenMalformed).
    pub async fn campaigns(self, paging: Paging) -> Result<Page<Campaign>> {
        let (page_size, page_token) = paging.into_wire();
        let answer = self
            .caller
            .unary(v1::ListCampaignsRequest { page_size, page_token }, |request| {
                let mut client = self.caller.settings();
                async move { client.list_campaigns(request).await }
            })
            .await?;
        let campaigns = answer.campaigns.into_iter().map(Campaign::from_wire).collect();
        Ok(Page::from_wire(campaigns, answer.next_page_token))
    }
}
