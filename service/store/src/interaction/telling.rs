//! Sends that are more than sends: of a message that tells or asks, the recorded send is a notice or a request, and its
//! record is written beside its row, in the same transaction.
//!
//! Those whom such a send goes to are locked before anything else, like by every other writer of records. A recording
//! without such a send takes no lock and no statement more.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{MessageId, TenantId};
use assent_domain::profile::Profile;

use super::{Arrival, Ground, InteractionWrite};
use crate::consent::{Hold, ProfileChange};
use crate::declaration::Declarations;
use crate::profile::ProfileKey;
use crate::subject::{load_subjects, without_records};
use crate::transaction::{Stop, Tx};

/// What sends tell those whom they go to: what declarations say is the service's matter.
pub trait Telling: Send + Sync {
    /// Whether a recorded send of that message is a consent record too.
    fn tells(&self, message: &MessageId, declarations: &Declarations) -> bool;

    /// The records of those sends, all of messages that tell and new on record, with the people as they are after them.
    /// Whom they go to is `held`.
    fn records(
        &mut self,
        ground: &Ground,
        held: &BTreeMap<ProfileKey, Profile>,
        sends: &[&Arrival],
    ) -> Vec<ProfileChange>;
}

/// Of those sends, those that tell something.
pub(super) fn heard<'a>(
    arrivals: &'a [Arrival],
    sends: &[usize],
    declarations: &Declarations,
    telling: &impl Telling,
) -> Vec<&'a Arrival> {
    let mut known: BTreeMap<&MessageId, bool> = BTreeMap::new();
    let mut tells = |message| *known.entry(message).or_insert_with(|| telling.tells(message, declarations));
    let sends = sends.iter().filter_map(|place| arrivals.get(*place));
    sends.filter(|send| send.reported.what.message().is_some_and(&mut tells)).collect()
}

/// Loads everybody into the ground, and locks those who are told something.
pub(super) async fn hold(
    tx: &Tx,
    tenant: &TenantId,
    ground: &mut Ground,
    everybody: BTreeSet<ProfileKey>,
    told: BTreeSet<ProfileKey>,
) -> Result<Option<Hold>, Stop> {
    if told.is_empty() {
        let everybody: Vec<&ProfileKey> = everybody.iter().collect();
        ground.people = load_subjects(tx, tenant, &everybody).await?;
        return Ok(None);
    }
    let others: Vec<&ProfileKey> = everybody.difference(&told).collect();
    let told: Vec<ProfileKey> = told.iter().cloned().collect();
    let held = Hold::lock(tx, tenant, &told).await?;
    if !others.is_empty() {
        ground.people = load_subjects(tx, tenant, &others).await?;
    }
    ground.people.extend(without_records(held.profiles().clone()));
    Ok(Some(held))
}

/// Writes the records of those sends; what else the transaction judges is judged by what they told.
pub(super) async fn tell(
    tx: &Tx,
    write: &InteractionWrite<'_>,
    held: Hold,
    ground: &mut Ground,
    sends: &[&Arrival],
    telling: &mut impl Telling,
) -> Result<(), Stop> {
    let changes = telling.records(ground, held.profiles(), sends);
    let profiles = held.save(tx, write.tenant, write.now, changes).await?;
    ground.people.extend(without_records(profiles));
    Ok(())
}
