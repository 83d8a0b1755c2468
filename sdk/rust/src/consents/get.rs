//! Reads what is on record.

use assent_proto::v1;

use super::Consents;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::policy::PolicyVersion;
use crate::profile::{self, KnownFacts};
use crate::scope::Series;
use crate::state::Standing;
use crate::time::Instant;
use crate::verdict::{InteractionKind, KindVerdict};

/// Which profiles to tell about, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetConsents {
    table: String,
    profiles: Vec<String>,
    as_of: Option<Instant>,
    known_at: Option<Instant>,
}

impl GetConsents {
    /// Those profiles of that table, as of now. One named twice is answered twice.
    #[must_use]
    pub fn of<I>(table: impl Into<String>, profiles: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self {
            table: table.into(),
            profiles: profiles.into_iter().map(Into::into).collect(),
            as_of: None,
            known_at: None,
        }
    }

    /// Asks what had taken effect by this instant, which is not in the future.
    #[must_use]
    pub const fn as_of(mut self, instant: Instant) -> Self {
        self.as_of = Some(instant);
        self
    }

    /// Asks by what had been recorded by this instant alone, which is not in the future.
    #[must_use]
    pub const fn known_at(mut self, instant: Instant) -> Self {
        self.known_at = Some(instant);
        self
    }
}

/// What is on record for one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileConsents {
    /// One line for each series that exists, in their order.
    pub standings: Vec<Standing>,
    /// What is known of the profile beside its answers, as of now.
    pub facts: KnownFacts,
    /// The profile's version with the last record that counted here; 0: none.
    pub profile_version: u64,
    /// What the service would do with an interaction of each kind, assuming a message that nobody declared.
    pub verdicts: Vec<KindVerdict>,
    /// The policies that judge this profile.
    pub policies: Vec<PolicyVersion>,
}

impl ProfileConsents {
    /// What one series reads. `None`: the service does not know it.
    #[must_use]
    pub fn standing(&self, series: Series) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.series == series)
    }

    /// What the service would do with an interaction of one kind. `None`: the service does not know it.
    #[must_use]
    pub fn verdict(&self, kind: InteractionKind) -> Option<&KindVerdict> {
        self.verdicts.iter().find(|verdict| verdict.kind == kind)
    }
}

impl Consents<'_> {
    /// Tells the states of any number of profiles, in the order asked. A profile without records is answered, not refused.
    /// More than 1,000 are asked for in several calls: without [`GetConsents::known_at`] each reads at its own instant.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). Of a profile, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn get(self, query: GetConsents) -> Result<Vec<Result<ProfileConsents>>> {
        let GetConsents { table, profiles, as_of, known_at } = query;
        in_parts(profiles.into_iter().map(profile::key).collect(), None, |profiles, _| {
            let message = v1::GetConsentsRequest {
                profile_table: table.clone(),
                profiles,
                as_of: as_of.map(Instant::into_wire),
                known_at: known_at.map(Instant::into_wire),
            };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.consents();
                        async move { client.get_consents(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::GetConsentsResult) -> Result<Result<ProfileConsents>> {
    use v1::get_consents_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Consents(consents) => Ok(ProfileConsents {
            standings: consents.standings.into_iter().map(Standing::from_wire).collect(),
            facts: KnownFacts::from_wire(consents.facts),
            profile_version: consents.profile_version,
            verdicts: consents.verdicts.into_iter().map(KindVerdict::from_wire).collect(),
            policies: consents.policies.into_iter().map(PolicyVersion::from_wire).collect(),
        }),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
