//! A campaign's figures.

use assent_domain::interaction::InteractionKind;
use assent_domain::tally::{Figures, Measure, Period, Report};
use assent_proto::v1;

use super::{time, verdict};

/// A campaign's figures, as they are told.
#[must_use]
pub fn report(report: &Report) -> v1::GetCampaignReportResponse {
    let told = report.anonymous.iter().filter(|(_, periods)| !periods.is_empty());
    v1::GetCampaignReportResponse {
        total: Some(figures(&report.total)),
        days: report
            .days
            .iter()
            .map(|(day, of)| v1::CampaignDay { day: Some(time::day(*day)), figures: Some(figures(of)) })
            .collect(),
        anonymous: told.map(|(kind, periods)| anonymous(*kind, periods)).collect(),
    }
}

fn figures(of: &Figures) -> v1::CampaignFigures {
    let human = |kind| of.count(Measure::Human(kind));
    v1::CampaignFigures {
        sends: of.count(Measure::Sent),
        email_opens: Some(rate(of, InteractionKind::EmailOpen)),
        email_clicks: Some(rate(of, InteractionKind::EmailClick)),
        sms_clicks: Some(rate(of, InteractionKind::SmsClick)),
        website_visits: human(InteractionKind::WebsiteVisit),
        transaction_goals: human(InteractionKind::TransactionGoal),
        revenue: of
            .revenue()
            .map(|(currency, minor_units)| v1::Money {
                minor_units,
                currency_code: currency.code().to_owned(),
            })
            .collect(),
    }
}

fn rate(of: &Figures, kind: InteractionKind) -> v1::RateFigures {
    let trackable = of.count(Measure::Trackable(kind));
    v1::RateFigures {
        trackable,
        not_trackable: of.count(Measure::Sent).saturating_sub(trackable),
        human: of.count(Measure::Human(kind)),
        automated: of.count(Measure::Automated(kind)),
    }
}

fn anonymous(kind: InteractionKind, periods: &[Period]) -> v1::AnonymousCounts {
    v1::AnonymousCounts {
        kind: verdict::kind(kind).into(),
        total: periods.iter().map(|period| period.count).sum(),
        periods: periods
            .iter()
            .map(|period| v1::AnonymousPeriod {
                first_day: Some(time::day(period.first)),
                last_day: Some(time::day(period.last)),
                count: period.count,
            })
            .collect(),
    }
}
