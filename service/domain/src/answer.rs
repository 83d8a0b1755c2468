//! What a person said, and what all they said adds up to.

/// What a person said. Notices and requests are not answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Yes.
    Grant,
    /// No, when asked.
    Refuse,
    /// No longer, after a yes.
    Withdraw,
    /// A stop without having been asked (GDPR art. 21). Replaced only by a later grant.
    Object,
}

impl Answer {
    /// Every answer.
    pub const ALL: [Self; 4] = [Self::Grant, Self::Refuse, Self::Withdraw, Self::Object];

    /// Its name in the hashed form of a record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grant => "GRANT",
            Self::Refuse => "REFUSE",
            Self::Withdraw => "WITHDRAW",
            Self::Object => "OBJECT",
        }
    }

    /// The answer of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.name() == name)
    }

    /// What it turns the state into where it counts.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Grant => Kind::Granted,
            Self::Refuse => Kind::Refused,
            Self::Withdraw => Kind::Withdrawn,
            Self::Object => Kind::Objected,
        }
    }
}

/// What one record says of one series. The order is the order of protection: on a tie of effective
/// times the more protective one comes last and so decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A grant.
    Granted,
    /// A grant ran out.
    Expired,
    /// A refusal.
    Refused,
    /// A withdrawal.
    Withdrawn,
    /// An objection.
    Objected,
}

impl Kind {
    /// Whether it is a turn to a denying answer by the person: refusal, withdrawal or objection.
    #[must_use]
    pub const fn denies(self) -> bool {
        matches!(self, Self::Refused | Self::Withdrawn | Self::Objected)
    }

    /// The state it leads to.
    #[must_use]
    pub const fn state(self) -> State {
        match self {
            Self::Granted => State::Granted,
            Self::Expired => State::Expired,
            Self::Refused => State::Refused,
            Self::Withdrawn => State::Withdrawn,
            Self::Objected => State::Objected,
        }
    }
}

/// What the records add up to, per profile and series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody told, asked or answered.
    Unknown,
    /// A notice is on record and nobody answered. Tracking only.
    Informed,
    /// Yes.
    Granted,
    /// No.
    Refused,
    /// No longer.
    Withdrawn,
    /// Stop.
    Objected,
    /// A yes that ran out.
    Expired,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Unknown,
        Self::Informed,
        Self::Granted,
        Self::Refused,
        Self::Withdrawn,
        Self::Objected,
        Self::Expired,
    ];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Informed => "INFORMED",
            Self::Granted => "GRANTED",
            Self::Refused => "REFUSED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Objected => "OBJECTED",
            Self::Expired => "EXPIRED",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_round() {
        assert!(Answer::ALL.into_iter().all(|answer| Answer::named(answer.name()) == Some(answer)));
        assert!(State::ALL.into_iter().all(|state| State::named(state.name()) == Some(state)));
        assert_eq!((Answer::named(""), State::named("")), (None, None));
    }
}
