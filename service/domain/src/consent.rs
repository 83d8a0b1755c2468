//! The look at consent: what one policy says of one series at one instant. Pure reading; what follows
//! from it stands in [`crate::verdict`] and [`crate::sight`].

use crate::answer::State;
use crate::ceiling::Ceiling;
use crate::default;
use crate::history::{History, Standing};
use crate::policy::Policy;
use crate::reason::Reason;
use crate::scope::{Scope, Series};
use crate::time::Instant;

/// What `series` reads at `at` under `policy`: grants that no record of their run proves are left out,
/// and whether one was.
pub(crate) fn proven(policy: &Policy, history: &History, series: Series, at: Instant) -> (Standing, bool) {
    let span = policy.expires_after();
    let (run, left_out) = history.answers(series).proven_run(at, span, |entry| entry.proves(&policy.grant));
    (history.standing_of(series, run, at, span), left_out)
}

/// The state alone.
pub(crate) fn proven_state(policy: &Policy, history: &History, series: Series, at: Instant) -> State {
    proven(policy, history, series, at).0.state
}

/// Whether `policy` permits `scope` at `at`, and why. Under the ceiling `CONSENTED` only a grant does.
pub(crate) fn look(
    policy: &Policy,
    history: &History,
    scope: Scope,
    at: Instant,
    ceiling: Ceiling,
) -> Reason {
    let (standing, left_out) = proven(policy, history, Series::Tracking(scope), at);
    match standing.state {
        State::Granted => return Reason::PermittedGranted,
        State::Unknown | State::Informed if ceiling == Ceiling::Default => {
            if default::permits(policy, history, scope, at) {
                return Reason::PermittedByDefault;
            }
        }
        State::Unknown
        | State::Informed
        | State::Refused
        | State::Withdrawn
        | State::Objected
        | State::Expired => {}
    }
    if left_out { Reason::GrantUnproven } else { Reason::denied_by(standing.state) }
}
