//! Where a profile stands.

use assent_proto::v1;

use crate::error::Result;
use crate::interaction::RecordedInteraction;
use crate::policy::PolicyVersion;
use crate::time::Instant;
use crate::word::{Word, words};

words! {
    /// Where a profile stands.
    WaitState = v1::WaitState, "WAIT_STATE_" {
        /// It may still change: ask again when the answer says, or sooner for a prompt match.
        Waiting,
        /// It was done in the window, by a person, and recorded.
        Matched,
        /// It leaves by the exit branch, which is one and the same for every reason.
        Exited,
    }
}

words! {
    /// Why a profile stands there.
    WaitReason = v1::WaitReason, "WAIT_REASON_" {
        /// A recorded interaction of a person matched.
        Matched,
        /// It could have been seen and was not.
        Timeout,
        /// It could not have been seen.
        NotTrackable,
        /// It was permitted at some instant of the window, and the person withdrew, refused or objected since: a non-opener,
        /// even if an open was recorded before.
        ConsentWithdrawn,
        /// A website, campaign or message in play is never tracked, or only without naming anybody, for every kind awaited.
        TrackingDisabled,
        /// The person was erased.
        ProfileErased,
    }
}

/// Where a profile stands at one wait block.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitOutcome {
    /// The caller's name for the block.
    pub reference: String,
    /// Where it stands.
    pub state: WaitState,
    /// Why. Absent while it waits.
    pub reason: Option<WaitReason>,
    /// The earliest recorded interaction that matched. Absent unless matched.
    pub matched: Option<RecordedInteraction>,
    /// When to ask again: the window's end and the late grace. Absent unless waiting.
    pub next_check_at: Option<Instant>,
    /// The instant it was evaluated for.
    pub evaluated_at: Instant,
    /// The first instant of the window.
    pub window_start: Instant,
    /// The first instant after the window.
    pub deadline: Instant,
    /// True: no send is known of the message that the window starts from, so that it starts when the profile entered.
    pub send_unknown: bool,
    /// The policy that decided: the one that denied; where none did, that of the profile table.
    pub policy: Option<PolicyVersion>,
}

impl WaitOutcome {
    pub(super) fn from_wire(wire: v1::WaitBlockOutcome) -> Result<Self> {
        Ok(Self {
            reference: wire.r#ref,
            state: WaitState::from_wire(wire.state),
            reason: (wire.reason != 0).then(|| WaitReason::from_wire(wire.reason)),
            matched: wire.matched.map(RecordedInteraction::from_wire).transpose()?,
            next_check_at: wire.next_check_at.map(Instant::from_wire),
            evaluated_at: Instant::promised(wire.evaluated_at, "results.outcome.evaluated_at")?,
            window_start: Instant::promised(wire.window_start, "results.outcome.window_start")?,
            deadline: Instant::promised(wire.deadline, "results.outcome.deadline")?,
            send_unknown: wire.send_unknown,
            policy: wire.policy.map(PolicyVersion::from_wire),
        })
    }
}
