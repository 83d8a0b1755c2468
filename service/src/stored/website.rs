//! A website as it is kept.

use std::collections::BTreeMap;

use assent_domain::ceiling::Ceilings;
use assent_domain::id::WebsiteId;
use assent_domain::interaction::InteractionKind;
use assent_domain::record::Country;
use assent_domain::website::Website;
use serde::{Deserialize, Serialize};

use super::opt_in::{self, StoredText};
use super::{Unreadable, ceiling};

const UNREADABLE: Unreadable = Unreadable { setting: "website" };

/// The body of a website; its id is the row's.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StoredWebsite {
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// By kind of interaction; the ordinary ones are not said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ceilings: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opt_in_texts: Vec<StoredText>,
}

impl StoredWebsite {
    /// The body of `website`.
    ///
    /// # Errors
    /// [`Unreadable`] when it has no JSON form.
    pub fn write(website: &Website) -> Result<String, Unreadable> {
        let said = InteractionKind::TRACKED.into_iter().filter_map(|kind| {
            let said = ceiling::said(website.ceilings.of(kind))?;
            Some((kind.name().to_owned(), said))
        });
        let body = Self {
            country: website.country.map(|country| country.code().to_owned()),
            ceilings: said.collect(),
            opt_in_texts: opt_in::said(&website.opt_in_texts),
        };
        serde_json::to_string(&body).map_err(|_| UNREADABLE)
    }

    /// The website of a body.
    ///
    /// # Errors
    /// [`Unreadable`] when no release up to this one wrote it.
    pub fn read(id: WebsiteId, body: &str) -> Result<Website, Unreadable> {
        let Self { country, ceilings: said, opt_in_texts } =
            serde_json::from_str(body).map_err(|_| UNREADABLE)?;
        let mut ceilings = Ceilings::default();
        for (kind, said) in said {
            let kind = InteractionKind::named(&kind).filter(|kind| InteractionKind::TRACKED.contains(kind));
            let ceiling = ceiling::read(Some(&said)).ok_or(UNREADABLE)?;
            ceilings = ceilings.with(kind.ok_or(UNREADABLE)?, ceiling);
        }
        let country = country.map(|code| Country::new(&code).ok_or(UNREADABLE)).transpose()?;
        let opt_in_texts = opt_in::read(opt_in_texts).ok_or(UNREADABLE)?;
        Ok(Website { id, country, ceilings, opt_in_texts })
    }
}
