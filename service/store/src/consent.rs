//! The consent write: one transaction that loads, lets the service decide, and saves.
//!
//! It locks the rows of the profiles it is about, in the order of their keys, and nothing else:
//! writers of different people never wait for each other. No head, no chain, no counter stands in it;
//! records are numbered after the commit (`sequencer`).

use std::collections::BTreeMap;

use assent_domain::change::Saved;
use assent_domain::id::{NoticeId, TableId, TenantId};
use assent_domain::ledger::Salt;
use assent_domain::profile::Profile;
use assent_domain::time::Instant;

use crate::Store;
use crate::error::StoreError;
use crate::policy_override::PolicyOverride;
use crate::profile::ProfileKey;
use crate::request::Request;
use crate::transaction::{Ending, transaction};
use crate::versioned::Versioned;

mod beside;
mod judge;
mod load;
mod save;
mod slice;

pub(crate) use beside::Hold;
pub(crate) use load::{lock_one, lock_several};
pub(crate) use save::release;
pub use slice::{Reported, SliceWrite, SliceWritten};

use judge::Judged;

/// Calls of one tenant that are written together.
#[derive(Clone, Debug)]
pub struct ConsentWrite<'a> {
    /// What the transaction is called.
    pub name: &'static str,
    /// Whose people.
    pub tenant: &'a TenantId,
    /// The calls, in the order in which they take effect.
    pub calls: Vec<ConsentCall<'a>>,
    /// Whether anything is stored.
    pub mode: Mode,
    /// The server's time.
    pub now: Instant,
}

/// What one call needs to know, and by what it is known when it comes again.
#[derive(Clone, Copy, Debug)]
pub struct ConsentCall<'a> {
    /// Everybody an item is about; order and repetition do not matter.
    pub profiles: &'a [ProfileKey],
    /// A profile table whose settings are needed even if nobody in it is.
    pub table: Option<&'a TableId>,
    /// The notice texts whose presence decides something.
    pub notices: &'a [NoticeId],
    /// The request, if it is to be answered only once.
    pub request: Option<Request<'a>>,
}

/// Whether a write is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Stores what is decided.
    Store,
    /// Decides, and stores nothing.
    ValidateOnly,
}

/// What is known inside the transaction.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Everybody whom a call of the write asked for, as the calls before this one left them, with the records of
    /// their present life. Nobody else can write them now.
    pub profiles: BTreeMap<ProfileKey, Profile>,
    /// The settings of the profile tables that were asked for. One that is not here was never made.
    pub tables: BTreeMap<TableId, Versioned>,
    /// The newest version of each override of the tenant, in the order of their ids.
    pub overrides: Vec<PolicyOverride>,
    /// The notice texts asked for that are stored, in order.
    pub notices: Vec<NoticeId>,
    /// The outcome codes of this very request when it was answered before. Then nothing of it is stored,
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
    /// Loads, decides and saves in one transaction, and gives each call its answer, in their order. `decide` is
    /// told which call it decides, in order; it must be pure: it is called again when others stood in the way, and
    /// what it said before is forgotten.
    ///
    /// A call that fails stores nothing and stops no other. Where the database refuses the transaction as a whole,
    /// and that may be the fault of one of its calls, each is written by itself.
    ///
    /// # Errors
    /// For each call by itself:
    /// - What `decide` said.
    /// - [`StoreError::RequestIdReused`]: the request's id stands for another content.
    /// - What the database says. After [`StoreError::Unavailable`] it may or may not be stored: the
    ///   same request tells.
    pub async fn write_consents<A, E, D>(&self, write: &ConsentWrite<'_>, mut decide: D) -> Vec<Result<A, E>>
    where
        D: FnMut(usize, &Loaded) -> Result<Decided<A>, E>,
        E: From<StoreError>,
    {
        let all: Vec<usize> = (0..write.calls.len()).collect();
        let error = match self.write_together(write, &all, &mut decide).await {
            Ok(answers) => return answers,
            Err(error) => error,
        };
        if all.len() < 2 || !may_be_of_one_call(&error) {
            return all.iter().map(|_| Err(error.clone().into())).collect();
        }
        let mut answers = Vec::with_capacity(all.len());
        for call in &all {
            match self.write_together(write, std::slice::from_ref(call), &mut decide).await {
                Ok(answer) => answers.extend(answer),
                Err(error) => answers.push(Err(error.into())),
            }
        }
        answers
    }

    async fn write_together<A, E, D>(
        &self,
        write: &ConsentWrite<'_>,
        which: &[usize],
        decide: &mut D,
    ) -> Result<Vec<Result<A, E>>, StoreError>
    where
        D: FnMut(usize, &Loaded) -> Result<Decided<A>, E>,
        E: From<StoreError>,
    {
        let calls: Vec<_> =
            which.iter().filter_map(|place| Some((*place, write.calls.get(*place)?))).collect();
        let wanted = load::Wanted::of(calls.iter().map(|(_, call)| *call));
        transaction!(self, name = write.name, |tx| {
            let (loaded, known) = load::load(tx, write.tenant, &wanted).await?;
            let mut judged = Judged::new(loaded, known.answered);
            let answers = calls
                .iter()
                .map(|(place, call)| judged.take(write.mode, *place, call, &mut *decide))
                .collect();
            if judged.is_empty() {
                return Ok(Ending::Rollback(answers));
            }
            save::save(tx, write.tenant, write.now, &known.locks, judged).await?;
            Ok(Ending::Commit(answers))
        })
    }
}

/// Whether a transaction may have been refused for what one of its calls wanted written, or found.
const fn may_be_of_one_call(error: &StoreError) -> bool {
    matches!(error, StoreError::Conflict | StoreError::Inconsistent { .. } | StoreError::Driver { .. })
}
