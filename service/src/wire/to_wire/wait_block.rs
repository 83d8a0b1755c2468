//! Where profiles stand at wait blocks.

use assent_domain::interaction::Recorded;
use assent_domain::wait_block::{Evaluation, ExitReason, WaitState};
use assent_proto::v1;

use super::{interaction, policy, time};

/// Where a profile stands at the block that its caller calls `name`.
#[must_use]
pub fn outcome(name: &str, told: &Evaluation<Recorded>) -> v1::WaitBlockOutcome {
    let (state, why, matched) = match &told.state {
        WaitState::Waiting => (v1::WaitState::Waiting, v1::WaitReason::Unspecified, None),
        WaitState::Matched(row) => (v1::WaitState::Matched, v1::WaitReason::Matched, Some(row)),
        WaitState::Exited(why) => (v1::WaitState::Exited, reason(*why), None),
    };
    v1::WaitBlockOutcome {
        r#ref: name.to_owned(),
        state: state.into(),
        reason: why.into(),
        matched: matched.map(interaction::recorded),
        next_check_at: told.next_check_at.map(time::instant),
        evaluated_at: Some(time::instant(told.evaluated_at)),
        window_start: Some(time::instant(told.window.start)),
        deadline: Some(time::instant(told.window.deadline)),
        send_unknown: told.send_unknown,
        policy: Some(policy::version(&told.policy)),
    }
}

/// Why a profile left by the exit branch.
#[must_use]
pub const fn reason(reason: ExitReason) -> v1::WaitReason {
    match reason {
        ExitReason::Timeout => v1::WaitReason::Timeout,
        ExitReason::NotTrackable => v1::WaitReason::NotTrackable,
        ExitReason::ConsentWithdrawn => v1::WaitReason::ConsentWithdrawn,
        ExitReason::TrackingDisabled => v1::WaitReason::TrackingDisabled,
        ExitReason::ProfileErased => v1::WaitReason::ProfileErased,
    }
}
