//! The declared facts around an interaction: what it names, and what that names in turn. What nobody
//! declared is absent and adds nothing.

use crate::campaign::Campaign;
use crate::ceiling::Ceiling;
use crate::interaction::InteractionKind;
use crate::message::Message;
use crate::policy::{Applicable, ForceNever};
use crate::record::Country;
use crate::time::Instant;
use crate::website::Website;

/// A declared campaign and its website.
#[derive(Clone, Copy, Debug)]
pub struct CampaignInPlay<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its website.
    pub website: Option<&'a Website>,
}

/// A declared message, its website and its campaign.
#[derive(Clone, Copy, Debug)]
pub struct MessageInPlay<'a> {
    /// The message.
    pub message: &'a Message,
    /// Its website.
    pub website: Option<&'a Website>,
    /// Its campaign.
    pub campaign: Option<CampaignInPlay<'a>>,
}

/// All that is declared around one interaction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The website the interaction names.
    pub website: Option<&'a Website>,
    /// The campaign the interaction names.
    pub campaign: Option<CampaignInPlay<'a>>,
    /// The message the interaction names.
    pub message: Option<MessageInPlay<'a>>,
}

impl<'a> Context<'a> {
    /// The campaign whose statistics it enters: the one it names, else its message's. None: it enters no statistics.
    #[must_use]
    pub fn campaign(&self) -> Option<&'a Campaign> {
        self.campaign
            .or_else(|| self.message.and_then(|message| message.campaign))
            .map(|in_play| in_play.campaign)
    }

    /// The message, if it was declared.
    #[must_use]
    pub fn message(&self) -> Option<&'a Message> {
        self.message.map(|in_play| in_play.message)
    }

    fn campaigns(&self) -> [Option<CampaignInPlay<'a>>; 2] {
        [self.campaign, self.message.and_then(|message| message.campaign)]
    }

    /// The websites in play: that of the interaction, of its campaign, of its message, of the message's campaign.
    pub fn websites(&self) -> impl Iterator<Item = &'a Website> + use<'a> {
        let [own, of_message] = self.campaigns();
        [
            self.website,
            own.and_then(|campaign| campaign.website),
            self.message.and_then(|message| message.website),
            of_message.and_then(|campaign| campaign.website),
        ]
        .into_iter()
        .flatten()
    }

    /// The countries of the websites in play, for profiles without a jurisdiction.
    pub fn countries(&self) -> impl Iterator<Item = Country> + use<'a> {
        self.websites().filter_map(|website| website.country)
    }

    /// The most restrictive declared ceiling for `kind`, with `NEVER` where a policy sets it by country
    /// at `now`.
    #[must_use]
    pub fn ceiling(&self, kind: InteractionKind, policies: &Applicable<'_>, now: Instant) -> Ceiling {
        let websites = self.websites().map(|website| {
            let forced = policies.iter().any(|policy| policy.force_never.binds(website, now));
            if forced { Ceiling::Never } else { website.ceilings.of(kind) }
        });
        let campaigns = self.campaigns().into_iter().flatten().map(|campaign| campaign.campaign.ceiling);
        let message = self.message.into_iter().map(|message| message.message.ceiling);
        websites.chain(campaigns).chain(message).max().unwrap_or_default()
    }
}

impl ForceNever {
    /// Whether it sets the ceiling of `website` to `NEVER` at `now`.
    #[must_use]
    pub fn binds(&self, website: &Website, now: Instant) -> bool {
        self.on && website.country == Some(self.country) && self.from <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceiling::Ceilings;
    use crate::message::{MessageClass, SendingBasis};
    use crate::policy::{Rulebook, WithoutPolicy};
    use crate::scene::{campaign, message, website};

    #[test]
    fn the_countries_of_all_websites_in_play_count_and_an_undeclared_one_adds_nothing() {
        let site = |code| website(code, Ceilings::default());
        let sites = [site("FR"), site("IT"), site(""), site("US")];
        let (campaign, mail) =
            (campaign(Ceiling::Default), message(MessageClass::Marketing, SendingBasis::Consent));
        let in_play = |website| Some(CampaignInPlay { campaign: &campaign, website });
        let context = Context {
            website: Some(&sites[2]),
            campaign: in_play(Some(&sites[1])),
            message: Some(MessageInPlay {
                message: &mail,
                website: Some(&sites[3]),
                campaign: in_play(Some(&sites[0])),
            }),
        };
        let codes: Vec<String> = context.countries().map(|country| country.code().to_owned()).collect();
        assert_eq!(codes, ["IT", "US", "FR"]);
        let rulebook = Rulebook::new(WithoutPolicy::Legacy);
        let ids = |jurisdiction, context: &Context<'_>| -> Vec<String> {
            let applicable = rulebook.policies_for(None, jurisdiction, context.countries());
            applicable.iter().map(|policy| policy.id.as_str().to_owned()).collect()
        };
        assert_eq!(ids(None, &context), ["legacy", "fr-cnil-2026", "it-garante-2026"]);
        assert_eq!(
            ids(Country::new("US"), &context),
            ["legacy"],
            "a jurisdiction, even one without a rulebook"
        );
        assert_eq!(ids(None, &Context::default()), ["legacy"]);
    }
}
