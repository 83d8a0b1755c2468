//! Questions on the wire.

use assent_proto::v1;

use super::{Engagement, EngagementAnswer, EngagementQuestion, EngagementReason};
use crate::time::Instant;
use crate::verdict::InteractionKind;
use crate::wait_blocks::WaitTarget;

const AT: Instant = Instant::from_micros(1_795_253_400_000_000);

#[test]
fn a_question_says_all_that_it_was_made_of() {
    let asked = EngagementQuestion::new(
        "r",
        "p",
        WaitTarget::Message("m".to_owned()),
        [InteractionKind::EmailClick, InteractionKind::EmailOpen],
    );
    let wire = asked.clone().into_wire();
    assert_eq!((wire.occurred_from, wire.occurred_before, wire.link_id), (None, None, None));
    let wire = asked.link("l").occurred_from(AT).occurred_before(AT).into_wire();
    assert_eq!((wire.r#ref.as_str(), wire.link_id.as_deref(), wire.kinds.len()), ("r", Some("l"), 2));
    assert_eq!(wire.profile, Some(v1::ProfileKey { id: "p".to_owned() }));
    assert_eq!(wire.target, Some(v1::engagement_question::Target::MessageId("m".to_owned())));
    assert_eq!(wire.occurred_from, Some(AT.into_wire()));
    assert_eq!(wire.occurred_before, Some(AT.into_wire()));
}

#[test]
fn a_yes_tells_what_and_when() {
    let matched = v1::EngagementMatch {
        kind: v1::InteractionKind::EmailOpen.into(),
        occurred_at: Some(AT.into_wire()),
    };
    let wire = v1::Engagement {
        r#ref: "r".to_owned(),
        answer: v1::EngagementAnswer::Yes.into(),
        reason: v1::EngagementReason::Recorded.into(),
        matched: Some(matched),
        policy: None,
    };
    let told = Engagement::from_wire(wire.clone()).unwrap();
    assert_eq!((told.answer, told.reason), (EngagementAnswer::Yes, EngagementReason::Recorded));
    let matched = told.matched.unwrap();
    assert_eq!((matched.kind, matched.occurred_at), (InteractionKind::EmailOpen, AT));
    let no = v1::Engagement { matched: None, ..wire };
    assert_eq!(Engagement::from_wire(no).unwrap().matched, None);
}
