//! The plan of a send: one transaction that loads, lets the service plan, saves the sends if they are to be recorded, and
//! fixes the message.
//!
//! A message that was changed since it was loaded is planned again, so that what was planned by is what stays. The states
//! are read last, in the transaction that stores the sends: a withdrawal that was acknowledged before it began binds it. No
//! lock is taken on any profile but for sends that tell or ask something (`telling`).

use std::collections::BTreeSet;

use assent_domain::id::{BatchId, MessageId, TableId, TenantId};
use assent_domain::mode::Sent;
use assent_domain::time::Instant;

use super::save::Saving;
use super::telling::{Telling, hold, tell};
use super::{Arrival, Asked, Fate, Ground, InteractionWrite, Weighed, fix};
use crate::Store;
use crate::consent::Hold;
use crate::declaration::Named;
use crate::error::StoreError;
use crate::profile::ProfileKey;
use crate::request::{Request, find_request, insert_request};
use crate::settings::load_settings;
use crate::transaction::{Ending, Stop, Tx, transaction};

/// What is to be planned.
#[derive(Clone, Copy, Debug)]
pub struct PlanWrite<'a> {
    /// Whose people.
    pub tenant: &'a TenantId,
    /// The profile table.
    pub table: &'a TableId,
    /// The message.
    pub message: &'a MessageId,
    /// To whom it is to go out; order and repetition do not matter.
    pub recipients: &'a [ProfileKey],
    /// The request, if the sends are to be recorded.
    pub request: Option<Request<'a>>,
    /// What this transaction records is known by this.
    pub batch: BatchId,
    /// The server's time.
    pub now: Instant,
}

/// What was planned.
pub struct Planned<P> {
    /// The plans, whatever they are to the service.
    pub plans: P,
    /// The sends to record: none without a request, nor where it was answered before.
    pub sends: Vec<Sending>,
}

/// A send to record.
pub struct Sending {
    /// The send.
    pub arrival: Arrival,
    /// The same, judged.
    pub weighed: Weighed,
}

impl Store {
    /// Loads, plans, saves the sends and fixes the message in one transaction; gives the plans and what became of
    /// each send. `plan` is told the outcome codes of the request if it was answered before, and `telling` says what the
    /// sends tell; both must be pure, since they are asked again when others stood in the way. `outcomes` gives the codes
    /// to keep.
    ///
    /// # Errors
    /// - [`StoreError::RequestIdReused`]: the request's id stands for another content.
    /// - What the database says. After [`StoreError::Unavailable`] it may or may not be stored: the same request
    ///   tells.
    pub async fn plan_sends<P, E>(
        &self,
        write: &PlanWrite<'_>,
        mut plan: impl FnMut(&Ground, Option<&[u8]>) -> Result<Planned<P>, E>,
        telling: &mut impl Telling,
        outcomes: impl Fn(&P, &[Option<Fate>]) -> Vec<u8>,
    ) -> Result<Result<(P, Vec<Option<Fate>>), E>, StoreError> {
        let mut sent_at = Vec::new();
        match self.plan_once(write, &mut plan, telling, &outcomes, &mut sent_at).await {
            // Only PostgreSQL has months, and this one nobody made yet.
            Err(StoreError::MonthMissing) => {
                self.make_months_of(sent_at.iter().copied()).await?;
                self.plan_once(write, &mut plan, telling, &outcomes, &mut sent_at).await
            }
            done => done,
        }
    }

    async fn plan_once<P, E>(
        &self,
        write: &PlanWrite<'_>,
        plan: &mut impl FnMut(&Ground, Option<&[u8]>) -> Result<Planned<P>, E>,
        telling: &mut impl Telling,
        outcomes: &impl Fn(&P, &[Option<Fate>]) -> Vec<u8>,
        sent_at: &mut Vec<Instant>,
    ) -> Result<Result<(P, Vec<Option<Fate>>), E>, StoreError> {
        transaction!(self, "plan_sends", |tx| {
            let replayed = match &write.request {
                Some(request) => find_request(tx, write.tenant, request).await?,
                None => None,
            };
            let records = write.request.is_some() && replayed.is_none();
            let (mut ground, held) = load(tx, write, records, telling).await?;
            let Planned { plans, sends } = match plan(&ground, replayed.as_deref()) {
                Ok(planned) => planned,
                Err(refused) => return Ok(Ending::Rollback(Err(refused))),
            };
            let (arrivals, weighed): (Vec<_>, Vec<_>) =
                sends.into_iter().map(|send| (send.arrival, Some(send.weighed))).unzip();
            *sent_at = arrivals.iter().map(|arrival| arrival.reported.occurred_at).collect();
            let told = Told { held, ground: &mut ground, telling: &mut *telling };
            let (fates, mut wrote) = save(tx, write, &arrivals, weighed, told).await?;
            if let (Some(request), None) = (&write.request, replayed) {
                insert_request(tx, write.tenant, request, outcomes(&plans, &fates), write.now).await?;
                wrote = true;
            }
            // A plan for nobody fixes nothing.
            if !write.recipients.is_empty() {
                wrote |= fix(tx, write.tenant, &ground, &ground.declarations.unfixed, write.now).await?;
            }
            let answer = Ok((plans, fates));
            Ok(if wrote { Ending::Commit(answer) } else { Ending::Rollback(answer) })
        })
    }
}

async fn load(
    tx: &Tx,
    write: &PlanWrite<'_>,
    records: bool,
    telling: &impl Telling,
) -> Result<(Ground, Option<Hold>), Stop> {
    let named = Named { messages: [write.message.clone()].into(), ..Named::default() };
    let mut ground = Ground::of(load_settings(tx, write.tenant, &[write.table].into(), &named).await?);
    let everybody: BTreeSet<ProfileKey> = write.recipients.iter().cloned().collect();
    let tells = records && telling.tells(write.message, &ground.declarations);
    let told = if tells { everybody.clone() } else { BTreeSet::new() };
    let held = hold(tx, write.tenant, &mut ground, everybody, told).await?;
    Ok((ground, held))
}

/// What the sends of a plan tell, and to whom.
struct Told<'a, T> {
    held: Option<Hold>,
    ground: &'a mut Ground,
    telling: &'a mut T,
}

/// Writes the sends; gives what became of each, and whether anything was written.
async fn save(
    tx: &Tx,
    write: &PlanWrite<'_>,
    arrivals: &[Arrival],
    weighed: Vec<Option<Weighed>>,
    told: Told<'_, impl Telling>,
) -> Result<(Vec<Option<Fate>>, bool), Stop> {
    let Told { held, ground, telling } = told;
    let (tenant, named) = (write.tenant, &Named::default());
    let write = InteractionWrite { tenant, arrivals, named, batch: write.batch, now: write.now };
    let mut saving = Saving::new(&write);
    let asked: Vec<Asked> =
        (0..arrivals.len()).map(|arrival| Asked { arrival, sent: Sent::default() }).collect();
    let sent = saving.rows(tx, &asked, weighed).await?;
    saving.sends(tx, &sent).await?;
    if let Some(held) = held {
        let heard: Vec<&Arrival> = sent.iter().map(|place| &arrivals[*place]).collect();
        tell(tx, &write, held, ground, &heard, telling).await?;
    }
    let wrote = saving.batch(tx).await?;
    Ok((saving.fates(), wrote))
}
