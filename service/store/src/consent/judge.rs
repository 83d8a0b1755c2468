//! Deciding the calls of a write one after the other: each sees what those before it left.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use assent_domain::change::Saved;
use assent_domain::id::RequestId;
use assent_domain::ledger::Salt;

use super::{ConsentCall, Decided, Loaded, Mode, ProfileChange};
use crate::error::StoreError;
use crate::profile::ProfileKey;
use crate::request::{Answered, Request};

/// What the calls decided so far leave behind.
#[derive(Debug)]
pub(super) struct Judged {
    /// What the next call sees.
    pub(super) loaded: Loaded,
    /// The records that each profile got, in order.
    pub(super) records: BTreeMap<ProfileKey, Vec<(Saved, Salt)>>,
    /// The requests that are answered for the first time.
    pub(super) requests: Vec<RequestId>,
    pub(super) answered: BTreeMap<RequestId, Answered>,
}

impl Judged {
    pub(super) fn new(loaded: Loaded, answered: BTreeMap<RequestId, Answered>) -> Self {
        Self { loaded, records: BTreeMap::new(), requests: Vec::new(), answered }
    }

    /// Whether there is nothing to store.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.requests.is_empty()
    }

    /// Decides one call. If that fails the call leaves nothing behind.
    pub(super) fn take<A, E: From<StoreError>>(
        &mut self,
        mode: Mode,
        place: usize,
        call: &ConsentCall<'_>,
        decide: &mut impl FnMut(usize, &Loaded) -> Result<Decided<A>, E>,
    ) -> Result<A, E> {
        self.loaded.replayed = call.request.as_ref().map_or(Ok(None), |request| self.replayed(request))?;
        let decided = decide(place, &self.loaded)?;
        if self.loaded.replayed.is_some() || mode == Mode::ValidateOnly {
            return Ok(decided.answer);
        }
        self.keep(call, decided)
    }

    fn replayed(&self, request: &Request<'_>) -> Result<Option<Vec<u8>>, StoreError> {
        self.answered.get(&request.id).map(|answered| answered.again(request)).transpose()
    }

    fn keep<A, E: From<StoreError>>(&mut self, call: &ConsentCall<'_>, decided: Decided<A>) -> Result<A, E> {
        self.take_changes(decided.changes)?;
        if let Some(request) = &call.request {
            let (method, content_hash) = (request.method.to_owned(), request.content_hash);
            self.answered.insert(request.id, Answered { method, content_hash, outcomes: decided.outcomes });
            self.requests.push(request.id);
        }
        Ok(decided.answer)
    }

    /// Takes what was decided of people who are locked.
    pub(super) fn take_changes(&mut self, changes: Vec<ProfileChange>) -> Result<(), StoreError> {
        let changes = changes.into_iter().filter(|change| !change.records.is_empty());
        let changes: Vec<_> = changes
            .map(|change| {
                let (table, id) = (change.profile.table().clone(), change.profile.id().clone());
                (ProfileKey { table, id }, change)
            })
            .collect();
        if changes.iter().any(|(key, _)| !self.loaded.profiles.contains_key(key)) {
            // Only what was locked may be written.
            return Err(StoreError::Conflict);
        }
        for (key, change) in changes {
            match self.records.entry(key.clone()) {
                Entry::Vacant(none) => drop(none.insert(change.records)),
                Entry::Occupied(mut some) => some.get_mut().extend(change.records),
            }
            self.loaded.profiles.insert(key, change.profile);
        }
        Ok(())
    }
}
