//! What is known of somebody's engagement.

use assent_domain::engagement::{Answered, Engagement};
use assent_domain::interaction::{Behaviour, Recorded};
use assent_domain::sight::Unseen;
use assent_proto::v1;

use super::{policy, time, verdict};

/// The answer to the question that its caller calls `name`: of the row that matched its kind and instant alone.
#[must_use]
pub fn engagement(name: &str, told: &Answered<Recorded>) -> v1::Engagement {
    let (answer, why, matched) = match &told.engagement {
        Engagement::Yes(row) => (v1::EngagementAnswer::Yes, v1::EngagementReason::Recorded, Some(row)),
        Engagement::No(None) => (v1::EngagementAnswer::No, v1::EngagementReason::NotRecorded, None),
        Engagement::No(Some(unseen)) => (v1::EngagementAnswer::No, reason(*unseen), None),
        Engagement::NotKnown(unseen) => (v1::EngagementAnswer::NotKnown, reason(*unseen), None),
    };
    v1::Engagement {
        r#ref: name.to_owned(),
        answer: answer.into(),
        reason: why.into(),
        matched: matched.map(|row| {
            let interaction = row.interaction();
            v1::EngagementMatch {
                kind: verdict::kind(interaction.kind).into(),
                occurred_at: Some(time::instant(interaction.occurred_at)),
            }
        }),
        policy: Some(policy::version(&told.policy)),
    }
}

/// Why it could not have been seen.
#[must_use]
pub const fn reason(unseen: Unseen) -> v1::EngagementReason {
    match unseen {
        Unseen::NotTrackable => v1::EngagementReason::NotTrackable,
        Unseen::ConsentWithdrawn => v1::EngagementReason::ConsentWithdrawn,
        Unseen::TrackingDisabled => v1::EngagementReason::TrackingDisabled,
        Unseen::ProfileErased => v1::EngagementReason::ProfileErased,
    }
}
