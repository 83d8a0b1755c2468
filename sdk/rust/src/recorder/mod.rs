//! Records interactions that come one by one, from any number of tasks: it gathers them into batches, streams these, and accounts
//! for each.
//!
//! ```no_run
//! use std::time::Duration;
//! use assent_sdk::{Client, Interaction};
//! use assent_sdk::recorder::{InteractionRecorder, NotTakenReason, RecorderOptions};
//!
//! # async fn run(client: Client, at: assent_sdk::Instant) -> Result<(), Box<dyn std::error::Error>> {
//! let recorder = client.interactions().recorder(RecorderOptions::default());
//!
//! // Wherever something happens: clone it, or borrow it. Where there is no room this waits, and so whoever calls does.
//! recorder.record("newsletter", Interaction::email_open("person-1", at, "spring")).await?;
//!
//! // Where nobody can wait: what there is no room for comes back.
//! if let Err(not_taken) = recorder.try_record("newsletter", Interaction::email_open("person-2", at, "spring")) {
//!     println!("{not_taken}");
//! }
//!
//! // Where somebody wants to know: the ticket tells, once it is durable.
//! let ticket = recorder.record("newsletter", Interaction::email_open("person-3", at, "spring")).await?;
//! println!("{}", ticket.await?.outcome.disposition);
//!
//! println!("{:?}", recorder.report()); // at any time, and it always adds up
//!
//! let end = recorder.shutdown(Duration::from_secs(10)).await;
//! for left in &end.unrecorded {
//!     println!("to be saved, and recorded again: {}", left.interaction.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it promises
//!
//! *Each interaction has exactly one end.* What was taken is on record or was judged otherwise, was refused by the service, was given
//! up, or comes back from the shutdown; until then it waits or is on its way. [`RecorderReport`] counts all of it at every moment, and
//! a [`Ticket`] tells it of one.
//!
//! *What was acknowledged is durable.* What was not is sent again over a new stream, in order, under the id and the time that it had
//! from the beginning, so that the service records it once. Where it had recorded it and the answer was lost, it says
//! [`Duplicate`](crate::Disposition::Duplicate), and the ticket says [`resent`](Judged::resent): that is done, too.
//!
//! *It holds no more than it may*, in number and in bytes ([`RecorderOptions`]), whatever the service does. Beyond that
//! [`record`](InteractionRecorder::record) waits, in the order in which it was called, and
//! [`try_record`](InteractionRecorder::try_record) says [`Full`](NotTakenReason::Full). How much the service takes on ahead it
//! says itself; the recorder never sends more than that.
//!
//! # When something fails
//!
//! A stream that ends in order, as each does after some minutes, is followed by another at once. One that breaks is followed by
//! another after the waits of the client's [`Retry`](crate::Retry), without end: its number of attempts does not count here, and
//! [`RecorderOptions::give_up_after`] sets the bound if there is to be one. [`RecorderReport::trouble`] says what is in the way.
//!
//! What can never be recorded fails alone: an interaction with a wrong field is refused ([`NotRecorded::Refused`]), one that is
//! larger than the service takes and those for an unknown profile table fail ([`NotRecorded::Failed`]), and the rest goes on. What the
//! service cannot judge for now, as while a later release of it is rolled out, is put aside and sent again after such a wait, and
//! others go by. Only where the client may not call, or the
//! service does not know the call, the recorder fails for good: it takes nothing more, says why, and hands back what it
//! holds by [`InteractionRecorder::shutdown`].
//!
//! # How it ends
//!
//! [`InteractionRecorder::shutdown`] sends what is left, and hands back by value what was not acknowledged in time. A recorder that
//! is dropped instead stops at once: what was not acknowledged by then may be on record or not, tickets say
//! [`Abandoned`](NotRecorded::Abandoned), and nobody is given anything back.

mod lanes;
mod options;
mod report;
mod shared;
mod stream;
mod task;
#[cfg(test)]
mod tests;
mod ticket;
mod weight;

pub use options::RecorderOptions;
pub use report::{RecorderReport, ShutdownReport};
pub use ticket::{Judged, NotRecorded, NotTaken, NotTakenReason, Ticket, Told, Unrecorded};

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use shared::Shared;
use task::Task;
use weight::Weight;

use crate::ambient::Deadline;
use crate::interaction::Interaction;
use crate::interactions::Interactions;
use crate::trace;

/// Records interactions one by one. Cloning it is cheap, and all clones are one recorder; it ends with the last of them, or better
/// by [`shutdown`](Self::shutdown).
#[derive(Clone)]
pub struct InteractionRecorder(Arc<Owner>);

/// What all clones hold together.
struct Owner(Arc<Shared>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl Interactions<'_> {
    /// A recorder for interactions that come one by one. Must be called within a tokio runtime, where its task lives; nothing is
    /// asked of the service before the first interaction. Its streams stand under the span that is current here.
    #[must_use]
    pub fn recorder(self, options: RecorderOptions) -> InteractionRecorder {
        let shared = Arc::new(Shared::new(options));
        // Made here: also a runtime that ends before it ran once ends the recorder.
        let task = Task::new(Arc::clone(&shared), self.caller.clone());
        tokio::spawn(trace::within_current(task.run()));
        InteractionRecorder(Arc::new(Owner(shared)))
    }
}

impl InteractionRecorder {
    /// Takes an interaction for the profile table of that id, which must exist; waits while there is no room. Who waits first is
    /// served first. Dropping this future before it is done drops the interaction, which was not taken then.
    ///
    /// What one task records of one table is sent in that order.
    ///
    /// # Errors
    ///
    /// [`NotTaken`], which holds the interaction: the recorder was shut down or failed for good, also while this waited, or the
    /// interaction is too large ever to be taken.
    pub async fn record(&self, profile_table: &str, interaction: Interaction) -> Result<Ticket, NotTaken> {
        let interaction = Box::new(interaction);
        let weight = Weight::of(profile_table, &interaction);
        match self.shared().room(weight).await {
            Ok(()) => self.take(profile_table, interaction, weight),
            Err(reason) => Err(not_taken(reason, profile_table, interaction)),
        }
    }

    /// Takes an interaction if there is room, and never waits.
    ///
    /// # Errors
    ///
    /// [`NotTaken`], which holds the interaction: as of [`record`](Self::record), and [`NotTakenReason::Full`].
    pub fn try_record(&self, profile_table: &str, interaction: Interaction) -> Result<Ticket, NotTaken> {
        let interaction = Box::new(interaction);
        let weight = Weight::of(profile_table, &interaction);
        match self.shared().try_room(weight) {
            Ok(()) => self.take(profile_table, interaction, weight),
            Err(reason) => Err(not_taken(reason, profile_table, interaction)),
        }
    }

    fn take(&self, table: &str, interaction: Box<Interaction>, weight: Weight) -> Result<Ticket, NotTaken> {
        let taken = self.shared().take(table, interaction, weight);
        taken.map_err(|(reason, interaction)| not_taken(reason, table, interaction))
    }

    /// What became of everything that was taken so far.
    #[must_use]
    pub fn report(&self) -> RecorderReport {
        self.shared().report()
    }

    /// Takes nothing more, sends what is left, ends the stream, and tells how it went, within that time: what was not acknowledged by
    /// then is handed back. Who waits in [`record`](Self::record) gets the interaction back.
    ///
    /// Asked again, also while it is under way, it ends by the earlier of the times, and what is handed back goes to one of the
    /// askers. Dropping this future before it is done does not open the recorder again; ask once more for the report.
    pub async fn shutdown(&self, within: Duration) -> ShutdownReport {
        self.shared().close(Deadline::after(within));
        self.shared().ended().await;
        self.shared().last_report()
    }

    fn shared(&self) -> &Shared {
        &self.0.0
    }
}

fn not_taken(reason: NotTakenReason, table: &str, interaction: Box<Interaction>) -> NotTaken {
    NotTaken { reason, profile_table: table.to_owned(), interaction }
}

impl fmt::Debug for InteractionRecorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InteractionRecorder").field("report", &self.report()).finish_non_exhaustive()
    }
}
