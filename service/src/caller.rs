//! Who calls: the tenant, the roles, and what else a verb may know of the call it answers.
//!
//! Deliberately not here: how a credential is checked (`server/auth.rs`) and which roles a method
//! asks for (the proto says so).

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use assent_domain::id::TenantId;

use crate::clock::Clock;

/// What a credential may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Record interactions.
    Record,
    /// Plan sends.
    Plan,
    /// Write consents and redeem what asks for them.
    Consent,
    /// Read states, histories, changes and reports.
    Read,
    /// Change settings and notices.
    Settings,
    /// Read and erase everything of a person.
    Privacy,
}

impl Role {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 6] =
        [Self::Record, Self::Plan, Self::Consent, Self::Read, Self::Settings, Self::Privacy];

    /// Its name, as on the command line and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Plan => "plan",
            Self::Consent => "consent",
            Self::Read => "read",
            Self::Settings => "settings",
            Self::Privacy => "privacy",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A word that names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of record, plan, consent, read, settings, privacy")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or(UnknownRole)
    }
}

/// A set of roles.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u8);

impl Roles {
    /// Every role there is.
    #[must_use]
    pub fn all() -> Self {
        Role::ALL.into_iter().collect()
    }

    /// Whether `role` is among them.
    #[must_use]
    pub const fn holds(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Whether one of `others` is among them.
    #[must_use]
    pub const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of the contract.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.holds(*role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().fold(0, |bits, role| bits | role.bit()))
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Role::name).collect();
        f.write_str(&names.join(","))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roles({self})")
    }
}

/// Who calls, as the credential says.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Whose data the call sees and changes; nothing in a request can name another.
    pub tenant: TenantId,
    /// What the credential may do.
    pub roles: Roles,
    /// The public part of the API key; `None` without keys, on loopback.
    pub key_id: Option<String>,
}

/// The service's own number of a call, a UUID: told to the caller with an error and in the answer's `x-call-id`,
/// and written beside what is logged, so that the two can be brought together. It never comes from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallId(pub String);

/// When a call's caller stops waiting, on the clock's monotonic side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Duration);

impl Deadline {
    /// How long is left; zero when it has passed.
    #[must_use]
    pub fn left(self, clock: &dyn Clock) -> Duration {
        self.0.saturating_sub(clock.monotonic())
    }
}

/// A call as a verb sees it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// The call's number.
    pub id: CallId,
    /// When nobody waits for the answer any more.
    pub deadline: Deadline,
}

impl Call {
    /// The same call without its deadline, which bounds how a stream begins and not how it goes on.
    #[must_use]
    pub const fn endless(mut self) -> Self {
        self.deadline = Deadline(Duration::MAX);
        self
    }

    /// The tenant whose data the call sees and changes.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.caller.tenant
    }

    /// What the credential may do.
    #[must_use]
    pub const fn roles(&self) -> Roles {
        self.caller.roles
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_by_the_names_they_are_shown_with() {
        for role in Role::ALL {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert_eq!("admin".parse::<Role>(), Err(UnknownRole));
        let roles: Roles = [Role::Read, Role::Record].into_iter().collect();
        assert_eq!(roles.to_string(), "record,read");
        assert!(roles.meets([Role::Read, Role::Privacy].into_iter().collect()));
        assert!(!roles.meets(Role::Privacy.into_iter_one()));
        assert!(Roles::default().is_empty() && !Roles::all().is_empty());
    }

    impl Role {
        fn into_iter_one(self) -> Roles {
            std::iter::once(self).collect()
        }
    }
}
