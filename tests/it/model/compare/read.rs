//! Figures of campaigns, and who did what, on both sides.

use assent_proto::v1::query_engagement_result;

use super::super::tally::Figures;
use super::*;

impl Telling<'_> {
    /// GetCampaignReport of every campaign that was declared.
    pub(super) async fn figures(&self) -> Result<(), Difference> {
        for campaign in 0..self.model.world.campaigns.len() {
            let request =
                v1::GetCampaignReportRequest { campaign_id: self.names.campaign_id(campaign), days: None };
            let told = self.client.interactions().get_campaign_report(request).await.map_err(called)?;
            let total = told.into_inner().total.unwrap_or_default();
            let rates =
                [total.email_opens, total.email_clicks, total.sms_clicks].map(Option::unwrap_or_default);
            let [open, click, sms] = [rates[0].human, rates[1].human, rates[2].human];
            let said = Figures {
                sends: total.sends,
                trackable: rates.map(|rate| rate.trackable),
                human: [open, click, sms, total.website_visits, total.transaction_goals],
                automated: rates.map(|rate| rate.automated),
                revenue: total.revenue.iter().map(|money| money.minor_units).sum(),
            };
            let expected = self.model.figures(campaign);
            same("figures", campaign, &said, &expected, said == expected)?;
            let others = rates.map(|rate| rate.trackable + rate.not_trackable);
            same("base", campaign, &others, &total.sends, others == [total.sends; 3])?;
        }
        Ok(())
    }

    /// QueryEngagement: the same that is awaited, asked as a question.
    pub(super) async fn engaged(&self, blocks: &[Block]) -> Result<(), Difference> {
        let request = v1::QueryEngagementRequest {
            profile_table: self.names.table(),
            questions: blocks.iter().map(|block| self.names.question(block)).collect(),
        };
        let told = self.client.audience().query_engagement(request).await.map_err(called)?;
        for (block, told) in blocks.iter().zip(told.into_inner().results) {
            let Some(query_engagement_result::Result::Engagement(told)) = told.result else {
                return Err(format!("call failed: {block:?} {told:?}"));
            };
            let matched = told.matched.as_ref().and_then(|row| row.occurred_at.as_ref()).map(micros);
            let said = (told.answer(), told.reason(), matched);
            let expected = self.model.engaged(block, self.now);
            same("engagement", block, &said, &expected, said == expected)?;
        }
        Ok(())
    }
}
