//! Asks what a form must ask.

use assent_proto::v1::{self, describe_opt_ins_request::Place};

use super::Consents;
use crate::error::Result;
use crate::opt_in::OptIns;

/// A form: where it stands and what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribeOptIns {
    table: String,
    place: Place,
    jurisdiction: Option<String>,
    languages: Vec<String>,
}

impl DescribeOptIns {
    /// A form of a website, whose answers go to that table.
    #[must_use]
    pub fn of_website(table: impl Into<String>, website: impl Into<String>) -> Self {
        Self::of(table.into(), Place::WebsiteId(website.into()))
    }

    /// A form of a campaign, whose answers go to that table.
    #[must_use]
    pub fn of_campaign(table: impl Into<String>, campaign: impl Into<String>) -> Self {
        Self::of(table.into(), Place::CampaignId(campaign.into()))
    }

    const fn of(table: String, place: Place) -> Self {
        Self { table, place, jurisdiction: None, languages: Vec::new() }
    }

    /// Says the country of the person, which then counts instead of the website's: two upper-case letters.
    #[must_use]
    pub fn jurisdiction(mut self, code: impl Into<String>) -> Self {
        self.jurisdiction = Some(code.into());
        self
    }

    /// Wants the texts in that language too, a BCP 47 tag; "fr-BE" takes "fr" where there is nothing nearer. Without any all
    /// languages at hand come.
    #[must_use]
    pub fn language(mut self, tag: impl Into<String>) -> Self {
        self.languages.push(tag.into());
        self
    }
}

impl Consents<'_> {
    /// Tells which boxes a form must show, with which texts beside them. Names nobody and writes nothing.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown).
    pub async fn describe_opt_ins(self, form: DescribeOptIns) -> Result<OptIns> {
        let DescribeOptIns { table, place, jurisdiction, languages } = form;
        let message =
            v1::DescribeOptInsRequest { profile_table: table, place: Some(place), jurisdiction, languages };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.consents();
                async move { client.describe_opt_ins(request).await }
            })
            .await?;
        OptIns::from_wire(answer)
    }
}
