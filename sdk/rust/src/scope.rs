//! What a consent is for, and how much of it one act covers.

use assent_proto::v1;

use crate::word::{Word, words};

words! {
    /// What a consent is for. The two are independent: neither ever changes the other.
    Purpose = v1::Purpose, "PURPOSE_" {
        /// The person may be contacted. Has no scopes.
        Marketing,
        /// The person's behaviour may be recorded, scope by scope.
        Tracking,
    }
}

words! {
    /// What a tracking choice covers.
    Scope = v1::Scope, "SCOPE_" {
        /// Opens of emails.
        EmailOpen,
        /// Clicks in emails.
        EmailClick,
        /// Clicks in SMS messages.
        SmsClick,
        /// Visits of websites.
        WebsiteVisit,
        /// Goals reached by a transaction.
        TransactionGoal,
        /// Device and user agent.
        Device,
    }
}

words! {
    /// One line of states: marketing, or one scope of tracking. Answers are folded, told and exported per series.
    Series = v1::Series, "SERIES_" {
        /// Marketing as a whole.
        Marketing,
        /// Tracking: opens of emails.
        EmailOpen,
        /// Tracking: clicks in emails.
        EmailClick,
        /// Tracking: clicks in SMS messages.
        SmsClick,
        /// Tracking: visits of websites.
        WebsiteVisit,
        /// Tracking: goals reached by a transaction.
        TransactionGoal,
        /// Tracking: device and user agent.
        Device,
    }
}

impl From<Scope> for Series {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::EmailOpen => Self::EmailOpen,
            Scope::EmailClick => Self::EmailClick,
            Scope::SmsClick => Self::SmsClick,
            Scope::WebsiteVisit => Self::WebsiteVisit,
            Scope::TransactionGoal => Self::TransactionGoal,
            Scope::Device => Self::Device,
            // The contract numbers the series as the scopes, one further.
            Scope::Unrecognised(number) => Self::Unrecognised(number.saturating_add(1)),
        }
    }
}

/// Which of tracking is covered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Tracking {
    /// None of it.
    #[default]
    None,
    /// All of it. A grant is stored as the scopes that exist that day; anything else covers those that later releases add.
    All,
    /// These scopes, 1 to 16; one named twice counts once.
    Scopes(Vec<Scope>),
}

/// What an answer, notice or request covers: marketing, tracking or both, never nothing. Both at once means that one act
/// covered both (one tick for mail and tracking), which is called joint and which not every policy accepts of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Coverage {
    /// Whether marketing is covered.
    pub marketing: bool,
    /// Which of tracking is.
    pub tracking: Tracking,
}

impl Coverage {
    /// Marketing alone.
    #[must_use]
    pub const fn marketing() -> Self {
        Self { marketing: true, tracking: Tracking::None }
    }

    /// All of tracking.
    #[must_use]
    pub const fn tracking() -> Self {
        Self { marketing: false, tracking: Tracking::All }
    }

    /// Marketing and all of tracking, by one act.
    #[must_use]
    pub const fn joint() -> Self {
        Self { marketing: true, tracking: Tracking::All }
    }

    /// These scopes of tracking alone.
    #[must_use]
    pub fn scopes(scopes: impl IntoIterator<Item = Scope>) -> Self {
        Self { marketing: false, tracking: Tracking::Scopes(scopes.into_iter().collect()) }
    }

    /// The same, and marketing by the same act.
    #[must_use]
    pub fn and_marketing(self) -> Self {
        Self { marketing: true, ..self }
    }

    pub(crate) fn into_wire(self) -> v1::Coverage {
        let tracking = match self.tracking {
            Tracking::None => None,
            Tracking::All => Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})),
            Tracking::Scopes(scopes) => Some(v1::coverage::Tracking::Scopes(v1::ScopeList {
                scopes: scopes.into_iter().map(Word::to_wire).collect(),
            })),
        };
        v1::Coverage { marketing: self.marketing, tracking }
    }

    pub(crate) fn from_wire(wire: v1::Coverage) -> Self {
        let tracking = match wire.tracking {
            None => Tracking::None,
            Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})) => Tracking::All,
            Some(v1::coverage::Tracking::Scopes(list)) => {
                Tracking::Scopes(list.scopes.into_iter().map(Scope::from_wire).collect())
            }
        };
        Self { marketing: wire.marketing, tracking }
    }
}
