//! How batches are written: those of a tenant that come at the same time, whatever the call, in one transaction.
//!
//! A dry run has a transaction of its own, which is undone.

use std::sync::Arc;

use assent_domain::id::TenantId;
use assent_domain::time::Instant;
use assent_store::{ConsentWrite, Mode};

use super::batch::{Batch, Told};
use crate::caller::{Call, Deadline};
use crate::context::{Context, SharedContext};
use crate::failure::{Failure, Outcome};
use crate::lane::{Lane, Work};

/// How many batches of a tenant are written at once, where the engine has more than one writer: the second decides
/// while the first waits for its commit.
const WRITERS: usize = 2;

/// The lane of everything that writes consents.
pub(super) type Writing = Lane<Written>;

/// The work of the lane.
pub(super) struct Written {
    context: SharedContext,
}

impl Work for Written {
    type Call = Arc<Batch>;
    type Answer = Vec<Told>;

    fn weight(&self, batch: &Arc<Batch>) -> usize {
        batch.size()
    }

    async fn run(
        &self,
        tenant: &TenantId,
        calls: Vec<Arc<Batch>>,
        until: Deadline,
    ) -> Vec<Outcome<Vec<Told>>> {
        // What is judged is judged once the batch is closed: so no call is judged before one that came earlier.
        let told = write(&self.context, tenant, Mode::Store, &calls, until).await;
        self.context.news.tell(tenant);
        told
    }
}

/// The lane of a service.
pub(super) fn lane(context: &SharedContext) -> Writing {
    let work = Written { context: Arc::clone(context) };
    let writers = WRITERS.min(context.store.writers_max());
    let (clock, traffic) = (Arc::clone(&context.clock), context.traffic.clone());
    Lane::new(work, writers, clock, traffic, context.writers.clone())
}

/// Decides a batch and stores what was decided, beside others; gives what each item is told.
pub(super) async fn pass(
    context: &Context,
    lane: &Writing,
    call: &Call,
    batch: &Arc<Batch>,
) -> Outcome<Vec<Told>> {
    match batch.mode() {
        Mode::Store => lane.pass(call.tenant(), Arc::clone(batch), call.deadline).await,
        Mode::ValidateOnly => {
            let alone = std::slice::from_ref(batch);
            let told = write(context, call.tenant(), Mode::ValidateOnly, alone, call.deadline).await;
            let unanswered = || Err(Failure::internal("a dry run ended without an answer"));
            told.into_iter().next().unwrap_or_else(unanswered)
        }
    }
}

async fn write(
    context: &Context,
    tenant: &TenantId,
    mode: Mode,
    batches: &[Arc<Batch>],
    until: Deadline,
) -> Vec<Outcome<Vec<Told>>> {
    let now: Instant = context.clock.now();
    let calls = batches.iter().map(|batch| batch.wants()).collect();
    let write = ConsentWrite { name: "write_consents", tenant, calls, mode, now };
    let decide = |place: usize, loaded: &_| match batches.get(place) {
        Some(batch) => batch.decide(context, now, loaded),
        None => Err(Failure::internal("a call was asked for that there is not")),
    };
    context.store.until(until.0).write_consents(&write, decide).await
}
