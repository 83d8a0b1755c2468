//! The interaction write: one transaction that loads, lets the service judge, and saves what may be kept.
//!
//! What may not be kept is never written: only what was judged to be recorded, or exempt, goes in ([`Weighed`]). The
//! states are read in the same transaction, so that a withdrawal that was acknowledged before it began binds it. Nothing is
//! shared by a table or tenant, and no lock is taken on any profile but those to whom a send tells or asks something
//! (`telling`).
//!
//! Sends are judged and written before everything else, so that what comes with them is judged by the mode
//! they went out with and by what they told. A message is fixed by its first send that is recorded, and by no
//! other; what is judged is what was fixed.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{BatchId, MessageId, TableId, TenantId};
use assent_domain::interaction::{InteractionKind, Reported};
use assent_domain::mode::Sent;
use assent_domain::subject::Subject;
use assent_domain::time::Instant;
use assent_domain::verdict::Verdict;

use crate::Store;
use crate::consent::Hold;
use crate::declaration::{Declarations, Named, fix_messages};
use crate::error::StoreError;
use crate::policy_override::PolicyOverride;
use crate::profile::ProfileKey;
use crate::settings::{Settings, load_settings};
use crate::transaction::{Ending, Stop, Tx, transaction};
use crate::versioned::Versioned;

mod activity;
mod aged_day;
mod aged_device;
pub(crate) mod code;
pub(crate) mod feed;
mod month;
mod new_row;
mod number;
mod outlived;
mod plan;
pub(crate) mod row;
mod save;
mod sent;
mod telling;
mod weighed;

pub use activity::{ActivityPlace, LastDevice};
pub use aged_day::DayWalk;
pub use aged_device::DeviceWalk;
pub use feed::{Batch, Fed, InteractionHead, InteractionKey};
pub use number::BatchSequencer;
pub use outlived::Walk;
pub use plan::{PlanWrite, Planned, Sending};
pub use row::OnRecord;
pub use telling::Telling;
pub use weighed::Weighed;

use save::Saving;
use telling::{heard, hold, tell};

/// What is to be recorded: what is waiting, of one tenant.
#[derive(Clone, Debug)]
pub struct InteractionWrite<'a> {
    /// Whose people.
    pub tenant: &'a TenantId,
    /// What has arrived, in order.
    pub arrivals: &'a [Arrival],
    /// Every declared thing that an arrival names.
    pub named: &'a Named,
    /// What this transaction records is known by this.
    pub batch: BatchId,
    /// The server's time.
    pub now: Instant,
}

/// One interaction that has arrived.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The profile table.
    pub table: TableId,
    /// The interaction.
    pub reported: Reported,
}

impl Arrival {
    /// Whose it is.
    #[must_use]
    pub fn key(&self) -> Option<ProfileKey> {
        let id = self.reported.profile.clone()?;
        Some(ProfileKey { table: self.table.clone(), id })
    }
}

/// What the judgement stands on, as it is inside the transaction.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Everybody named.
    pub people: BTreeMap<ProfileKey, Subject>,
    /// The settings of the profile tables named. One that is not here was never made.
    pub tables: BTreeMap<TableId, Versioned>,
    /// The newest version of each override of the tenant.
    pub overrides: Vec<PolicyOverride>,
    /// What is declared of what was named, and of what that names in turn.
    pub declarations: Declarations,
}

impl Ground {
    /// Without people yet: they are loaded last, by when what is declared says whether they are to be locked.
    fn of(settings: Settings) -> Self {
        let Settings { tables, overrides, declarations } = settings;
        Self { people: BTreeMap::new(), tables, overrides, declarations }
    }
}

/// An arrival whose verdict is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Its place among the arrivals.
    pub arrival: usize,
    /// The mode its message went out with to this profile: of several sends the latest not after it.
    pub sent: Sent,
}

/// What became of an arrival.
#[derive(Clone, Debug)]
pub struct Fate {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether it would be recorded and is on record already, or would be counted anonymously and is on record or was
    /// counted within 48 hours.
    pub duplicate: bool,
}

impl Store {
    /// Loads, judges and saves in one transaction. `judge` gives each arrival it is asked about its verdict, or
    /// `None` for one it will not judge; `telling` says what sends tell. Both must be pure, since they are asked again
    /// when others stood in the way.
    ///
    /// The answer has one fate for each arrival, in order; `None` where there was no verdict.
    ///
    /// # Errors
    /// What the database says. After [`StoreError::Unavailable`] it may or may not be stored: sending the
    /// same again tells, and stores nothing twice.
    pub async fn record_interactions<J, T>(
        &self,
        write: &InteractionWrite<'_>,
        mut judge: J,
        telling: &mut T,
    ) -> Result<Vec<Option<Fate>>, StoreError>
    where
        J: FnMut(&Ground, &[Asked]) -> Vec<Option<Weighed>>,
        T: Telling,
    {
        match self.record_once(write, &mut judge, telling).await {
            // Only PostgreSQL has months, and this one nobody made yet.
            Err(StoreError::MonthMissing) => {
                self.make_months_of(write.arrivals.iter().map(|arrival| arrival.reported.occurred_at))
                    .await?;
                self.record_once(write, &mut judge, telling).await
            }
            done => done,
        }
    }

    async fn record_once<J, T>(
        &self,
        write: &InteractionWrite<'_>,
        judge: &mut J,
        telling: &mut T,
    ) -> Result<Vec<Option<Fate>>, StoreError>
    where
        J: FnMut(&Ground, &[Asked]) -> Vec<Option<Weighed>>,
        T: Telling,
    {
        let is_send = |arrival: &Arrival| arrival.reported.what.kind() == InteractionKind::Send;
        let places = |sends: bool| {
            let wanted = move |(_, arrival): &(usize, &Arrival)| is_send(arrival) == sends;
            write.arrivals.iter().enumerate().filter(wanted).map(|(place, _)| place).collect::<Vec<_>>()
        };
        let (sends, behaviour) = (places(true), places(false));
        transaction!(self, "record_interactions", |tx| {
            let (mut ground, held) = load(tx, write, &sends, telling).await?;
            let mut saving = Saving::new(write);
            if !sends.is_empty() {
                let asked: Vec<Asked> =
                    sends.iter().map(|place| Asked { arrival: *place, sent: Sent::default() }).collect();
                let weighed = judge(&ground, &asked);
                let sent = saving.rows(tx, &asked, weighed).await?;
                saving.sends(tx, &sent).await?;
                if let Some(held) = held {
                    let told = heard(write.arrivals, &sent, &ground.declarations, telling);
                    tell(tx, write, held, &mut ground, &told, telling).await?;
                }
                let unfixed = fixed_by(write, &sent, &ground.declarations.unfixed);
                fix(tx, write.tenant, &ground, &unfixed, write.now).await?;
            }
            if !behaviour.is_empty() {
                let asked = sent::latest(tx, write, &behaviour).await?;
                let weighed = judge(&ground, &asked);
                let recorded = saving.rows(tx, &asked, weighed).await?;
                saving.counts(tx).await?;
                saving.days(tx).await?;
                saving.devices(tx, &recorded).await?;
            }
            let wrote = saving.batch(tx).await?;
            let fates = saving.fates();
            Ok(if wrote { Ending::Commit(fates) } else { Ending::Rollback(fates) })
        })
    }
}

async fn load(
    tx: &Tx,
    write: &InteractionWrite<'_>,
    sends: &[usize],
    telling: &impl Telling,
) -> Result<(Ground, Option<Hold>), Stop> {
    let tables: BTreeSet<&TableId> = write.arrivals.iter().map(|arrival| &arrival.table).collect();
    let mut ground = Ground::of(load_settings(tx, write.tenant, &tables, write.named).await?);
    let told = heard(write.arrivals, sends, &ground.declarations, telling);
    let told = told.into_iter().filter_map(Arrival::key).collect();
    let everybody = write.arrivals.iter().filter_map(Arrival::key).collect();
    let held = hold(tx, write.tenant, &mut ground, everybody, told).await?;
    Ok((ground, held))
}

/// Fixes messages that were loaded unfixed, and says whether there were any. Where one was changed since it was loaded
/// all of it is judged again by what it says now, or behaviour would be weighed by one declaration and stand beside
/// another for good.
async fn fix(
    tx: &Tx,
    tenant: &TenantId,
    ground: &Ground,
    unfixed: &BTreeSet<MessageId>,
    now: Instant,
) -> Result<bool, Stop> {
    let fixed = fix_messages(tx, tenant, unfixed, now).await?;
    if ground.declarations.hold(&fixed) { Ok(!unfixed.is_empty()) } else { Err(Stop::Again) }
}

/// The messages that those sends fix.
fn fixed_by(
    write: &InteractionWrite<'_>,
    sends: &[usize],
    unfixed: &BTreeSet<MessageId>,
) -> BTreeSet<MessageId> {
    let messages = sends.iter().filter_map(|place| write.arrivals[*place].reported.what.message());
    messages.filter(|message| unfixed.contains(message)).cloned().collect()
}

impl Named {
    /// Adds what an interaction names.
    pub fn add(&mut self, reported: &Reported) {
        name(&mut self.websites, reported.what.website());
        name(&mut self.campaigns, reported.campaign.as_ref());
        name(&mut self.messages, reported.what.message());
    }
}

/// Most of a batch names what was named before.
fn name<T: Ord + Clone>(named: &mut BTreeSet<T>, id: Option<&T>) {
    if let Some(id) = id.filter(|id| !named.contains(id)) {
        named.insert(id.clone());
    }
}
