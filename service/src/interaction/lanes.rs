//! The lanes on which interactions are recorded: one for calls and streamed batches with few of them, one for those with many, so that
//! somebody's click does not wait for the thousands that a job hands over.

use std::future::Future;
use std::sync::Arc;

use assent_domain::id::TenantId;

use super::record::RecordCall;
use super::recorder::{Fates, Recorder};
use crate::caller::Deadline;
use crate::context::SharedContext;
use crate::failure::Outcome;
use crate::lane::Lane;

/// How many batches of one tenant are stored at once on each lane. Two, so that under load one is judged while the other's commit
/// is on its way to the disk, and so that one that is held up holds up nobody else.
const WRITERS: usize = 2;

/// How many interactions of a call are few: so many take a few milliseconds.
const FEW: usize = 100;

/// Both lanes. Clones are the same lanes.
#[derive(Clone)]
pub(super) struct Lanes {
    few: Lane<Recorder>,
    many: Lane<Recorder>,
}

impl Lanes {
    pub(super) fn new(context: &SharedContext) -> Self {
        let writers = WRITERS.min(context.store.writers_max());
        let lane = || {
            let (clock, traffic) = (context.clock.clone(), context.traffic.clone());
            let recorder = Recorder::new(Arc::clone(context));
            Lane::new(recorder, writers, clock, traffic, context.writers.clone())
        };
        Self { few: lane(), many: lane() }
    }

    /// Puts a call on its lane at once: see [`Lane::begin`].
    pub(super) fn begin(
        &self,
        tenant: &TenantId,
        call: RecordCall,
        deadline: Deadline,
    ) -> impl Future<Output = Outcome<Fates>> + Send + use<> {
        let lane = if call.reported.len() <= FEW { &self.few } else { &self.many };
        lane.begin(tenant, call, deadline)
    }
}
