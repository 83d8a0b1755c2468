//! What waits to be sent, profile table by profile table: a batch names one. In each the oldest stands first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::ticket::Told;
use super::weight::Weight;
use crate::ambient::{Deadline, Moment};
use crate::interaction::Interaction;

/// An interaction that was taken and not acknowledged.
pub(super) struct Held {
    /// Its place in the order in which they were taken.
    pub(super) number: u64,
    pub(super) interaction: Box<Interaction>,
    pub(super) weight: Weight,
    pub(super) taken: Moment,
    /// Whether it was sent before, without being judged as far as is known.
    pub(super) sent: bool,
    /// How often the service could not judge it for now.
    pub(super) faults: u32,
    pub(super) tell: oneshot::Sender<Told>,
}

/// When a batch is ready.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    pub(super) items: usize,
    pub(super) bytes: usize,
    pub(super) linger: Duration,
}

/// When something leaves next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Now,
    At(Deadline),
}

#[derive(Default)]
struct Lane {
    items: VecDeque<Held>,
    /// What they take on the wire.
    wire: usize,
}

impl Lane {
    fn due(&self, measure: Measure) -> Option<Due> {
        let first = self.items.front()?;
        let full = self.items.len() >= measure.items || self.wire >= measure.bytes;
        let leaves = first.taken.plus(measure.linger);
        Some(if full || first.sent || leaves.passed() { Due::Now } else { Due::At(leaves) })
    }

    /// Puts one back to where it stood, which is mostly before all others.
    fn put_back(&mut self, held: Held) {
        self.wire = self.wire.saturating_add(held.weight.wire);
        let place = self.items.partition_point(|other| other.number < held.number);
        self.items.insert(place, held);
    }

    fn pop(&mut self) -> Option<Held> {
        let held = self.items.pop_front()?;
        self.wire = self.wire.saturating_sub(held.weight.wire);
        Some(held)
    }
}

/// Everything that waits.
#[derive(Default)]
pub(super) struct Lanes {
    /// None is empty.
    lanes: BTreeMap<Arc<str>, Lane>,
    /// What waits for a time of its own before it is sent again, by that time and its number.
    aside: BTreeMap<(Deadline, u64), (Arc<str>, Held)>,
    /// Tables that others go before, and until when.
    behind: BTreeMap<Arc<str>, Deadline>,
    /// How many all of them are.
    len: usize,
}

impl Lanes {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Puts one behind all others of its table; whether that made a batch full, or is the first thing that waits.
    pub(super) fn push(&mut self, table: &str, held: Held, measure: Measure) -> bool {
        let first = self.lanes.is_empty();
        self.len += 1;
        let lane = match self.lanes.get_mut(table) {
            Some(lane) => lane,
            None => self.lanes.entry(table.into()).or_default(),
        };
        lane.wire = lane.wire.saturating_add(held.weight.wire);
        lane.items.push_back(held);
        first || lane.items.len() == measure.items || lane.wire >= measure.bytes
    }

    /// Puts what was sent and not acknowledged before all others of its table, as it was.
    pub(super) fn put_back(&mut self, table: Arc<str>, items: Vec<Held>) {
        self.len += items.len();
        let lane = self.lanes.entry(table).or_default();
        for mut held in items.into_iter().rev() {
            held.sent = true;
            lane.put_back(held);
        }
    }

    /// Puts one that was sent aside until then: others of its table go by.
    pub(super) fn set_aside(&mut self, until: Deadline, table: Arc<str>, mut held: Held) {
        self.len += 1;
        held.sent = true;
        self.aside.insert((until, held.number), (table, held));
    }

    /// Has those whose time has come wait with the others of their table.
    pub(super) fn recall(&mut self) {
        while let Some(first) = self.aside.first_entry().filter(|first| first.key().0.passed()) {
            let (table, held) = first.remove();
            self.lanes.entry(table).or_default().put_back(held);
        }
    }

    /// When the next of those that were put aside may be sent.
    pub(super) fn recalled(&self) -> Option<Deadline> {
        self.aside.first_key_value().map(|((until, _), _)| *until)
    }

    /// Lets other tables go before that one until then.
    pub(super) fn put_behind(&mut self, table: Arc<str>, until: Deadline) {
        self.behind.retain(|_, until| !until.passed());
        self.behind.insert(table, until);
    }

    fn is_behind(&self, table: &str) -> bool {
        self.behind.get(table).is_some_and(|until| !until.passed())
    }

    /// When something leaves next; `None`: nothing waits but what was put aside.
    pub(super) fn due(&self, measure: Measure) -> Option<Due> {
        self.lanes.values().filter_map(|lane| lane.due(measure)).min()
    }

    /// A batch: of the tables that have one ready, or of all if there is no cause to wait, that whose first was taken first; one that
    /// is put behind only if there is no other.
    pub(super) fn batch(&mut self, measure: Measure, at_once: bool) -> Option<(Arc<str>, Vec<Held>)> {
        let ready = self.lanes.iter().filter(|(_, lane)| at_once || lane.due(measure) == Some(Due::Now));
        let oldest = ready.min_by_key(|(table, lane)| {
            (self.is_behind(table), lane.items.front().map(|first| first.number))
        });
        let table = Arc::clone(oldest?.0);
        let lane = self.lanes.get_mut(&table)?;
        let (mut count, mut bytes) = (0, 0_usize);
        for held in lane.items.iter().take(measure.items) {
            bytes = bytes.saturating_add(held.weight.wire);
            if count > 0 && bytes > measure.bytes {
                break;
            }
            count += 1;
        }
        let items: Vec<Held> = std::iter::from_fn(|| lane.pop()).take(count).collect();
        self.len -= items.len();
        if lane.items.is_empty() {
            self.lanes.remove(&table);
        }
        Some((table, items))
    }

    /// When the oldest that waits will have been held for that long.
    pub(super) fn oldest_after(&self, time: Duration) -> Option<Deadline> {
        let first = self.lanes.values().filter_map(|lane| lane.items.front());
        let aside = self.aside.values().map(|(_, held)| held);
        first.chain(aside).map(|held| held.taken.plus(time)).min()
    }

    /// Takes out one that has been held for that long.
    pub(super) fn pop_older(&mut self, time: Duration) -> Option<(Arc<str>, Held)> {
        let aside = self.aside.iter().find(|(_, (_, held))| held.taken.plus(time).passed());
        if let Some(key) = aside.map(|(key, _)| *key) {
            self.len -= 1;
            return self.aside.remove(&key);
        }
        let old = |lane: &Lane| lane.items.front().is_some_and(|first| first.taken.plus(time).passed());
        let table = Arc::clone(self.lanes.iter().find(|(_, lane)| old(lane))?.0);
        let lane = self.lanes.get_mut(&table)?;
        let held = lane.pop()?;
        self.len -= 1;
        if lane.items.is_empty() {
            self.lanes.remove(&table);
        }
        Some((table, held))
    }

    /// Takes out everything.
    pub(super) fn drain(&mut self) -> Vec<(Arc<str>, Held)> {
        self.len = 0;
        let lanes = std::mem::take(&mut self.lanes);
        let all = lanes
            .into_iter()
            .flat_map(|(table, lane)| lane.items.into_iter().map(move |held| (Arc::clone(&table), held)));
        all.chain(std::mem::take(&mut self.aside).into_values()).collect()
    }
}
