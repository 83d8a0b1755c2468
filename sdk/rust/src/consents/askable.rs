//! Asks whether people may be asked.

use assent_proto::v1;

use super::Consents;
use crate::batch::in_parts;
use crate::error::{Error, Result};
use crate::policy::PolicyVersion;
use crate::profile;
use crate::scope::Series;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// What decides whether a person may be asked.
    AskReason = v1::AskReason, "ASK_REASON_" {
        /// Nobody told, asked or answered: they may be asked.
        Unknown,
        /// A notice is on record and nobody answered: they may be asked.
        Informed,
        /// They granted it: there is nothing to ask.
        Granted,
        /// They refused: not before the policy's months are over.
        Refused,
        /// They withdrew: not before the policy's months are over.
        Withdrawn,
        /// They objected: never, until a grant of their own ends the objection.
        Objected,
        /// What they granted ran out: they may be asked.
        Expired,
        /// They were asked and did not answer: not before the policy's months are over.
        Requested,
        /// The grant on record lacks what a policy demands: they may be asked.
        GrantUnproven,
        /// They were erased: never.
        ProfileErased,
    }
}

/// Whether a person may be asked for one series. A change of their own accord is never in question.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeriesAskable {
    /// The series.
    pub series: Series,
    /// Whether they may be asked now.
    pub askable: bool,
    /// Why, or why not.
    pub reason: AskReason,
    /// From when on they may be asked; also of a wait that is over. Absent: no wait began, or no time will end it.
    pub askable_from: Option<Instant>,
}

/// Whether a person may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileAskable {
    /// One line for each series that exists, in their order.
    pub series: Vec<SeriesAskable>,
    /// The policies that judge this profile.
    pub policies: Vec<PolicyVersion>,
}

impl ProfileAskable {
    /// Whether they may be asked for one series. `None`: the service does not know it.
    #[must_use]
    pub fn of(&self, series: Series) -> Option<&SeriesAskable> {
        self.series.iter().find(|one| one.series == series)
    }

    fn from_wire(wire: v1::ProfileAskable) -> Self {
        let series = wire.series.into_iter().map(|one| SeriesAskable {
            series: Series::from_wire(one.series),
            askable: one.askable,
            reason: AskReason::from_wire(one.reason),
            askable_from: one.askable_from.map(Instant::from_wire),
        });
        Self {
            series: series.collect(),
            policies: wire.policies.into_iter().map(PolicyVersion::from_wire).collect(),
        }
    }
}

impl Consents<'_> {
    /// Tells of any number of profiles, in the order asked, whether they may be asked, or asked again, and from when. More than
    /// 1,000 are asked about in several calls.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown). Of a profile, in its result:
    /// [`Reason::FieldInvalid`](crate::Reason::FieldInvalid).
    pub async fn check_askable<I>(
        self,
        table: impl Into<String>,
        profiles: I,
    ) -> Result<Vec<Result<ProfileAskable>>>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let table = table.into();
        let profiles = profiles.into_iter().map(|id| profile::key(id.into())).collect();
        in_parts(profiles, None, |profiles, _| {
            let message = v1::CheckAskableRequest { profile_table: table.clone(), profiles };
            async move {
                let answer = self
                    .caller
                    .unary(message, |request| {
                        let mut client = self.caller.consents();
                        async move { client.check_askable(request).await }
                    })
                    .await?;
                answer.results.into_iter().map(result).collect()
            }
        })
        .await
    }
}

/// The outer error: the answer itself lacks something.
fn result(wire: v1::CheckAskableResult) -> Result<Result<ProfileAskable>> {
    use v1::check_askable_result::Result as Wire;
    Ok(match wire.result.ok_or_else(|| Error::unintelligible("results.result"))? {
        Wire::Askable(askable) => Ok(ProfileAskable::from_wire(askable)),
        Wire::Error(status) => Err(Error::of_item(&status)),
    })
}
