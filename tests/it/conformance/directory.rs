//! Who serves just now: where writers and followers find a replica, while replicas come and go.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use tonic::transport::Channel;

use crate::faults::chance::Chance;
use crate::faults::channel;

/// What everybody in a course shares.
#[derive(Default)]
pub(super) struct Directory {
    serving: Mutex<BTreeMap<String, Channel>>,
    ticks: AtomicU64,
    acknowledged: AtomicUsize,
    enough: AtomicBool,
    followers: AtomicUsize,
}

impl Directory {
    /// Puts a replica in.
    pub(super) fn enter(&self, address: &str) {
        self.serving().insert(address.to_owned(), channel(address));
    }

    /// Takes a replica out; calls to it that are under way go on as they can.
    pub(super) fn leave(&self, address: &str) {
        self.serving().remove(address);
    }

    /// One of those who serve, as it falls, with its address; nothing while nobody does.
    pub(super) fn any(&self, chance: &mut Chance) -> Option<(String, Channel)> {
        let serving = self.serving();
        let place = usize::try_from(chance.below(serving.len().max(1) as u64)).expect("a small number");
        serving.iter().nth(place).map(|(address, channel)| (address.clone(), channel.clone()))
    }

    /// Another one than that, as it falls; it again where nobody else serves.
    pub(super) fn another(&self, than: &str, chance: &mut Chance) -> Option<(String, Channel)> {
        let others: Vec<_> = self
            .serving()
            .iter()
            .filter(|(address, _)| *address != than)
            .map(|(address, channel)| (address.clone(), channel.clone()))
            .collect();
        if others.is_empty() {
            return self.any(chance);
        }
        let place = usize::try_from(chance.below(others.len() as u64)).expect("a small number");
        others.into_iter().nth(place)
    }

    /// The next of all moments: whatever takes one later has a greater one.
    pub(super) fn tick(&self) -> u64 {
        self.ticks.fetch_add(1, Ordering::SeqCst)
    }

    pub(super) fn note_acknowledged(&self) {
        self.acknowledged.fetch_add(1, Ordering::SeqCst);
    }

    /// How many calls were acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::SeqCst)
    }

    /// Somebody has begun to follow.
    pub(super) fn note_follower(&self) {
        self.followers.fetch_add(1, Ordering::SeqCst);
    }

    /// How many have.
    pub(super) fn followers(&self) -> usize {
        self.followers.load(Ordering::SeqCst)
    }

    /// Tells writers to end, or to begin again.
    pub(super) fn say_enough(&self, enough: bool) {
        self.enough.store(enough, Ordering::SeqCst);
    }

    pub(super) fn is_enough(&self) -> bool {
        self.enough.load(Ordering::SeqCst)
    }

    fn serving(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Channel>> {
        self.serving.lock().expect("no panic while held")
    }
}
