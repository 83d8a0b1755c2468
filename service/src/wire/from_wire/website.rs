//! A website to store.

use assent_domain::ceiling::Ceilings;
use assent_domain::id::WebsiteId;
use assent_domain::interaction::InteractionKind;
use assent_domain::record::Country;
use assent_domain::website::Website;
use assent_proto::v1;

use super::ceiling::ceiling;
use super::{Misfit, opt_in};

/// A website.
///
/// # Errors
/// When a field is none the domain takes.
pub fn website(sent: &v1::Website) -> Result<Website, Misfit> {
    let country = sent.country.as_deref().map(|code| Country::new(code).ok_or(Misfit::of("country")));
    Ok(Website {
        id: WebsiteId::new(sent.id.as_str()).map_err(|_| Misfit::of("id"))?,
        country: country.transpose()?,
        ceilings: ceilings(sent.ceilings.unwrap_or_default())?,
        opt_in_texts: opt_in::texts(&sent.opt_in_texts)?,
    })
}

fn ceilings(sent: v1::WebsiteCeilings) -> Result<Ceilings, Misfit> {
    let said = [
        (InteractionKind::EmailOpen, sent.email_open, "ceilings.email_open"),
        (InteractionKind::EmailClick, sent.email_click, "ceilings.email_click"),
        (InteractionKind::SmsClick, sent.sms_click, "ceilings.sms_click"),
        (InteractionKind::WebsiteVisit, sent.website_visit, "ceilings.website_visit"),
        (InteractionKind::TransactionGoal, sent.transaction_goal, "ceilings.transaction_goal"),
    ];
    said.into_iter().try_fold(Ceilings::default(), |ceilings, (kind, number, field)| {
        Ok(ceilings.with(kind, ceiling(number).ok_or_else(|| Misfit::of(field))?))
    })
}
