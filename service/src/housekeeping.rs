//! What the service does when nobody asks: numbers records and batches of interactions that wait, forgets requests,
//! imports and anonymous counts past their time, makes the months that interactions will be kept in, deletes those past
//! their retention, trims the feed of changes, removes what withdrawals take away, finishes erasures, writes down that grants
//! ran out, folds the figures of campaigns, writes the history rows that an earlier release left out, and looks out for what other
//! replicas write, for those who wait for it here.
//!
//! Every replica does all of it, without a leader: each job may run anywhere, at any time, twice at once.
//! The waits are jittered, so that replicas started together do not come together for ever. A job that
//! fails says so and is tried again at its next turn.

use std::sync::Arc;
use std::time::Duration;

use assent_store::StoreError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::change::trim;
use crate::clock::SharedClock;
use crate::consent::expire;
use crate::context::SharedContext;
use crate::entropy::{Entropy, bytes};
use crate::feed::lookout::Lookout;
use crate::interaction::{removal, retention};
use crate::privacy::{finish, resume};
use crate::server::meters::Meters;

/// How often requests past their time are forgotten. They are kept for 72 hours, so an hour more is nothing.
const SWEEP: Duration = Duration::from_secs(3600);

/// How long the last turn of a job may take.
const LAST_TURN: Duration = Duration::from_secs(5);

/// How often the months ahead are looked after; two are there before they are needed.
const MONTHS: Duration = Duration::from_secs(12 * 3600);

/// How often what has outlived its retention is deleted. Retentions count in days, and nobody is shown it anyway.
const RETENTION: Duration = Duration::from_secs(6 * 3600);

/// How often changes past the feed's retention are trimmed, which counts in days.
const TRIMS: Duration = Duration::from_secs(3600);

/// How often it is looked whether an erasure is to be finished: what is asked for is told as complete as late as that.
const ERASURES: Duration = Duration::from_secs(10);

/// How often it is looked whether something was withdrawn: reads hide it already, and from disk it is to go soon.
const REMOVALS: Duration = Duration::from_secs(1);

/// How often it is looked whether grants ran out. Whoever asks reads it at once: this is for who follows the changes.
const EXPIRIES: Duration = Duration::from_secs(30);

/// How often what was counted is folded into its tally. A report reads both: an interval keeps its entries few.
const TALLIES: Duration = Duration::from_secs(10);

/// When people are looked through whose history rows an earlier release left out, and when again after a failure.
const HISTORIES: Duration = Duration::from_secs(5);

/// The jobs under way.
pub(crate) struct Housekeeping {
    jobs: JoinSet<()>,
    end: CancellationToken,
    clock: SharedClock,
}

impl Housekeeping {
    /// Starts every job.
    pub(crate) fn start(context: &SharedContext, meters: &Meters) -> Self {
        let sequencer_interval = context.feed.sequencer_interval;
        let end = CancellationToken::new();
        let mut jobs = JoinSet::new();
        jobs.spawn(number_records(Arc::clone(context), end.clone(), sequencer_interval, meters.clone()));
        jobs.spawn(number_batches(Arc::clone(context), end.clone(), sequencer_interval));
        jobs.spawn(look_out(Arc::clone(context), end.clone()));
        jobs.spawn(delete_outlived(Arc::clone(context), end.clone()));
        jobs.spawn(trim_changes(Arc::clone(context), end.clone()));
        jobs.spawn(finish_erasures(Arc::clone(context), end.clone()));
        jobs.spawn(remove_denied(Arc::clone(context), end.clone()));
        jobs.spawn(expire_grants(Arc::clone(context), end.clone()));
        jobs.spawn(fold_tallies(Arc::clone(context), end.clone()));
        jobs.spawn(sweep_requests(Arc::clone(context), end.clone()));
        jobs.spawn(make_months(Arc::clone(context), end.clone()));
        jobs.spawn(fill_histories(Arc::clone(context), end.clone()));
        Self { jobs, end, clock: Arc::clone(&context.clock) }
    }

    /// Ends every job. One that is at work finishes its turn, unless that takes too long: what it has not
    /// committed is undone, and another replica or the next start does it.
    pub(crate) async fn stop(mut self) {
        self.end.cancel();
        let all = async { while self.jobs.join_next().await.is_some() {} };
        tokio::select! {
            () = all => {}
            () = self.clock.sleep(LAST_TURN) => self.jobs.shutdown().await,
        }
    }
}

/// Numbers what waits, tenant by tenant, and tells how much it was and how old.
async fn number_records(context: SharedContext, end: CancellationToken, interval: Duration, meters: Meters) {
    while turn(&context, &end, interval).await {
        told("number_records", number_once(&context, &meters, &end).await);
    }
}

async fn number_once(
    context: &SharedContext,
    meters: &Meters,
    end: &CancellationToken,
) -> Result<(), StoreError> {
    let waiting = context.store.pending().await?;
    let now = context.clock.now();
    let records = waiting.iter().map(|pending| pending.records).sum();
    let oldest = waiting.iter().map(|pending| pending.oldest).min().unwrap_or(now);
    let age = u64::try_from(now.micros() - oldest.micros()).unwrap_or(0);
    meters.pending(records, Duration::from_micros(age));
    let mut done = Ok(());
    for pending in waiting {
        if end.is_cancelled() {
            break;
        }
        // One tenant's fault is not to keep the others waiting.
        done = context.sequencer.catch_up(&pending.tenant, context.clock.now()).await.and(done);
        // What another replica wrote is news here once it is numbered.
        context.news.tell(&pending.tenant);
    }
    done
}

/// Numbers batches of interactions that wait, tenant by tenant.
async fn number_batches(context: SharedContext, end: CancellationToken, interval: Duration) {
    while turn(&context, &end, interval).await {
        told("number_batches", number_batches_once(&context).await);
    }
}

async fn number_batches_once(context: &SharedContext) -> Result<(), StoreError> {
    for tenant in context.store.tenants_with_pending_batches().await? {
        context.batch_sequencer.catch_up(&tenant, context.clock.now()).await?;
        // What another replica recorded is news here once it is numbered.
        context.interaction_news.tell(&tenant);
    }
    Ok(())
}

/// Wakes who waits here when another replica wrote something.
async fn look_out(context: SharedContext, end: CancellationToken) {
    let mut lookout = Lookout::default();
    while turn(&context, &end, lookout.rest()).await {
        told("look_out", lookout.look(&context).await);
    }
}

/// Deletes interactions past their retention. A stop breaks it off: what is left goes after the next start.
async fn delete_outlived(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, RETENTION).await {
        let now = context.clock.now();
        tokio::select! {
            done = retention::delete_outlived(&context, now) => told("delete_outlived", done),
            () = end.cancelled() => {}
        }
    }
}

/// Trims changes past the feed's retention. A stop breaks it off: what is left goes after the next start.
async fn trim_changes(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, TRIMS).await {
        let now = context.clock.now();
        tokio::select! {
            done = trim::trim(&context, now) => told("trim_changes", done),
            () = end.cancelled() => {}
        }
    }
}

/// Finishes erasures, and makes again those that the database lost. A stop breaks it off: what is left is done after the next start.
async fn finish_erasures(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, ERASURES).await {
        let now = context.clock.now();
        tokio::select! {
            done = resume::notice(&context, now) => told("notice_lost_erasures", done),
            () = end.cancelled() => {}
        }
        tokio::select! {
            done = finish::finish(&context, now) => told("finish_erasures", done),
            () = end.cancelled() => {}
        }
    }
}

/// Removes what withdrawals take away. A stop breaks it off: what is left goes after the next start.
async fn remove_denied(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, REMOVALS).await {
        let now = context.clock.now();
        tokio::select! {
            done = removal::remove_denied(&context, now) => told("remove_denied", done),
            () = end.cancelled() => {}
        }
    }
}

/// Writes down that grants ran out. A stop breaks it off: what is left is written after the next start.
async fn expire_grants(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, EXPIRIES).await {
        let now = context.clock.now();
        tokio::select! {
            done = expire::expire_grants(&context, now) => told("expire_grants", done),
            () = end.cancelled() => {}
        }
    }
}

/// Folds the figures of campaigns. A stop breaks it off: what is left is folded after the next start.
async fn fold_tallies(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, TALLIES).await {
        tokio::select! {
            done = context.store.fold_tallies() => told("fold_tallies", done.map(drop)),
            () = end.cancelled() => {}
        }
    }
}

/// Forgets requests, imports and anonymous counts past their time.
async fn sweep_requests(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, SWEEP).await {
        told("sweep_requests", context.store.sweep_requests(context.clock.now()).await.map(drop));
        told("sweep_imports", context.store.sweep_imports(context.clock.now()).await.map(drop));
        told("forget_counted", context.store.forget_counted(context.clock.now()).await.map(drop));
    }
}

/// Makes the months that come, long before they do.
async fn make_months(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, MONTHS).await {
        told("make_months", context.store.make_months_ahead(context.clock.now()).await);
    }
}

/// Writes the history rows that an earlier release left out, once: from then on every write leaves one. A stop breaks it off: what
/// is left is written after the next start.
async fn fill_histories(context: SharedContext, end: CancellationToken) {
    while turn(&context, &end, HISTORIES).await {
        match fill_once(&context, &end).await {
            Ok(()) => return,
            failed => told("fill_histories", failed),
        }
    }
}

async fn fill_once(context: &SharedContext, end: &CancellationToken) -> Result<(), StoreError> {
    for tenant in context.store.tenants_with_people().await? {
        let mut after = None;
        loop {
            after = context.store.fill_histories(&tenant, after.as_ref()).await?;
            if after.is_none() || end.is_cancelled() {
                break;
            }
        }
    }
    Ok(())
}

/// Waits for the next turn; `false` when there is none any more.
async fn turn(context: &SharedContext, end: &CancellationToken, interval: Duration) -> bool {
    tokio::select! {
        () = context.clock.sleep(jittered(interval, context.entropy.as_ref())) => true,
        () = end.cancelled() => false,
    }
}

fn told<E: std::fmt::Display>(job: &'static str, done: Result<(), E>) {
    if let Err(error) = done {
        tracing::warn!(job, cause = %error, "a job failed and will be tried again");
    }
}

/// Three quarters of `span` to five quarters.
fn jittered(span: Duration, entropy: &dyn Entropy) -> Duration {
    let chance = f64::from(u16::from_be_bytes(bytes(entropy))) / f64::from(u16::MAX);
    span.mul_f64(0.75 + chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn a_wait_is_three_to_five_quarters_of_its_interval_and_not_always_the_same() {
        let entropy = SeededEntropy::new(1);
        let waits: Vec<_> = (0..100).map(|_| jittered(Duration::from_secs(4), &entropy)).collect();
        assert!(
            waits.iter().all(|wait| (3..=5).contains(&wait.as_secs()) && *wait <= Duration::from_secs(5))
        );
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }
}
