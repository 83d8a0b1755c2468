//! People on their way through the commands of one transaction: each command meets what those before it left.

use std::collections::BTreeMap;

use assent_domain::change::{Applied, Saved};
use assent_domain::command::{Command, Stamp, Terms};
use assent_domain::id::Origin;
use assent_domain::ledger::Salt;
use assent_domain::profile::Profile;
use assent_domain::refusal::Refusal;
use assent_domain::time::Instant;
use assent_store::{ProfileChange, ProfileKey};

use crate::context::Context;
use crate::entropy::{bytes, record_id};

/// What commands do to people.
pub(crate) struct Changing<'a> {
    context: &'a Context,
    now: Instant,
    origin: Option<&'a Origin>,
    loaded: &'a BTreeMap<ProfileKey, Profile>,
    /// Those whom a command has met.
    profiles: BTreeMap<ProfileKey, Profile>,
    saved: BTreeMap<ProfileKey, Vec<(Saved, Salt)>>,
}

impl<'a> Changing<'a> {
    /// Of the people in `loaded`, by commands that `origin` sent.
    pub(crate) fn new(
        context: &'a Context,
        now: Instant,
        origin: Option<&'a Origin>,
        loaded: &'a BTreeMap<ProfileKey, Profile>,
    ) -> Self {
        let (profiles, saved) = (BTreeMap::new(), BTreeMap::new());
        Self { context, now, origin, loaded, profiles, saved }
    }

    /// Somebody as the commands so far left them; `None`: they were not loaded.
    pub(crate) fn profile(&self, key: &ProfileKey) -> Option<&Profile> {
        self.profiles.get(key).or_else(|| self.loaded.get(key))
    }

    /// What a command would come to, whoever it is about.
    pub(crate) fn weigh(
        &self,
        profile: Profile,
        command: &Command,
        terms: &Terms<'_>,
    ) -> (Profile, Result<Applied, Refusal>) {
        let now = self.now;
        let mut next_id = || record_id(now, self.context.entropy.as_ref());
        profile.apply(command, terms, Stamp { now, origin: self.origin, next_id: &mut next_id })
    }

    /// Applies a command; `None`: the person was not loaded.
    pub(crate) fn apply(
        &mut self,
        key: &ProfileKey,
        command: &Command,
        terms: &Terms<'_>,
    ) -> Option<Result<Applied, Refusal>> {
        let before = match self.profiles.remove(key) {
            Some(changed) => changed,
            None => self.loaded.get(key)?.clone(),
        };
        let (after, applied) = self.weigh(before, command, terms);
        self.profiles.insert(key.clone(), after);
        if let Ok(applied) = &applied {
            let entropy = self.context.entropy.as_ref();
            let salted = applied.saved.iter().map(|saved| (saved.clone(), Salt(bytes(entropy))));
            self.saved.entry(key.clone()).or_default().extend(salted);
        }
        Some(applied)
    }

    /// Writes what of somebody's grants has run out, if anything has.
    pub(crate) fn expire(&mut self, key: &ProfileKey, terms: &Terms<'_>) {
        let before = self.profiles.remove(key).or_else(|| self.loaded.get(key).cloned());
        let Some(before) = before else { return };
        let (now, entropy) = (self.now, self.context.entropy.as_ref());
        let mut next_id = || record_id(now, entropy);
        let (after, expired) =
            before.expire(terms, &mut Stamp { now, origin: self.origin, next_id: &mut next_id });
        let salted = expired.into_iter().map(|saved| (saved, Salt(bytes(entropy))));
        self.saved.entry(key.clone()).or_default().extend(salted);
        self.profiles.insert(key.clone(), after);
    }

    /// The people who got records.
    pub(crate) fn into_changes(self) -> Vec<ProfileChange> {
        let Self { mut profiles, saved, .. } = self;
        let changed = saved.into_iter().filter(|(_, records)| !records.is_empty());
        changed
            .filter_map(|(key, records)| Some(ProfileChange { profile: profiles.remove(&key)?, records }))
            .collect()
    }
}
