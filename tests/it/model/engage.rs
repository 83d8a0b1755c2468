//! Whether somebody did something, as a sender asks who wants to know the non-openers.

use assent_proto::v1::{EngagementAnswer, EngagementReason};

use super::judge::Model;
use super::policy::LEGACY;
use super::story::{Block, End, Micros, Start};
use super::wait::Hidden;

/// An answer, its reason, and when the earliest match occurred.
pub(super) type Engaged = (EngagementAnswer, EngagementReason, Option<Micros>);

/// The window of the question that a wait block's target, kinds and link make; either end may be open.
pub(super) const fn window(block: &Block) -> (Option<Micros>, Option<Micros>) {
    let from = match block.start {
        Start::At(at) => Some(at),
        Start::FromSend { .. } => None,
    };
    let before = match block.end {
        End::At(at) => Some(at),
        End::After(_) => None,
    };
    (from, before)
}

impl Model {
    pub(super) fn engaged(&self, block: &Block, now: Micros) -> Engaged {
        let (from, before) = window(block);
        // Nothing was said or done before 1970.
        let window = (from.unwrap_or(0), before.unwrap_or(Micros::MAX));
        if self.records.lives[block.who].is_over(now) {
            return (EngagementAnswer::NotKnown, EngagementReason::ProfileErased, None);
        }
        let kinds = self.kinds(block, window, now);
        if let Some(at) = self.first_match(block, &kinds, window, now, now) {
            return (EngagementAnswer::Yes, EngagementReason::Recorded, Some(at));
        }
        let hidden: Vec<Hidden> = kinds.iter().filter_map(|(_, hidden)| *hidden).collect();
        let reason = if hidden.is_empty() {
            return (EngagementAnswer::No, EngagementReason::NotRecorded, None);
        } else if hidden.len() == kinds.len() && hidden.iter().all(|one| *one == Hidden::Disabled) {
            EngagementReason::TrackingDisabled
        } else if hidden.contains(&Hidden::Withdrawn) {
            EngagementReason::ConsentWithdrawn
        } else {
            EngagementReason::NotTrackable
        };
        let answer = if self.policies_at(block) == [LEGACY] {
            EngagementAnswer::No
        } else {
            EngagementAnswer::NotKnown
        };
        (answer, reason, None)
    }
}
