//! A campaign as it is stored.

use assent_domain::campaign::Campaign;
use assent_proto::v1;
use assent_store::Versioned;

use super::{ceiling, opt_in, time};
use crate::wire::etag;

/// A campaign with its etag and version.
#[must_use]
pub fn campaign(campaign: &Campaign, stored: &Versioned) -> v1::Campaign {
    v1::Campaign {
        id: campaign.id.as_str().to_owned(),
        website_id: campaign.website.as_ref().map(|id| id.as_str().to_owned()),
        ceiling: ceiling::ceiling(campaign.ceiling).into(),
        etag: Some(etag::of(stored)),
        version: stored.version,
        recorded_at: Some(time::instant(stored.recorded_at)),
        opt_in_texts: opt_in::texts(&campaign.opt_in_texts),
    }
}
