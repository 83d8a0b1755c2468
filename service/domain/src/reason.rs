//! Why a verdict is as it is: stable names, told to callers that may know.

use crate::answer::State;

/// The reason of a verdict. Names never change and never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The person granted it.
    PermittedGranted,
    /// Nobody answered, and the policy's default permits.
    PermittedByDefault,
    /// Recorded when it was permitted, and the policy keeps what was recorded.
    PermittedKept,
    /// We sent it: ours, not the person's behaviour.
    PermittedSend,
    /// The person was erased.
    ProfileErased,
    /// A functional link: always served, never stored.
    FunctionalLink,
    /// The message asks for consent or tells of tracking: it carries none.
    ConsentRequest,
    /// An SMS message has no pixel.
    NoPixel,
    /// Older than it would be kept.
    TooOld,
    /// A ceiling is `NEVER`.
    TrackingDisabled,
    /// A ceiling is `ANONYMOUS`.
    AnonymousOnly,
    /// The request names no profile.
    NoProfile,
    /// Consent permits, but the message went out with a pixel for the last-open day alone.
    LastOpenOnly,
    /// A grant is on record that the judging policy does not hold to be proven.
    GrantUnproven,
    /// Nobody told, asked or answered, and the default denies.
    Unknown,
    /// A notice is on record, nobody answered, and that is not enough.
    Informed,
    /// The person refused.
    Refused,
    /// The person withdrew.
    Withdrawn,
    /// The person objected.
    Objected,
    /// The grant ran out.
    Expired,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 20] = [
        Self::PermittedGranted,
        Self::PermittedByDefault,
        Self::PermittedKept,
        Self::PermittedSend,
        Self::ProfileErased,
        Self::FunctionalLink,
        Self::ConsentRequest,
        Self::NoPixel,
        Self::TooOld,
        Self::TrackingDisabled,
        Self::AnonymousOnly,
        Self::NoProfile,
        Self::LastOpenOnly,
        Self::GrantUnproven,
        Self::Unknown,
        Self::Informed,
        Self::Refused,
        Self::Withdrawn,
        Self::Objected,
        Self::Expired,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PermittedGranted => "PERMITTED_GRANTED",
            Self::PermittedByDefault => "PERMITTED_BY_DEFAULT",
            Self::PermittedKept => "PERMITTED_KEPT",
            Self::PermittedSend => "PERMITTED_SEND",
            Self::ProfileErased => "PROFILE_ERASED",
            Self::FunctionalLink => "FUNCTIONAL_LINK",
            Self::ConsentRequest => "CONSENT_REQUEST",
            Self::NoPixel => "NO_PIXEL",
            Self::TooOld => "TOO_OLD",
            Self::TrackingDisabled => "TRACKING_DISABLED",
            Self::AnonymousOnly => "ANONYMOUS_ONLY",
            Self::NoProfile => "NO_PROFILE",
            Self::LastOpenOnly => "LAST_OPEN_ONLY",
            Self::GrantUnproven => "GRANT_UNPROVEN",
            Self::Unknown => "UNKNOWN",
            Self::Informed => "INFORMED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Objected => "OBJECTED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The reason of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// Whether it is a reason to permit.
    #[must_use]
    pub const fn permits(self) -> bool {
        matches!(
            self,
            Self::PermittedGranted | Self::PermittedByDefault | Self::PermittedKept | Self::PermittedSend
        )
    }

    /// The reason why `state` denies.
    #[must_use]
    pub const fn denied_by(state: State) -> Self {
        match state {
            State::Unknown => Self::Unknown,
            State::Informed => Self::Informed,
            State::Refused => Self::Refused,
            State::Withdrawn => Self::Withdrawn,
            State::Objected => Self::Objected,
            State::Expired => Self::Expired,
            // A grant that denies is one that proves nothing.
            State::Granted => Self::GrantUnproven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_round_and_the_permitting_ones_say_so() {
        for reason in Reason::ALL {
            assert_eq!(Reason::named(reason.name()), Some(reason));
            assert_eq!(reason.permits(), reason.name().starts_with("PERMITTED_"));
        }
        assert_eq!(Reason::named("SOMETHING"), None);
    }

    #[test]
    fn a_state_denies_by_its_own_name() {
        for state in State::ALL.into_iter().filter(|state| *state != State::Granted) {
            assert_eq!(Reason::denied_by(state).name(), state.name());
        }
        assert_eq!(Reason::denied_by(State::Granted), Reason::GrantUnproven);
    }
}
