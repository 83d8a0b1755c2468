//! What a verdict is asked about: for what use, around what, of whom, under which policies, when.

use crate::context::Context;
use crate::history::History;
use crate::interaction::InteractionKind;
use crate::mode::Sent;
use crate::policy::Applicable;
use crate::scope::Series;
use crate::time::{Instant, Zone};

/// For what consent is asked; it says at which instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Use {
    /// Before a send: now.
    Plan,
    /// On arrival: when it occurred and now, both must permit.
    Record,
    /// A wait block, over recorded rows: now.
    Wait,
    /// The scenario trigger stream, over recorded rows: now.
    Trigger,
    /// Targeting, over recorded rows: now.
    Target,
    /// The campaign event export, over recorded rows: now where the policy erases, not where it keeps.
    Export,
    /// One profile's activity, over recorded rows: as for the export.
    Activity,
}

impl Use {
    /// Every use.
    pub const ALL: [Self; 7] =
        [Self::Plan, Self::Record, Self::Wait, Self::Trigger, Self::Target, Self::Export, Self::Activity];

    /// Whether something is written by it (a plan asks as if it were); the others only read recorded rows.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Plan | Self::Record)
    }

    /// Whether it asks about such a row at all. Scenarios start from what a person did: neither from a send, which is
    /// ours, nor from what a machine did, which never counts as human.
    #[must_use]
    pub const fn asks_about(self, kind: InteractionKind, automated: bool) -> bool {
        match self {
            Self::Trigger => kind.scope().is_some() && !automated,
            Self::Plan | Self::Record | Self::Wait | Self::Target | Self::Export | Self::Activity => true,
        }
    }
}

/// Whether a profile was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Life {
    /// Never.
    #[default]
    NeverErased,
    /// It was, and nothing since opened a new life.
    Erased,
    /// It was, and a direct, explicit grant opened a new life, effective then; what occurred before stays discarded.
    NewSince(Instant),
}

/// The person a request names.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// Whether they were erased.
    pub life: Life,
    /// Everything on record about them in their present life.
    pub history: &'a History,
}

impl Person<'_> {
    /// The later of the clock and the last answer on record: a server whose clock lags still sees every
    /// acknowledged withdrawal.
    #[must_use]
    pub fn now(&self, clock: Instant) -> Instant {
        let last = |series| self.history.answers(series).entries().last().map(|entry| entry.effective);
        Series::ALL.into_iter().filter_map(last).fold(clock, Instant::max)
    }
}

/// All that a verdict depends on beside the interaction itself.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// For what.
    pub asked_for: Use,
    /// What is declared around the interaction.
    pub context: Context<'a>,
    /// The mode its message went out with to this profile: of several sends the latest not after
    /// `occurred_at`. Without effect where no profile is named.
    pub sent: Sent,
    /// The profile named; absent: none is (a shared pixel).
    pub person: Option<Person<'a>>,
    /// The policies that judge.
    pub policies: Applicable<'a>,
    /// The profile table's zone, for policies without one of their own.
    pub table_zone: &'a Zone,
    /// The server's clock.
    pub now: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_send_nor_a_machine_starts_anything() {
        for kind in InteractionKind::ALL {
            assert_eq!(
                Use::Trigger.asks_about(kind, false),
                kind != InteractionKind::Send,
                "{}",
                kind.name()
            );
            assert!(!Use::Trigger.asks_about(kind, true), "{}", kind.name());
            assert!(Use::Export.asks_about(kind, true) && Use::Activity.asks_about(kind, false));
        }
    }
}
