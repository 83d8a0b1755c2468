//! What was sent to somebody in one batch of a stream, and what they did in a later one: how that is judged goes by the send, so that it
//! waits until the send is on record. Batches that share nobody so are on their way together.

use std::collections::BTreeMap;

use assent_domain::interaction::What;
use assent_store::ProfileKey;

use crate::interaction::record::RecordCall;

/// The last batch with a send to each, of those that are not known to be through.
#[derive(Default)]
pub(super) struct Sent(BTreeMap<ProfileKey, u64>);

impl Sent {
    /// The last batch that this one has to wait for.
    pub(super) fn before(&self, batch: &RecordCall) -> Option<u64> {
        if self.0.is_empty() {
            return None;
        }
        let behaviour = batch.reported.iter().filter(|reported| !matches!(reported.what, What::Send { .. }));
        let people = behaviour.filter_map(|reported| reported.profile.clone());
        people.filter_map(|id| self.0.get(&ProfileKey { table: batch.table.clone(), id })).max().copied()
    }

    /// Notes the sends of a batch; everything up to `through` is through.
    pub(super) fn add(&mut self, seq: u64, batch: &RecordCall, through: u64) {
        self.0.retain(|_, seq| *seq > through);
        let sends = batch.reported.iter().filter(|reported| matches!(reported.what, What::Send { .. }));
        let people = sends.filter_map(|reported| reported.profile.clone());
        self.0.extend(people.map(|id| (ProfileKey { table: batch.table.clone(), id }, seq)));
    }
}
