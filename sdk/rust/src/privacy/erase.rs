//! Erases a person.

use assent_proto::v1;

use super::Privacy;
use crate::error::{Error, Result};
use crate::profile;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// How far an erasure is.
    ErasureState = v1::ErasureState, "ERASURE_STATE_" {
        /// It holds, and what was being recorded in the same moment is yet to be deleted.
        Pending,
        /// Everything is deleted. On PostgreSQL the space is overwritten as the database reuses it (VACUUM).
        Complete,
    }
}

/// An erasure that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erasure {
    /// When the profile was last erased: what took effect by then counts no more.
    pub erased_at: Instant,
    /// How far it is.
    pub state: ErasureState,
    /// From when the last deletion is done; it follows within seconds. Absent: it is complete.
    pub completes_after: Option<Instant>,
}

impl Erasure {
    pub(crate) fn from_wire(wire: v1::Erasure) -> Result<Self> {
        Ok(Self {
            erased_at: Instant::promised(wire.erased_at, "erasure.erased_at")?,
            state: ErasureState::from_wire(wire.state),
            completes_after: wire.completes_after.map(Instant::from_wire),
        })
    }
}

impl Privacy<'_> {
    /// Erases one profile: what names it goes, readers of the changes are told, and it stays known as erased. It holds from
    /// the answer on; it is [`ErasureState::Complete`] once what was being recorded in the same moment is deleted too, within
    /// a minute or so. Asking again tells how far it is, and moves the erasure to the time of asking;
    /// [`Privacy::access`] tells without moving it. Safe to send again.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown).
    pub async fn erase(self, table: impl Into<String>, profile: impl Into<String>) -> Result<Erasure> {
        self.send(table.into(), profile.into(), None).await
    }

    /// The same, told as the wish of that system: readers of the changes can leave out their own.
    ///
    /// # Errors
    ///
    /// [`Reason::ProfileTableUnknown`](crate::Reason::ProfileTableUnknown).
    pub async fn erase_from(
        self,
        table: impl Into<String>,
        profile: impl Into<String>,
        origin: impl Into<String>,
    ) -> Result<Erasure> {
        self.send(table.into(), profile.into(), Some(origin.into())).await
    }

    async fn send(self, table: String, profile: String, origin: Option<String>) -> Result<Erasure> {
        let message =
            v1::EraseProfileRequest { profile_table: table, profile: Some(profile::key(profile)), origin };
        let answer = self
            .caller
            .unary(message, |request| {
                let mut client = self.caller.privacy();
                async move { client.erase_profile(request).await }
            })
            .await?;
        Erasure::from_wire(answer.erasure.ok_or_else(|| Error::unintelligible("erasure"))?)
    }
}
