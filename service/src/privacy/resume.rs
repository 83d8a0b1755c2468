//! Before anything is served: erasures that the database lost are made again out of the journal, and those that the journal lacks
//! are written into it.
//!
//! A database loses erasures when it is put back older than it was, or fails over without its last commits. Whoever was erased
//! may then be in it again, so that everybody in it is walked through; a database that lacks nothing costs no walk. What is begun
//! and broken off is done again from the start: the tombstones of those whom nobody found are put back last, since with them the
//! walk is never begun again.
//!
//! The journal lacks erasures when it is new, and when a process was stopped after it had erased somebody and before it wrote that
//! down: nobody was told then that it was done.
//!
//! What a database that had lost an erasure took in meanwhile, unknowing, goes with it, consent included: the person is erased in
//! the end, and whoever follows the changes is told so after all that. Only a grant that is given later counts.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::sync::Arc;

use assent_domain::command::Stamp;
use assent_domain::id::TenantId;
use assent_domain::ledger::Salt;
use assent_domain::time::Instant;
use assent_store::{ErasureWrite, Mark, PeopleWalk, Store, StoreError, Tombstone};

use super::journal::{Journal, JournalError};
use crate::context::Context;
use crate::entropy::{Entropy, bytes, record_id};

/// Why the service cannot start with its journal.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The journal cannot be written to.
    #[error("the journal of erasures (erasure.journal) cannot be written to")]
    Write(#[source] io::Error),
    /// The database cannot be asked or changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of each tenant what was erased, as the journal has it: the latest erasure of each mark.
type Known = HashMap<TenantId, HashMap<Mark, Tombstone>>;

/// Makes database and journal agree, and says how many erasures the database had lost.
///
/// # Errors
/// When either cannot be read or written.
pub(crate) async fn resume(
    store: &Store,
    journal: &Arc<Journal>,
    entropy: &dyn Entropy,
    now: Instant,
) -> Result<usize, ResumeError> {
    let known = off_thread(journal, known).await?;
    let mut lost = 0_usize;
    for (tenant, tombstones) in &known {
        let all: Vec<Tombstone> = tombstones.values().copied().collect();
        let lacking = store.lacking(tenant, &all).await?;
        let lacking: HashMap<Mark, Tombstone> = lacking.into_iter().map(|one| (one.mark, one)).collect();
        if !lacking.is_empty() {
            lost = lost.saturating_add(lacking.len());
            erase(store, tenant, &lacking, entropy, now).await?;
        }
    }
    complete(store, journal, &known).await?;
    Ok(lost)
}

/// Of each mark the latest erasure that is written down.
fn known(journal: &Journal) -> Result<Known, JournalError> {
    let mut known = Known::new();
    journal.read(|tenant, tombstone| {
        let of_tenant = known.entry(tenant).or_default();
        match of_tenant.get(&tombstone.mark) {
            Some(held) if held.erased_at >= tombstone.erased_at => {}
            _ => drop(of_tenant.insert(tombstone.mark, tombstone)),
        }
    })?;
    Ok(known)
}

/// Reads the journal on a thread that nobody else waits on.
async fn off_thread<T: Send + 'static>(
    journal: &Arc<Journal>,
    read: impl FnOnce(&Journal) -> Result<T, JournalError> + Send + 'static,
) -> Result<T, ResumeError> {
    let journal = Arc::clone(journal);
    let read = tokio::task::spawn_blocking(move || read(&journal)).await;
    Ok(read.map_err(|error| ResumeError::Write(io::Error::other(error)))??)
}

/// Looks whether the database still knows who was erased last, by whatever replica, and makes again what it lost if it does not: it
/// may be put back, or fail over, under a service that goes on.
///
/// # Errors
/// As [`resume`].
pub(crate) async fn notice(context: &Context, now: Instant) -> Result<(), ResumeError> {
    let Some(journal) = &context.journal else { return Ok(()) };
    off_thread(journal, |journal| journal.read_on(|_, _| {})).await?;
    let mut of_tenants: BTreeMap<TenantId, Vec<Tombstone>> = BTreeMap::new();
    for (tenant, tombstone) in journal.latest() {
        of_tenants.entry(tenant).or_default().push(tombstone);
    }
    for (tenant, tombstones) in &of_tenants {
        if !context.store.lacking(tenant, tombstones).await?.is_empty() {
            let lost = resume(&context.store, journal, context.entropy.as_ref(), now).await?;
            tell(lost);
            break;
        }
    }
    Ok(())
}

/// Has an erasure on the disk, outside of the database, if there is a journal and that is not so already.
///
/// # Errors
/// [`StoreError::Unavailable`] when it cannot be written down.
pub(crate) async fn write_down(
    context: &Context,
    tenant: &TenantId,
    tombstone: Tombstone,
) -> Result<(), StoreError> {
    let Some(journal) = context.journal.as_ref().filter(|journal| !journal.holds(tenant, &tombstone)) else {
        return Ok(());
    };
    journal.write(vec![(tenant.clone(), tombstone)]).await.map_err(|error| {
        tracing::error!(cause = %error, "an erasure could not be written to the journal");
        StoreError::Unavailable
    })
}

/// Tells an operator of erasures that were lost and made again.
pub(crate) fn tell(lost: usize) {
    if lost > 0 {
        tracing::warn!(lost, "the database had lost erasures: they were made again out of the journal");
    }
}

/// Erases everybody of a tenant whose mark is among those that the database lacks, and puts the other tombstones back.
async fn erase(
    store: &Store,
    tenant: &TenantId,
    lacking: &HashMap<Mark, Tombstone>,
    entropy: &dyn Entropy,
    now: Instant,
) -> Result<(), StoreError> {
    let mut walk = PeopleWalk::default();
    let mut erased = HashSet::new();
    while !matches!(walk, PeopleWalk::Done) {
        for (person, mark) in store.walk_marked(tenant, lacking, &mut walk).await? {
            // Whoever is met again has been erased.
            let Some(tombstone) = lacking.get(&mark).filter(|_| erased.insert(mark)) else { continue };
            let write = ErasureWrite { tenant, person: &person, salt: Salt(bytes(entropy)), now };
            // The same erasure, and not one of today: a grant that came after it opened a new life.
            let erased_at = tombstone.erased_at;
            store
                .erase_profile(&write, |profile| {
                    let mut next_id = || record_id(now, entropy);
                    profile.erase(&mut Stamp { now: erased_at, origin: None, next_id: &mut next_id })
                })
                .await?;
        }
    }
    let all: Vec<Tombstone> = lacking.values().copied().collect();
    store.restore_tombstones(tenant, &all).await
}

/// Writes down what the database knows and the journal does not.
async fn complete(store: &Store, journal: &Arc<Journal>, known: &Known) -> Result<(), ResumeError> {
    let is_known = |(tenant, one): &(TenantId, Tombstone)| {
        let held = known.get(tenant).and_then(|tombstones| tombstones.get(&one.mark));
        held.is_some_and(|held| held.erased_at >= one.erased_at)
    };
    let mut after = None;
    loop {
        let slice = store.list_tombstones(after.as_ref()).await?;
        let Some(last) = slice.last().cloned() else { return Ok(()) };
        let unknown: Vec<_> = slice.into_iter().filter(|one| !is_known(one)).collect();
        if !unknown.is_empty() {
            journal.write(unknown).await.map_err(ResumeError::Write)?;
        }
        after = Some(last);
    }
}
