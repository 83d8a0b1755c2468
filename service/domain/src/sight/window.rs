//! A window of time, and whether anything in it was permitted.

use super::Known;
use crate::answer::Kind;
use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::scope::{Scope, Series};
use crate::time::Instant;
use crate::verdict::Life;

/// `[start, deadline)`, on `occurred_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first instant in it.
    pub start: Instant,
    /// The first instant after it.
    pub deadline: Instant,
}

impl Window {
    /// All that ever was and will be.
    pub const EVER: Self = Self { start: Instant::MIN, deadline: Instant::MAX };

    /// Whether `instant` is in it.
    #[must_use]
    pub fn contains(self, instant: Instant) -> bool {
        self.start <= instant && instant < self.deadline
    }

    /// Whether every policy permits `scope` at some instant of it. It is judged whole, future instants
    /// too, by what is known now.
    pub(crate) fn has_permitted(self, known: &Known<'_>, scope: Scope, ceiling: Ceiling) -> bool {
        let history = known.person.history;
        let born = match known.person.life {
            Life::NewSince(grant) => self.start.max(grant),
            Life::NeverErased | Life::Erased => self.start,
        };
        // Only these can turn a denial into a permission: a beginning, a grant, a notice.
        let grants = history.answers(Series::Tracking(scope)).entries().iter();
        let grants = grants.filter(|entry| entry.kind == Kind::Granted).map(|entry| entry.effective);
        let notices = history.notices().iter().flat_map(|told| [told.effective, told.recorded_at]);
        std::iter::once(born).chain(grants).chain(notices).any(|instant| {
            born <= instant
                && self.contains(instant)
                && known
                    .policies
                    .iter()
                    .all(|policy| look(policy, history, scope, instant, ceiling).permits())
        })
    }
}
