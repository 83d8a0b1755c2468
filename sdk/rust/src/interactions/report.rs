//! Reads a campaign's figures.

use assent_proto::v1;

use super::Interactions;
use crate::error::{Error, Result};
use crate::interaction::Money;
use crate::time::Day;
use crate::verdict::InteractionKind;
use crate::word::Word;

/// Which campaign's figures to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignReportQuery {
    campaign: String,
    days: Option<(Day, Day)>,
}

impl CampaignReportQuery {
    /// Of that campaign, 1 to 128 bytes; it need not be declared.
    #[must_use]
    pub fn of(campaign: impl Into<String>) -> Self {
        Self { campaign: campaign.into(), days: None }
    }

    /// With the days from `first` to `last` one by one, both of them and 400 at most.
    #[must_use]
    pub const fn days(mut self, first: Day, last: Day) -> Self {
        self.days = Some((first, last));
        self
    }
}

impl<T: Into<String>> From<T> for CampaignReportQuery {
    fn from(campaign: T) -> Self {
        Self::of(campaign)
    }
}

/// What came back of one kind, with its base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateFigures {
    /// Messages sent of which such an interaction could have been recorded, as things stood when they were sent.
    pub trackable: u64,
    /// Messages sent of which none could: their recipients are not people who did nothing.
    pub not_trackable: u64,
    /// What people did.
    pub human: u64,
    /// What machines did, beside it.
    pub automated: u64,
}

impl RateFigures {
    /// What people did, to a message of which it could have been recorded; `None` where there was none.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a rate of so many messages is exact to more digits than anybody reads"
    )]
    pub fn rate(self) -> Option<f64> {
        (self.trackable > 0).then(|| self.human as f64 / self.trackable as f64)
    }

    fn from_wire(wire: Option<v1::RateFigures>) -> Self {
        let wire = wire.unwrap_or_default();
        let v1::RateFigures { trackable, not_trackable, human, automated } = wire;
        Self { trackable, not_trackable, human, automated }
    }
}

/// What a campaign added up to, of a day or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CampaignFigures {
    /// Messages sent.
    pub sends: u64,
    /// Opens of emails.
    pub email_opens: RateFigures,
    /// Clicks in emails.
    pub email_clicks: RateFigures,
    /// Clicks in SMS messages.
    pub sms_clicks: RateFigures,
    /// Visits that people made to websites.
    pub website_visits: u64,
    /// Goals that people reached.
    pub transaction_goals: u64,
    /// What those goals were worth, one amount for each currency, in the order of their codes.
    pub revenue: Vec<Money>,
}

impl CampaignFigures {
    fn from_wire(wire: v1::CampaignFigures) -> Self {
        Self {
            sends: wire.sends,
            email_opens: RateFigures::from_wire(wire.email_opens),
            email_clicks: RateFigures::from_wire(wire.email_clicks),
            sms_clicks: RateFigures::from_wire(wire.sms_clicks),
            website_visits: wire.website_visits,
            transaction_goals: wire.transaction_goals,
            revenue: wire
                .revenue
                .into_iter()
                .map(|of| Money::new(of.minor_units, of.currency_code))
                .collect(),
        }
    }
}

/// What was counted anonymously on consecutive days: 10 or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnonymousPeriod {
    /// Its first day.
    pub first_day: Day,
    /// Its last day.
    pub last_day: Day,
    /// How many were counted.
    pub count: u64,
}

/// What was counted of one kind without naming anybody; it is in no other figure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnonymousCounts {
    /// The kind.
    pub kind: InteractionKind,
    /// All that is told: the sum of the periods.
    pub total: u64,
    /// Each as many days as it takes to come to 10; told once its last day is over, and never changed.
    pub periods: Vec<AnonymousPeriod>,
}

impl AnonymousCounts {
    fn from_wire(wire: v1::AnonymousCounts) -> Result<Self> {
        let period = |wire: v1::AnonymousPeriod| {
            Ok(AnonymousPeriod {
                first_day: day(wire.first_day, "anonymous.periods.first_day")?,
                last_day: day(wire.last_day, "anonymous.periods.last_day")?,
                count: wire.count,
            })
        };
        Ok(Self {
            kind: InteractionKind::from_wire(wire.kind),
            total: wire.total,
            periods: wire.periods.into_iter().map(period).collect::<Result<_>>()?,
        })
    }
}

/// A campaign's figures, counted when something was recorded: what is erased or judged more strictly later changes none.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CampaignReport {
    /// Of all days.
    pub total: CampaignFigures,
    /// The days wanted on which anything was counted, in order.
    pub days: Vec<(Day, CampaignFigures)>,
    /// What was counted without naming anybody, kind by kind, of all days.
    pub anonymous: Vec<AnonymousCounts>,
}

fn day(wire: Option<assent_proto::google::Date>, path: &'static str) -> Result<Day> {
    wire.and_then(Day::from_wire).ok_or_else(|| Error::unintelligible(path))
}

impl Interactions<'_> {
    /// Tells a campaign's figures, each with its base: of a campaign by its id, or with days as a [`CampaignReportQuery`]. One of
    /// which nothing was counted yet has none, which is no error.
    ///
    /// # Errors
    ///
    /// None of its own.
    pub async fn report(self, query: impl Into<CampaignReportQuery>) -> Result<CampaignReport> {
        let CampaignReportQuery { campaign, days } = query.into();
        let days = days.map(|(first, last)| v1::ReportDays {
            first_day: Some(first.into_wire()),
            last_day: Some(last.into_wire()),
        });
        let message = v1::GetCampaignReportRequest { campaign_id: campaign, days };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.interactions();
                async move { client.get_campaign_report(request).await }
            })
            .await?;
        let figures = |wire: v1::CampaignDay| {
            let figures = wire.figures.ok_or_else(|| Error::unintelligible("days.figures"))?;
            Ok((day(wire.day, "days.day")?, CampaignFigures::from_wire(figures)))
        };
        Ok(CampaignReport {
            total: CampaignFigures::from_wire(answer.total.ok_or_else(|| Error::unintelligible("total"))?),
            days: answer.days.into_iter().map(figures).collect::<Result<_>>()?,
            anonymous: answer.anonymous.into_iter().map(AnonymousCounts::from_wire).collect::<Result<_>>()?,
        })
    }
}
