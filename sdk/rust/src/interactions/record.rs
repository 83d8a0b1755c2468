//! Records interactions.

use assent_proto::v1;

use super::Interactions;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::interaction::{Interaction, InteractionOutcome};

/// A batch of interactions of one profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordInteractions {
    table: String,
    interactions: Vec<Interaction>,
}

impl RecordInteractions {
    /// An empty batch for the profile table of that id, which must exist.
    #[must_use]
    pub fn into_table(id: impl Into<String>) -> Self {
        Self { table: id.into(), interactions: Vec::new() }
    }

    /// Adds one. Any number may be added, and several may name one profile.
    #[must_use]
    pub fn interaction(mut self, interaction: Interaction) -> Self {
        self.interactions.push(interaction);
        self
    }

    /// Adds several.
    #[must_use]
    pub fn interactions(mut self, interactions: impl IntoIterator<Item = Interaction>) -> Self {
        self.interactions.extend(interactions);
        self
    }
}

impl Interactions<'_> {
    /// Records interactions and tells what became of each, in their order. More than 1,000, or than 4 MiB, go out in several
    /// calls, one after the other.
    ///
    /// Each is judged for itself inside the transaction that stores it; what may not be recorded leaves no trace. Safe to send
    /// again, whole or in part: what is on record already is told as [`Duplicate`](crate::Disposition::Duplicate).
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). A failed call may have recorded some of the batch:
    /// [`Error::items_answered`] tells how many were answered before. Of an interaction, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn record(self, batch: RecordInteractions) -> Result<Vec<Result<InteractionOutcome>>> {
        let RecordInteractions { table, interactions } = batch;
        let interactions = interactions.into_iter().map(Interaction::into_wire).collect();
        in_parts(interactions, None, |interactions, _| {
            let message = v1::RecordInteractionsRequest { profile_table: table.clone(), interactions };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.interactions();
                        async move { client.record_interactions(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::RecordInteractionsResult) -> Result<Result<InteractionOutcome>> {
    use v1::record_interactions_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Outcome(outcome) => Ok(InteractionOutcome::from_wire(outcome)),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
