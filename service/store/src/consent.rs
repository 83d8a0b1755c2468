//! The consent write: one transaction that loads, lets the service decide, and saves.
//!
//! It locks the rows of the profiles it is about, in the order of their keys, and nothing else:
//! writers of different people never wait for each other. No head, no chain, no counter stands in it;
//! records are numbered after the commit (`sequencer`).

use std::collections::BTreeMap;

use assent_domain::change::Saved;
use assent_domain::id::{NoticeId, RequestId, TableId, TenantId};
use assent_domain::ledger::Salt;
use assent_domain::profile::Profile;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::policy_override::PolicyOverride;
use crate::profile::ProfileKey;
use crate::transaction::{Ending, transaction};
use crate::versioned::Versioned;

mod load;
mod save;

/// What is to be written, and what has to be known for it.
#[derive(Clone, Debug)]
pub struct ConsentWrite<'a> {
    /// What the transaction is called: `upsert_consents`, `upsert_profiles`.
    pub name: &'static str,
    /// Whose people.
    pub tenant: &'a TenantId,
    /// Everybody an item is about; order and repetition do not matter.
    pub profiles: &'a [ProfileKey],
    /// The notice texts whose presence decides something.
    pub notices: &'a [NoticeId],
    /// The request, if it is to be answered only once.
    pub request: Option<Request<'a>>,
    /// Whether anything is stored.
    pub mode: Mode,
    /// The server's time.
    pub now: Instant,
}

/// Whether a write is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Stores what is decided.
    Store,
    /// Decides, and stores nothing.
    ValidateOnly,
}

/// A request by which a repeated call is known.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The caller's id of it.
    pub id: RequestId,
    /// The method called.
    pub method: &'a str,
    /// The keyed hash of its canonical content.
    pub content_hash: [u8; 32],
}

/// What is known inside the transaction.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Everybody asked for, with the records of their present life. Nobody else can write them now.
    pub profiles: BTreeMap<ProfileKey, Profile>,
    /// The settings of the profile tables named by the keys. One that is not here was never made.
    pub tables: BTreeMap<TableId, Versioned>,
    /// The newest version of each override of the tenant.
    pub overrides: Vec<PolicyOverride>,
    /// The notice texts asked for that are stored, in order.
    pub notices: Vec<NoticeId>,
    /// The outcome codes of the same request when it was answered before. Then nothing is stored,
    /// whatever is decided.
    pub replayed: Option<Vec<u8>>,
}

/// What was decided.
#[derive(Clone, Debug)]
pub struct Decided<A> {
    /// The answer to the caller.
    pub answer: A,
    /// The profiles that got records. Those without any need not be here.
    pub changes: Vec<ProfileChange>,
    /// Outcome codes by index, for when the request comes again: no id, state or reason of a person.
    pub outcomes: Vec<u8>,
}

/// A profile with the records that brought it where it is.
#[derive(Clone, Debug)]
pub struct ProfileChange {
    /// The profile after them.
    pub profile: Profile,
    /// The records, in order, each with the salt of its leaf.
    pub records: Vec<(Saved, Salt)>,
}

impl Store {
    /// Loads, decides and saves in one transaction. `decide` must be pure: it is called again when
    /// others stood in the way, and what it said before is forgotten.
    ///
    /// The inner result is what `decide` said; if it is an error nothing was stored.
    ///
    /// # Errors
    /// - [`StoreError::RequestIdReused`]: the request's id stands for another content.
    /// - What the database says. After [`StoreError::Unavailable`] it may or may not be stored: the
    ///   same request tells.
    pub async fn write_consents<A, E, D>(
        &self,
        write: &ConsentWrite<'_>,
        mut decide: D,
    ) -> Result<Result<A, E>, StoreError>
    where
        D: FnMut(&Loaded) -> Result<Decided<A>, E>,
    {
        let mut keys: Vec<&ProfileKey> = write.profiles.iter().collect();
        keys.sort();
        keys.dedup();
        let keys = keys.as_slice();
        transaction!(self, name = write.name, |tx| {
            let (loaded, clocks) = load::load(tx, write, keys).await?;
            let decided = match decide(&loaded) {
                Ok(decided) => decided,
                Err(refused) => return Ok(Ending::Rollback(Err(refused))),
            };
            if loaded.replayed.is_some() || write.mode == Mode::ValidateOnly {
                return Ok(Ending::Rollback(Ok(decided.answer)));
            }
            save::save(tx, write, &loaded, &clocks, &decided).await?;
            Ok(Ending::Commit(Ok(decided.answer)))
        })
    }
}
