//! Wait blocks: did this profile do one of those things about a target within its window?
//!
//! Evaluation is pure and read-only. Not here: what could be seen, and what was ([`crate::sight`]); finding the
//! candidates (the store's); registering blocks (later).

mod exit;

use crate::interaction::InteractionKind;
use crate::record::PolicyVersion;
use crate::sight::{Candidate, Known, Sought, Standing, Window, first_match, standing};
use crate::time::{Instant, Span};
use crate::verdict::{Unjudged, Use};

pub use exit::ExitReason;

/// When the window starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Start {
    /// At an instant.
    At(Instant),
    /// At the latest known send of its message ([`Definition::started_by`]) not after `entered_at`; none known: at
    /// `entered_at`, told as `SEND_UNKNOWN`.
    FromSend {
        /// When the profile entered the block.
        entered_at: Instant,
    },
}

/// When the window ends. At the end is out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// At an instant.
    At(Instant),
    /// That long after its start.
    After(Span),
}

/// When exits are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ExitPolicy {
    /// All at deadline + late grace, so that timing tells nothing.
    #[default]
    AtDeadline,
    /// All but the timeout as things stand now.
    Immediate,
}

/// How long after the deadline a late arrival is still waited for: 10 minutes unless set, at most 24 h.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LateGrace(Span);

impl LateGrace {
    /// The longest: 24 h.
    pub const MAX: Self = Self(Span::from_days(1));

    /// That long; `None` if negative or longer than [`Self::MAX`].
    #[must_use]
    pub fn new(span: Span) -> Option<Self> {
        (Span::from_micros(0)..=Self::MAX.0).contains(&span).then_some(Self(span))
    }

    /// The length.
    #[must_use]
    pub const fn span(self) -> Span {
        self.0
    }
}

impl Default for LateGrace {
    fn default() -> Self {
        Self(Span::from_minutes(10))
    }
}

/// What is awaited.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'a> {
    /// The kinds awaited; any of them matches. A send is never awaited.
    pub kinds: &'a [InteractionKind],
    /// Whether the link awaited is a functional one: always served, never stored, so never seen.
    pub functional_link: bool,
    /// When the window starts.
    pub start: Start,
    /// When the message that the window starts from went out to this profile, wherever it leads; none
    /// for a window that starts at an instant.
    pub started_by: &'a [Instant],
    /// When it ends.
    pub end: End,
    /// When exits are told.
    pub exit: ExitPolicy,
    /// How long after the deadline late arrivals are waited for.
    pub late_grace: LateGrace,
}

impl Definition<'_> {
    /// The window, and whether the send it should start from is unknown.
    #[must_use]
    pub fn window(&self) -> (Window, bool) {
        let (start, send_unknown) = match self.start {
            Start::At(instant) => (instant, false),
            Start::FromSend { entered_at } => {
                let latest = self.started_by.iter().copied().filter(|at| *at <= entered_at).max();
                (latest.unwrap_or(entered_at), latest.is_none())
            }
        };
        let deadline = match self.end {
            End::At(instant) => instant,
            End::After(span) => start.plus(span),
        };
        (Window { start, deadline }, send_unknown)
    }
}

/// Where a profile stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitState<R> {
    /// It may still change.
    Waiting,
    /// A recorded, human interaction occurred in the window.
    Matched(R),
    /// Out of the one exit branch; the reason is for people and reports.
    Exited(ExitReason),
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation<R> {
    /// Where the profile stands.
    pub state: WaitState<R>,
    /// When to look again: deadline + late grace; only while waiting.
    pub next_check_at: Option<Instant>,
    /// The instant it was evaluated for.
    pub evaluated_at: Instant,
    /// The window that was looked at.
    pub window: Window,
    /// Whether the window starts at `entered_at` because no send is known (`SEND_UNKNOWN`).
    pub send_unknown: bool,
    /// The policy that decided; the table's where none did.
    pub policy: PolicyVersion,
}

/// Evaluates one block for one profile. `as_of` moves only window and timeout and is never later than
/// `now`: erasure, ceilings and consent are looked at now, so a past instant never shows more than now.
/// Order: erased, ceiling, consent and mode, recorded match, timeout.
pub fn evaluate<'a, R>(
    definition: &Definition<'_>,
    known: &Known<'_>,
    candidates: impl IntoIterator<Item = Unjudged<Candidate<'a, R>>>,
    as_of: Instant,
    now: Instant,
) -> Evaluation<R> {
    let evaluated_at = as_of.min(now);
    let (window, send_unknown) = definition.window();
    let check_at = window.deadline.plus(definition.late_grace.span());
    let Definition { kinds, functional_link, .. } = *definition;
    let Standing { open, closed } =
        standing(&Sought { kinds, functional_link, window }, known, known.person.now(now));
    // One kind that could be seen is enough to wait for.
    let exit = closed.filter(|_| open.is_empty());
    let decided_by = exit.map_or_else(|| known.policies.table(), |(_, policy)| policy);

    let told = |state, next_check_at| Evaluation {
        state,
        next_check_at,
        evaluated_at,
        window,
        send_unknown,
        policy: decided_by.named(),
    };
    let due = evaluated_at >= check_at;
    if let Some((unseen, _)) = exit {
        return if due || definition.exit == ExitPolicy::Immediate {
            told(WaitState::Exited(unseen.into()), None)
        } else {
            told(WaitState::Waiting, Some(check_at))
        };
    }
    let sought = Sought { kinds: &open, functional_link, window };
    if let Some(row) = first_match(Use::Wait, &sought, known, candidates, evaluated_at, now) {
        return told(WaitState::Matched(row), None);
    }
    if due {
        told(WaitState::Exited(ExitReason::Timeout), None)
    } else {
        told(WaitState::Waiting, Some(check_at))
    }
}

#[cfg(test)]
mod tests;
