//! Which campaign's figures are wanted, and which days of it one by one.

use assent_domain::id::CampaignId;
use assent_domain::tally::DayRange;
use assent_proto::v1;

use super::{Misfit, time};
use crate::failure::{Failure, Outcome};

/// The campaign and the days that are wanted.
///
/// # Errors
/// [`Failure::Invalid`] with the field that is wrong.
pub fn wanted(request: &v1::GetCampaignReportRequest) -> Outcome<(CampaignId, Option<DayRange>)> {
    let campaign = CampaignId::new(request.campaign_id.as_str());
    let campaign = campaign.map_err(|_| Misfit::of("campaign_id").at(""))?;
    let days = request.days.as_ref().map(range).transpose()?;
    Ok((campaign, days))
}

fn range(days: &v1::ReportDays) -> Outcome<DayRange> {
    let day = |date: &Option<_>, field| {
        let day = date.as_ref().and_then(time::day);
        day.ok_or_else(|| Misfit::of(field).at("days"))
    };
    let (first, last) = (day(&days.first_day, "first_day")?, day(&days.last_day, "last_day")?);
    let wrong = "is out of range; expected: not before first_day and at most 399 days after it";
    DayRange::new(first, last).ok_or_else(|| Failure::invalid("days.last_day", wrong))
}

#[cfg(test)]
mod tests {
    use assent_proto::google::Date;

    use super::*;

    fn asked(first: (i32, i32, i32), last: (i32, i32, i32)) -> Outcome<(CampaignId, Option<DayRange>)> {
        let date = |(year, month, day)| Some(Date { year, month, day });
        let days = Some(v1::ReportDays { first_day: date(first), last_day: date(last) });
        wanted(&v1::GetCampaignReportRequest { campaign_id: "spring".to_owned(), days })
    }

    #[test]
    fn four_hundred_days_are_the_most() {
        assert!(asked((2026, 1, 1), (2026, 1, 1)).is_ok());
        assert!(asked((2026, 1, 1), (2027, 2, 4)).is_ok());
        for (first, last, field) in [
            ((2026, 1, 1), (2027, 2, 5), "days.last_day"),
            ((2026, 1, 2), (2026, 1, 1), "days.last_day"),
            ((2026, 0, 2), (2026, 1, 1), "days.first_day"),
        ] {
            let Err(Failure::Invalid(wrong)) = asked(first, last) else { panic!("{last:?} is taken") };
            assert_eq!(wrong.into_iter().map(|wrong| wrong.path).collect::<Vec<_>>(), [field]);
        }
    }
}
