//! Recording a batch: the calls that share a transaction, judged inside it once it has closed.

use std::collections::BTreeMap;

use assent_domain::id::{BatchId, TableId, TenantId};
use assent_domain::interaction::Reported;
use assent_domain::time::Instant;
use assent_domain::verdict::{Unjudged, Use, judge};
use assent_store::{Arrival, Asked, Fate, Ground, InteractionWrite, Named, StoreError, Weighed};

use super::case::Bench;
use super::record::RecordCall;
use super::telling::Teller;
use crate::caller::Deadline;
use crate::context::SharedContext;
use crate::declared::Declared;
use crate::entropy::uuid;
use crate::failure::{Failure, Outcome, Thing};
use crate::lane::Work;
use crate::rules::Rules;

/// What became of each interaction of a call.
pub(super) type Fates = Vec<Outcome<Fate>>;

/// Records batches of interactions.
pub(super) struct Recorder {
    context: SharedContext,
}

impl Recorder {
    pub(super) const fn new(context: SharedContext) -> Self {
        Self { context }
    }
}

impl Work for Recorder {
    type Call = RecordCall;
    type Answer = Fates;

    fn weight(&self, call: &RecordCall) -> usize {
        call.reported.len().max(1)
    }

    async fn run(&self, tenant: &TenantId, calls: Vec<RecordCall>, until: Deadline) -> Vec<Outcome<Fates>> {
        let batch = Batch::of(calls);
        match self.store(tenant, &batch, until).await {
            Ok(told) => told,
            // Whichever call it is that the database does not take: the others are not to suffer for it.
            Err(StoreError::Driver { .. } | StoreError::Inconsistent { .. }) if batch.calls.len() > 1 => {
                let mut told = Vec::with_capacity(batch.calls.len());
                for alone in batch.apart() {
                    let done = self.store(tenant, &alone, until).await;
                    told.push(done.map_or_else(
                        |error| Err(error.into()),
                        |mut told| told.pop().unwrap_or_else(|| Err(Failure::internal("a call has no fate"))),
                    ));
                }
                told
            }
            Err(error) => batch.calls.iter().map(|_| Err(error.clone().into())).collect(),
        }
    }
}

impl Recorder {
    /// Judges and stores a batch in one transaction, and tells each call what became of its interactions.
    async fn store(
        &self,
        tenant: &TenantId,
        batch: &Batch,
        until: Deadline,
    ) -> Result<Vec<Outcome<Fates>>, StoreError> {
        // Now, and no sooner: a withdrawal that was acknowledged before the batch closed is to bind all of it.
        let now = self.context.clock.now();
        let write = InteractionWrite {
            tenant,
            arrivals: &batch.arrivals,
            named: &batch.named,
            batch: BatchId(uuid(now, self.context.entropy.as_ref()).into_bytes()),
            now,
        };
        let mut rules = BTreeMap::new();
        let store = self.context.store.until(until.0);
        let judge = |ground: &Ground, asked: &[Asked]| {
            rules = self.rules(batch, ground);
            let declared = Declared::as_far_as_readable(&ground.declarations);
            let mark = |reported: &Reported| self.context.requests.mark(tenant, reported);
            judge_all(&rules, &declared, batch, ground, asked, now, &mark)
        };
        let mut teller = Teller::new(&self.context, now);
        let fates = store.record_interactions(&write, judge, &mut teller).await?;
        teller.tell_news(tenant);
        Ok(batch.told(&rules, fates))
    }

    fn rules(&self, batch: &Batch, ground: &Ground) -> BTreeMap<TableId, Result<Rules<'_>, NoRules>> {
        let read = |(table, _): &(TableId, usize)| {
            let rules = Rules::read(&self.context.rulebook, ground.tables.get(table), &ground.overrides);
            (table.clone(), rules.map_err(|failure| NoRules::of(&failure)))
        };
        batch.calls.iter().map(read).collect()
    }
}

/// Why nothing of a profile table can be judged.
enum NoRules {
    /// It was never made.
    NoTable,
    /// Its settings cannot be read.
    Unreadable(String),
}

impl NoRules {
    fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unknown(_) => Self::NoTable,
            other => Self::Unreadable(other.to_string()),
        }
    }

    fn told(&self) -> Failure {
        match self {
            Self::NoTable => Failure::Unknown(Thing::ProfileTable),
            Self::Unreadable(cause) => Failure::internal(cause.clone()),
        }
    }
}

/// The calls of a batch, one after the other.
struct Batch {
    arrivals: Vec<Arrival>,
    named: Named,
    /// Each call's profile table, and how many of the arrivals are its own.
    calls: Vec<(TableId, usize)>,
}

impl Batch {
    fn of(calls: Vec<RecordCall>) -> Self {
        let mut batch = Self { arrivals: Vec::new(), named: Named::default(), calls: Vec::new() };
        for RecordCall { table, reported } in calls {
            batch.calls.push((table.clone(), reported.len()));
            for reported in reported {
                batch.named.add(&reported);
                batch.arrivals.push(Arrival { table: table.clone(), reported });
            }
        }
        batch
    }

    /// Each call as a batch of its own.
    fn apart(self) -> Vec<Self> {
        let mut arrivals = self.arrivals.into_iter();
        let alone = |(table, count): (TableId, usize)| {
            let reported = arrivals.by_ref().take(count).map(|arrival| arrival.reported).collect();
            Self::of(vec![RecordCall { table, reported }])
        };
        self.calls.into_iter().map(alone).collect()
    }

    /// What each call is told.
    fn told(
        &self,
        rules: &BTreeMap<TableId, Result<Rules<'_>, NoRules>>,
        fates: Vec<Option<Fate>>,
    ) -> Vec<Outcome<Fates>> {
        let mut fates = fates.into_iter();
        let told = self.calls.iter().map(|(table, count)| {
            let own: Vec<Option<Fate>> = fates.by_ref().take(*count).collect();
            if let Some(Err(missing)) = rules.get(table) {
                return Err(missing.told());
            }
            let unjudged = || Failure::internal("what is declared around an interaction cannot be read");
            Ok(own.into_iter().map(|fate| fate.ok_or_else(unjudged)).collect())
        });
        told.collect()
    }
}

/// The verdicts of those that are asked about; `None` where the profile table has no rules, or what is declared around
/// one cannot be read: what cannot be read might forbid it.
fn judge_all(
    rules: &BTreeMap<TableId, Result<Rules<'_>, NoRules>>,
    declared: &Declared,
    batch: &Batch,
    ground: &Ground,
    asked: &[Asked],
    now: Instant,
    mark: &dyn Fn(&Reported) -> [u8; 32],
) -> Vec<Option<Weighed>> {
    let judged = asked.iter().map(|asked| {
        let Arrival { table, reported } = batch.arrivals.get(asked.arrival)?;
        let rules = rules.get(table)?.as_ref().ok()?;
        let what = &reported.what;
        if !declared.is_readable_around(what.website(), reported.campaign.as_ref(), what.message()) {
            return None;
        }
        let bench = Bench { asked_for: Use::Record, rules, declared, now };
        let profile = match batch.arrivals[asked.arrival].key() {
            None => None,
            Some(key) => Some(ground.profiles.get(&key)?),
        };
        let reported = Reported { functional: bench.is_functional(reported), ..reported.clone() };
        let case = bench.case(&reported, profile, asked.sent);
        Some(Weighed::of(judge(Unjudged::new(reported), &case), &case, mark))
    });
    judged.collect()
}
