//! Records profile facts alone.

use assent_proto::v1;

use super::Consents;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::profile::{self, Facts, KnownFacts};
use crate::request_id::RequestId;
use crate::state::Outcome;
use crate::word::Word;

/// A batch of facts for one profile table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpsertProfiles {
    table: String,
    profiles: Vec<(String, Facts)>,
    request_id: Option<RequestId>,
    validate_only: bool,
    origin: Option<String>,
}

impl UpsertProfiles {
    /// An empty batch for the profile table of that id, which must exist.
    #[must_use]
    pub fn into_table(id: impl Into<String>) -> Self {
        Self { table: id.into(), profiles: Vec::new(), request_id: None, validate_only: false, origin: None }
    }

    /// Adds the facts of one profile (1 to 128 bytes, opaque).
    #[must_use]
    pub fn profile(mut self, id: impl Into<String>, facts: Facts) -> Self {
        self.profiles.push((id.into(), facts));
        self
    }

    /// Makes the whole batch safe to repeat with the same content. Absent: a new one, kept over the call's own retries.
    #[must_use]
    pub const fn request_id(mut self, id: RequestId) -> Self {
        self.request_id = Some(id);
        self
    }

    /// Asks what would become of each profile, and stores nothing.
    #[must_use]
    pub const fn validate_only(mut self) -> Self {
        self.validate_only = true;
        self
    }

    /// Names the system that sends this, 1 to 64 bytes.
    #[must_use]
    pub fn origin(mut self, system: impl Into<String>) -> Self {
        self.origin = Some(system.into());
        self
    }
}

/// What became of facts that were accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileUpserted {
    /// [`Outcome::Created`], [`Outcome::Changed`] or [`Outcome::Unchanged`].
    pub outcome: Outcome,
    /// What is known of the profile now, the whole call counted.
    pub facts: KnownFacts,
}

impl Consents<'_> {
    /// Records profile facts alone; each profile is judged and answered for itself, in order. Batches are sent in parts as
    /// those of [`Self::upsert`].
    ///
    /// # Errors
    ///
    /// Of the call: [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown),
    /// [`Reason::RequestIdReused`](crate::Reason::RequestIdReused). Of a profile, in its result:
    /// [`Reason::ProfileErased`](crate::Reason::ProfileErased).
    pub async fn upsert_profiles(self, batch: UpsertProfiles) -> Result<Vec<Result<ProfileUpserted>>> {
        let UpsertProfiles { table, profiles, request_id, validate_only, origin } = batch;
        let request_id = request_id.unwrap_or_default();
        let item = |(id, facts): (String, Facts)| v1::UpsertProfilesItem {
            profile: Some(profile::key(id)),
            facts: Some(facts.into_wire()),
        };
        in_parts(profiles.into_iter().map(item).collect(), Some(request_id), |items, part_id| {
            let message = v1::UpsertProfilesRequest {
                profile_table: table.clone(),
                items,
                request_id: part_id.unwrap_or(request_id).to_string(),
                validate_only,
                origin: origin.clone(),
            };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.consents();
                        async move { client.upsert_profiles(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::UpsertProfilesResult) -> Result<Result<ProfileUpserted>> {
    use v1::upsert_profiles_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Outcome(upserted) => Ok(ProfileUpserted {
            outcome: Outcome::from_wire(upserted.outcome),
            facts: KnownFacts::from_wire(upserted.facts),
        }),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
