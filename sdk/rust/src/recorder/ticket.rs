//! What a caller gets for an interaction that was taken, and what it is told by it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::Error;
use crate::interaction::{Interaction, InteractionOutcome};

/// What a ticket tells.
pub type Told = Result<Judged, NotRecorded>;

/// Tells what became of one interaction, once: await it, or drop it, which changes nothing but that nobody is told.
#[derive(Debug)]
pub struct Ticket(pub(super) oneshot::Receiver<Told>);

impl Future for Ticket {
    type Output = Told;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Told> {
        Pin::new(&mut self.0).poll(context).map(|told| told.unwrap_or(Err(NotRecorded::Abandoned)))
    }
}

/// The service judged an interaction, and what was to be stored of it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judged {
    /// What became of it.
    pub outcome: InteractionOutcome,
    /// True: it was sent more than once, because an answer did not come or it could not be judged at first. A
    /// [`Duplicate`](crate::Disposition::Duplicate) is then most likely its own: an earlier try recorded it, and the answer was lost.
    /// False: it was sent once, and a duplicate is somebody else's, or an earlier run's.
    pub resent: bool,
}

/// An interaction of which it is not known that it was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unrecorded {
    /// The profile table that it was for.
    pub profile_table: String,
    /// The interaction, with its id: it is safe to record it again.
    pub interaction: Interaction,
    /// Whether it was sent at all: then it may be on record.
    pub sent: bool,
}

/// Why an interaction that was taken is not known to be recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// The service refused this one; the others of its batch are not touched. Fields are named within the interaction.
    #[error("the service refused it: {error}")]
    Refused {
        /// Why.
        error: Arc<Error>,
        /// What was refused.
        unrecorded: Box<Unrecorded>,
    },
    /// It can never be recorded (the profile table is unknown, or it is larger than the service takes), or the recorder gave it up.
    #[error("it was given up: {error}")]
    Failed {
        /// Why.
        error: Arc<Error>,
        /// What was given up.
        unrecorded: Box<Unrecorded>,
    },
    /// The recorder ended before an answer came. The interaction is in the [`ShutdownReport`](super::ShutdownReport).
    #[error("the recorder ended before an answer came; the interaction is in its shutdown report")]
    InShutdownReport {
        /// What ended the recorder. Absent: it was shut down.
        error: Option<Arc<Error>>,
    },
    /// The recorder was dropped, or its runtime ended, before an answer came. It may be on record or not.
    #[error("the recorder was dropped before an answer came")]
    Abandoned,
}

/// An interaction that the recorder did not take, and why.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct NotTaken {
    /// Why.
    #[source]
    pub reason: NotTakenReason,
    /// The profile table that it was for.
    pub profile_table: String,
    /// The interaction.
    pub interaction: Box<Interaction>,
}

/// Why an interaction was not taken.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotTakenReason {
    /// The recorder holds as much as it may. [`record`](super::InteractionRecorder::record) waits instead.
    #[error("the recorder is full; wait for room, or drop the interaction")]
    Full,
    /// It is larger than all that the recorder may hold, or than a message can be. The service takes nothing of that size.
    #[error("the interaction is larger than the recorder or a message may be")]
    TooLarge,
    /// The recorder was shut down.
    #[error("the recorder was shut down")]
    ShutDown,
    /// The recorder failed for good, such as for a credential that is not known any more. Shut it down to get back what it holds.
    #[error("the recorder failed for good: {0}")]
    Failed(Arc<Error>),
}
