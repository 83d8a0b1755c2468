//! Forms that ask what they must ask, and the texts that settings declare for them.

use assent_domain::history::Facts;
use assent_domain::id::{CampaignId, TableId, WebsiteId};
use assent_domain::opt_in::{OptInBox, OptInText, OptInTexts};
use assent_domain::record::Country;
use assent_proto::v1::{self, describe_opt_ins_request::Place};

use super::{Misfit, notice, profile};
use crate::failure::Violation;

const fn of_box(one: v1::OptInBox) -> Option<OptInBox> {
    match one {
        v1::OptInBox::Unspecified => None,
        v1::OptInBox::Marketing => Some(OptInBox::Marketing),
        v1::OptInBox::Tracking => Some(OptInBox::Tracking),
        v1::OptInBox::Joint => Some(OptInBox::Joint),
    }
}

fn text(sent: &v1::OptInText) -> Result<OptInText, Misfit> {
    let of = v1::OptInBox::try_from(sent.r#box).ok().and_then(of_box);
    Ok(OptInText {
        of: of.ok_or(Misfit::of("box"))?,
        language: sent.language.clone(),
        text: notice::id(&sent.notice_id)?,
    })
}

/// The texts that a setting declares.
///
/// # Errors
/// When one is none, or has the box and language of another ([`repeated`] says which).
pub fn texts(sent: &[v1::OptInText]) -> Result<OptInTexts, Misfit> {
    let misfit = |_| Misfit::of("opt_in_texts");
    let texts = sent.iter().map(text).collect::<Result<_, _>>().map_err(misfit)?;
    OptInTexts::new(texts).map_err(|_| Misfit::of("opt_in_texts"))
}

/// Every text of `setting` whose box and language one before it has already.
#[must_use]
pub fn repeated(setting: &str, sent: &[v1::OptInText]) -> Vec<Violation> {
    let texts: Option<Vec<OptInText>> = sent.iter().map(|one| text(one).ok()).collect();
    let places = texts.map(|texts| OptInTexts::new(texts).err().unwrap_or_default()).unwrap_or_default();
    let violation = |place| {
        let path = format!("{setting}.opt_in_texts[{place}]");
        Violation::new(path, "is repeated; expected: one text for each box and language")
    };
    places.into_iter().map(violation).collect()
}

/// The form that asks.
pub struct Asking {
    /// The profile table that its answers go to.
    pub table: TableId,
    /// The website that it is of.
    pub website: Option<WebsiteId>,
    /// The campaign that it is of.
    pub campaign: Option<CampaignId>,
    /// What it knows of the person.
    pub facts: Facts,
}

/// A form that asks.
///
/// # Errors
/// When a field is none the domain takes.
pub fn asking(request: &v1::DescribeOptInsRequest) -> Result<Asking, Misfit> {
    let (website, campaign) = match request.place.as_ref().ok_or(Misfit::of("place"))? {
        Place::WebsiteId(id) => (Some(id), None),
        Place::CampaignId(id) => (None, Some(id)),
    };
    let country = request.jurisdiction.as_deref();
    let country = country.map(|code| Country::new(code).ok_or(Misfit::of("jurisdiction")));
    Ok(Asking {
        table: profile::table(&request.profile_table)?,
        website: website.map(WebsiteId::new).transpose().map_err(|_| Misfit::of("website_id"))?,
        campaign: campaign.map(CampaignId::new).transpose().map_err(|_| Misfit::of("campaign_id"))?,
        facts: Facts { collected_on: None, jurisdiction: country.transpose()? },
    })
}
