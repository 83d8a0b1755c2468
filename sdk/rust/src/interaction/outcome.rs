//! What became of an interaction, and what may be read of it.

use assent_proto::v1;

use super::Interaction;
use crate::error::{Error, Result};
use crate::policy::PolicyVersion;
use crate::time::Instant;
use crate::verdict::VerdictReason;
use crate::word::{Word, words};

words! {
    /// What became of an interaction.
    Disposition = v1::Disposition, "DISPOSITION_" {
        /// It is recorded.
        Recorded,
        /// Only what the law exempts from consent was kept of it.
        Exempted,
        /// It was dropped, as if it had not occurred.
        Discarded,
        /// It would be recorded and is on record already. Where a machine's was on record and this one is a person's, it is a
        /// person's from now on.
        Duplicate,
    }
}

/// What became of one interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InteractionOutcome {
    /// What became of it.
    pub disposition: Disposition,
    /// Why. Absent for a credential whose only role is `record`: it reads nothing about people.
    pub reason: Option<VerdictReason>,
    /// The policy that decided: the one that wrote least. Absent where the reason is.
    pub policy: Option<PolicyVersion>,
}

impl InteractionOutcome {
    pub(crate) fn from_wire(wire: v1::InteractionOutcome) -> Self {
        Self {
            disposition: Disposition::from_wire(wire.disposition),
            reason: (wire.reason != 0).then(|| VerdictReason::from_wire(wire.reason)),
            policy: wire.policy.map(PolicyVersion::from_wire),
        }
    }
}

/// One recorded interaction.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedInteraction {
    /// The profile table.
    pub profile_table: String,
    /// The interaction as it was recorded, without device and user agent.
    pub interaction: Interaction,
    /// When the server recorded it.
    pub recorded_at: Instant,
    /// Why it was recorded.
    pub reason: VerdictReason,
    /// The policy that decided when it was recorded. Absent: none was asked.
    pub policy: Option<PolicyVersion>,
}

impl RecordedInteraction {
    pub(crate) fn from_wire(wire: v1::RecordedInteraction) -> Result<Self> {
        let interaction =
            wire.interaction.ok_or_else(|| Error::unintelligible("interactions.interaction"))?;
        Ok(Self {
            profile_table: wire.profile_table,
            interaction: Interaction::from_wire(interaction)?,
            recorded_at: Instant::promised(wire.recorded_at, "interactions.recorded_at")?,
            reason: VerdictReason::from_wire(wire.reason),
            policy: wire.policy.map(PolicyVersion::from_wire),
        })
    }
}

/// The device and user agent of a profile's latest interaction that told one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LastDevice {
    /// The device. Absent: not known.
    pub device: Option<String>,
    /// The user agent. Absent: not known.
    pub user_agent: Option<String>,
    /// When the interaction occurred that told them.
    pub occurred_at: Instant,
}

impl LastDevice {
    pub(crate) fn from_wire(wire: v1::LastDevice) -> Result<Self> {
        Ok(Self {
            device: wire.device,
            user_agent: wire.user_agent,
            occurred_at: Instant::promised(wire.occurred_at, "last_device.occurred_at")?,
        })
    }
}
