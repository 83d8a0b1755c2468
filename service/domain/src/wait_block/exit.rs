//! Why a profile leaves by the exit branch.

use crate::sight::Unseen;

/// Why a profile left by the exit branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitReason {
    /// It could have been seen and was not.
    Timeout,
    /// It could not have been seen.
    NotTrackable,
    /// Consent was there in the window and is withdrawn, refused or objected now.
    ConsentWithdrawn,
    /// A ceiling forbids every awaited kind.
    TrackingDisabled,
    /// The person was erased.
    ProfileErased,
}

impl ExitReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Timeout,
        Self::NotTrackable,
        Self::ConsentWithdrawn,
        Self::TrackingDisabled,
        Self::ProfileErased,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "TIMEOUT",
            Self::NotTrackable => "NOT_TRACKABLE",
            Self::ConsentWithdrawn => "CONSENT_WITHDRAWN",
            Self::TrackingDisabled => "TRACKING_DISABLED",
            Self::ProfileErased => "PROFILE_ERASED",
        }
    }
}

impl From<Unseen> for ExitReason {
    fn from(unseen: Unseen) -> Self {
        match unseen {
            Unseen::NotTrackable => Self::NotTrackable,
            Unseen::ConsentWithdrawn => Self::ConsentWithdrawn,
            Unseen::TrackingDisabled => Self::TrackingDisabled,
            Unseen::ProfileErased => Self::ProfileErased,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_of_its_own() {
        let names = ExitReason::ALL.map(ExitReason::name);
        let told = ["TIMEOUT", "NOT_TRACKABLE", "CONSENT_WITHDRAWN", "TRACKING_DISABLED", "PROFILE_ERASED"];
        assert_eq!(names, told);
        assert!(Unseen::ALL.into_iter().all(|unseen| ExitReason::from(unseen).name() == unseen.name()));
    }
}
