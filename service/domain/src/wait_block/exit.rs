//! What may be awaited at all: erased, ceiling, consent and mode, in this order.

use super::{Definition, Known, SendOnRecord, Window};
use crate::ceiling::Ceiling;
use crate::consent::look;
use crate::context::{Context, MessageInPlay};
use crate::interaction::InteractionKind;
use crate::message::Channel;
use crate::policy::Policy;
use crate::scope::{Scope, Series};
use crate::time::Instant;
use crate::verdict::Life;

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

/// The kinds that can still match, or why none can and which policy said so.
pub(super) fn standing<'a>(
    definition: &Definition<'_>,
    known: &Known<'a>,
    window: Window,
    now: Instant,
) -> Result<Vec<InteractionKind>, (ExitReason, &'a Policy)> {
    let table = known.policies.table();
    if known.person.life == Life::Erased {
        return Err((ExitReason::ProfileErased, table));
    }
    let awaited: Vec<(InteractionKind, Scope)> =
        definition.kinds.iter().filter_map(|kind| kind.scope().map(|scope| (*kind, scope))).collect();
    let ceiling = |kind| known.target.ceiling(kind, &known.policies, now);
    if !awaited.is_empty() && awaited.iter().all(|(kind, _)| ceiling(*kind) >= Ceiling::Anonymous) {
        return Err((ExitReason::TrackingDisabled, table));
    }
    if definition.functional_link {
        return Err((ExitReason::NotTrackable, table));
    }

    let mut open = Vec::new();
    let mut closed = Vec::new();
    for (kind, scope) in awaited {
        match kind_stands(known, kind, scope, ceiling(kind), window, now) {
            Ok(()) => open.push(kind),
            Err(found) => closed.push(found),
        }
    }
    if !open.is_empty() {
        return Ok(open);
    }
    // The first that closed names the exit, a withdrawn one before all others.
    let withdrawn = closed.iter().find(|(reason, _)| *reason == ExitReason::ConsentWithdrawn);
    Err(withdrawn.or_else(|| closed.first()).copied().unwrap_or((ExitReason::NotTrackable, table)))
}

fn kind_stands<'a>(
    known: &Known<'a>,
    kind: InteractionKind,
    scope: Scope,
    ceiling: Ceiling,
    window: Window,
    now: Instant,
) -> Result<(), (ExitReason, &'a Policy)> {
    let table = known.policies.table();
    if ceiling >= Ceiling::Anonymous
        || !could_show(known, kind, window, now)
        || !window.has_permitted(known, scope, ceiling)
    {
        return Err((ExitReason::NotTrackable, table));
    }
    let history = known.person.history;
    let denies = |policy: &&Policy| !look(policy, history, scope, now, ceiling).permits();
    let Some(denying) = known.policies.iter().find(denies) else { return Ok(()) };
    let run = history.answers(Series::Tracking(scope)).run(now);
    let reason = if run.is_some_and(|run| run.kind.denies()) {
        ExitReason::ConsentWithdrawn
    } else {
        ExitReason::NotTrackable
    };
    Err((reason, denying))
}

/// Whether a message on its way to the target could have shown `kind`: its class carries tracking, its
/// ceilings let it be recorded, and it went out with a mode that tells. Modes bound opens and clicks
/// alone; where no send before the deadline is known, the target's own message decides.
fn could_show(known: &Known<'_>, kind: InteractionKind, window: Window, now: Instant) -> bool {
    let carries = |message: Option<MessageInPlay<'_>>| {
        let context = Context { message, ..Context::default() };
        context.message().is_none_or(|message| {
            message.class.may_carry_tracking()
                && !(kind == InteractionKind::EmailOpen && message.channel == Channel::Sms)
        }) && context.ceiling(kind, &known.policies, now) < Ceiling::Anonymous
    };
    let bounded =
        matches!(kind, InteractionKind::EmailOpen | InteractionKind::EmailClick | InteractionKind::SmsClick);
    let before: Vec<&SendOnRecord<'_>> =
        known.sends.iter().filter(|send| bounded && send.at < window.deadline).collect();
    carries(known.target.message)
        && (before.is_empty()
            || before.iter().any(|send| send.sent.could_show(kind) && carries(send.message)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_of_its_own() {
        let names = ExitReason::ALL.map(ExitReason::name);
        let told = ["TIMEOUT", "NOT_TRACKABLE", "CONSENT_WITHDRAWN", "TRACKING_DISABLED", "PROFILE_ERASED"];
        assert_eq!(names, told);
    }
}
