//! An arrival that was judged, ready to be written.

use assent_domain::interaction::Reported;
use assent_domain::tally::Share;
use assent_domain::verdict::{Case, Judged};

/// An arrival that was judged, with what it adds to its campaign's figures.
pub struct Weighed {
    /// The arrival with its verdict.
    pub judged: Judged<Reported>,
    /// What it adds; absent: nothing.
    pub share: Option<Share>,
    /// What it is known by once it was counted without naming anybody: a keyed hash, which tells nothing of the
    /// interaction. Absent: it is not to be counted so.
    pub mark: Option<[u8; 32]>,
}

impl Weighed {
    /// What was judged in that case. `mark` is asked only for what is to be counted anonymously.
    #[must_use]
    pub fn of(judged: Judged<Reported>, case: &Case<'_>, mark: impl FnOnce(&Reported) -> [u8; 32]) -> Self {
        let share = Share::of(&judged, case);
        let counted = judged.exempted().filter(|(_, effects)| effects.count);
        let mark = counted.map(|(reported, _)| mark(reported));
        Self { judged, share, mark }
    }

    /// What was judged, without any figures.
    #[must_use]
    pub const fn alone(judged: Judged<Reported>) -> Self {
        Self { judged, share: None, mark: None }
    }
}
