//! A website as it is stored.

use assent_domain::ceiling::Ceilings;
use assent_domain::interaction::InteractionKind;
use assent_domain::website::Website;
use assent_proto::v1;
use assent_store::Versioned;

use super::{ceiling, opt_in, time};
use crate::wire::etag;

/// A website with its etag and version.
#[must_use]
pub fn website(website: &Website, stored: &Versioned) -> v1::Website {
    v1::Website {
        id: website.id.as_str().to_owned(),
        country: website.country.map(|country| country.code().to_owned()),
        ceilings: Some(ceilings(&website.ceilings)),
        etag: Some(etag::of(stored)),
        version: stored.version,
        recorded_at: Some(time::instant(stored.recorded_at)),
        opt_in_texts: opt_in::texts(&website.opt_in_texts),
    }
}

fn ceilings(ceilings: &Ceilings) -> v1::WebsiteCeilings {
    let of = |kind| ceiling::ceiling(ceilings.of(kind)).into();
    v1::WebsiteCeilings {
        email_open: of(InteractionKind::EmailOpen),
        email_click: of(InteractionKind::EmailClick),
        sms_click: of(InteractionKind::SmsClick),
        website_visit: of(InteractionKind::WebsiteVisit),
        transaction_goal: of(InteractionKind::TransactionGoal),
    }
}
