//! Blocks on the wire.

use std::time::Duration;

use assent_proto::v1;

use super::{ExitPolicy, WaitBlock, WaitEnd, WaitOutcome, WaitReason, WaitStart, WaitState, WaitTarget};
use crate::time::Instant;
use crate::verdict::InteractionKind;

const AT: Instant = Instant::from_micros(1_795_253_400_000_000);

#[test]
fn a_block_says_all_that_it_was_made_of() {
    let start = WaitStart::FromSend { message_id: "m".to_owned(), entered_at: AT };
    let kinds = [InteractionKind::EmailOpen, InteractionKind::EmailClick];
    let block = WaitBlock::new("r", "p", WaitTarget::Message("m".to_owned()), kinds, start, WaitEnd::At(AT))
        .link("l")
        .exit_policy(ExitPolicy::Immediate)
        .late_grace(Duration::from_millis(1500));
    let wire = block.into_wire();
    assert_eq!((wire.r#ref.as_str(), wire.link_id.as_deref(), wire.kinds.len()), ("r", Some("l"), 2));
    assert_eq!(wire.profile, Some(v1::ProfileKey { id: "p".to_owned() }));
    assert_eq!(wire.target, Some(v1::wait_block::Target::MessageId("m".to_owned())));
    let from = v1::FromSend { message_id: "m".to_owned(), entered_at: Some(AT.into_wire()) };
    assert_eq!(wire.start, Some(v1::wait_block::Start::FromSend(from)));
    assert_eq!(wire.end, Some(v1::wait_block::End::Deadline(AT.into_wire())));
    assert_eq!(wire.exit_policy(), v1::ExitPolicy::Immediate);
    assert_eq!(wire.late_grace, Some(prost_types::Duration { seconds: 1, nanos: 500_000_000 }));
}

#[test]
fn who_waits_has_no_reason_yet() {
    let told = |state: v1::WaitState, reason: v1::WaitReason| {
        let at = Some(AT.into_wire());
        WaitOutcome::from_wire(v1::WaitBlockOutcome {
            state: state.into(),
            reason: reason.into(),
            evaluated_at: at,
            window_start: at,
            deadline: at,
            ..v1::WaitBlockOutcome::default()
        })
        .unwrap()
    };
    let waiting = told(v1::WaitState::Waiting, v1::WaitReason::Unspecified);
    assert_eq!((waiting.state, waiting.reason), (WaitState::Waiting, None));
    let exited = told(v1::WaitState::Exited, v1::WaitReason::NotTrackable);
    assert_eq!((exited.state, exited.reason), (WaitState::Exited, Some(WaitReason::NotTrackable)));
    assert!(WaitOutcome::from_wire(v1::WaitBlockOutcome::default()).is_err());
}
