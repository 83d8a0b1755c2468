//! What an evaluation stands on, and the evaluation itself.
//!
//! The sends come first, since a window may start from one; then, look by look, the recorded rows, what is declared
//! around them, and the states of the people last: what was acknowledged while the rest was read binds it.

use std::collections::BTreeMap;

use assent_domain::id::TenantId;
use assent_domain::interaction::{Behaviour, Interaction, Recorded};
use assent_domain::profile::Profile;
use assent_domain::time::{Instant, Span};
use assent_domain::verdict::Unjudged;
use assent_domain::wait_block::{self, Candidate, Evaluation, Known, SendOnRecord, Target};
use assent_store::{
    ActivityPlace, AwaitedPage, Named, OnRecord, ProfileKey, Search, SendsAsked, SendsFound, Store,
};

use super::evaluate::Asked;
use crate::declared::Declared;
use crate::failure::Outcome;
use crate::rules::Rules;
use crate::wire::from_wire::wait_block::Block;

/// A block that is not answered yet.
pub(super) struct Waiting<'a> {
    /// Its place among the blocks that are evaluated.
    pub(super) place: usize,
    /// What is awaited.
    pub(super) block: &'a Block,
    key: ProfileKey,
    sends: SendsFound,
    /// What occurred before this instant is not looked for.
    start: Instant,
    /// Nor is what occurred at or after this one.
    until: Instant,
    /// Where the look before ended.
    after: Option<ActivityPlace>,
}

impl<'a> Waiting<'a> {
    /// The blocks, with the sends that lead to their targets and the windows that start from them.
    pub(super) async fn load(
        store: &Store,
        tenant: &TenantId,
        asked: &Asked,
        blocks: &[&'a Block],
    ) -> Outcome<Vec<Self>> {
        let key = |block: &Block| ProfileKey { table: asked.table.clone(), id: block.profile.clone() };
        let keys: Vec<ProfileKey> = blocks.iter().map(|block| key(block)).collect();
        let wanted = blocks.iter().zip(&keys).map(|(block, key)| SendsAsked {
            key,
            target: &block.target,
            started_by: block.started_by(),
        });
        let sends = store.sends_toward(tenant, &wanted.collect::<Vec<_>>()).await?;
        let waiting = blocks.iter().zip(keys).zip(sends).enumerate();
        let waiting = waiting.map(|(place, ((block, key), sends))| {
            let (window, _) = block.definition(false).window(sends.started_by.as_slice());
            // At the instant that is evaluated for is in.
            let until = window.deadline.min(asked.as_of.plus(Span::from_micros(1)));
            Self { place, block, key, sends, start: window.start, until, after: None }
        });
        Ok(waiting.collect())
    }

    /// The same block, to be looked at from there on.
    pub(super) fn after(self, place: ActivityPlace) -> Self {
        Self { after: Some(place), ..self }
    }

    fn search(&self) -> Search<'_> {
        Search {
            key: &self.key,
            target: &self.block.target,
            kinds: &self.block.kinds,
            link: self.block.link.as_ref(),
            start: self.start,
            until: self.until,
            after: self.after,
        }
    }
}

/// What one look at some blocks stands on.
pub(super) struct Ground {
    declared: Declared,
    profiles: BTreeMap<ProfileKey, Profile>,
}

impl Ground {
    /// What is declared around the blocks and their people's states, and up to `limit` rows of each block.
    pub(super) async fn load(
        store: &Store,
        tenant: &TenantId,
        waiting: &[Waiting<'_>],
        limit: u32,
    ) -> Outcome<(Self, Vec<AwaitedPage>)> {
        let searches: Vec<Search<'_>> = waiting.iter().map(Waiting::search).collect();
        let (pages, mut named) = store.find_awaited(tenant, &searches, limit).await?;
        for one in waiting {
            name(&mut named, &one.block.target);
            named.messages.extend(one.sends.toward.iter().map(|send| send.message.clone()));
        }
        let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
        let keys: Vec<ProfileKey> = waiting.iter().map(|one| one.key.clone()).collect();
        let profiles = store.load_profiles(tenant, &keys).await?;
        Ok((Self { declared, profiles }, pages))
    }

    /// Where the profile of a block stands, going by those rows.
    pub(super) fn evaluate(
        &self,
        waiting: &Waiting<'_>,
        rows: Vec<Unjudged<OnRecord>>,
        rules: &Rules,
        as_of: Instant,
        now: Instant,
    ) -> Evaluation<Recorded> {
        let Waiting { block, key, sends, .. } = waiting;
        let profile = &self.profiles[key];
        let target = match &block.target {
            Target::Message(id) => self.declared.context(None, None, Some(id)),
            Target::Campaign(id) => self.declared.context(None, Some(id), None),
            Target::Website(id) => self.declared.context(Some(id), None, None),
            Target::Goal(_) => assent_domain::context::Context::default(),
        };
        let link = target.message().zip(block.link.as_ref());
        let functional_link = link.is_some_and(|(message, link)| message.is_functional(link));
        let toward: Vec<SendOnRecord<'_>> = sends
            .toward
            .iter()
            .map(|send| SendOnRecord {
                message: self.declared.context(None, None, Some(&send.message)).message,
                sent: send.sent,
                at: send.at,
            })
            .collect();
        let known = Known {
            person: profile.person(),
            policies: rules.policies_around(profile.history().facts(), &target),
            table_zone: &rules.table.zone,
            target,
            sends: &toward,
            started_by: sends.started_by.as_slice(),
        };
        let candidates = rows.into_iter().map(|row| row.map(|row| self.candidate(row)));
        wait_block::evaluate(&block.definition(functional_link), &known, candidates, as_of, now)
    }

    fn candidate(&self, OnRecord { recorded, sent }: OnRecord) -> Candidate<'_, Recorded> {
        let told = &recorded.interaction;
        let what = &told.what;
        let context = self.declared.context(what.website(), told.campaign.as_ref(), what.message());
        let link = context.message().zip(what.link());
        let functional = link.is_some_and(|(message, link)| message.is_functional(link));
        let interaction = Interaction { functional, ..told.interaction() };
        Candidate { interaction, context, sent, row: recorded }
    }
}

/// Adds what a target names.
fn name(named: &mut Named, target: &Target) {
    match target {
        Target::Message(id) => named.messages.extend([id.clone()]),
        Target::Campaign(id) => named.campaigns.extend([id.clone()]),
        Target::Website(id) => named.websites.extend([id.clone()]),
        Target::Goal(_) => {}
    }
}
