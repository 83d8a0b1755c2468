//! Records written beside something else, in the transaction that is about that: by the same locks, the same load and the
//! same save as any other consent write.
//!
//! The locks come first of all that the transaction locks, as in every writer of records, so that two of them never wait
//! for each other crosswise.

use std::collections::BTreeMap;

use assent_domain::id::TenantId;
use assent_domain::profile::Profile;
use assent_domain::time::Instant;

use super::judge::Judged;
use super::load::{self, Lock, Wanted};
use super::{ConsentCall, ProfileChange, save};
use crate::profile::ProfileKey;
use crate::transaction::{Stop, Tx};

/// People whom nobody else can write until the transaction ends.
pub(crate) struct Hold {
    judged: Judged,
    locks: BTreeMap<ProfileKey, Lock>,
}

impl Hold {
    /// Locks and loads those people.
    pub(crate) async fn lock(tx: &Tx, tenant: &TenantId, profiles: &[ProfileKey]) -> Result<Self, Stop> {
        let call = ConsentCall { profiles, table: None, notices: &[], request: None };
        let (loaded, known) = load::load(tx, tenant, &Wanted::of(std::iter::once(&call))).await?;
        Ok(Self { judged: Judged::new(loaded, known.answered), locks: known.locks })
    }

    /// Everybody who is held, as they are under the lock.
    pub(crate) fn profiles(&self) -> &BTreeMap<ProfileKey, Profile> {
        &self.judged.loaded.profiles
    }

    /// Stores what was decided of them, and gives everybody as they are then. Who is still nobody leaves no trace.
    pub(crate) async fn save(
        mut self,
        tx: &Tx,
        tenant: &TenantId,
        now: Instant,
        changes: Vec<ProfileChange>,
    ) -> Result<BTreeMap<ProfileKey, Profile>, Stop> {
        self.judged.take_changes(changes)?;
        let profiles = self.judged.loaded.profiles.clone();
        save::save(tx, tenant, now, &self.locks, self.judged).await?;
        Ok(profiles)
    }
}
