//! What one interaction adds to the figures of its campaign.

use super::{Measure, SHOWN_BY_MESSAGES};
use crate::id::CampaignId;
use crate::interaction::{Interaction, InteractionKind, Reported, What};
use crate::message::Channel;
use crate::mode::Sent;
use crate::time::Day;
use crate::verdict::{Case, Disposition, Judged, Unjudged, Use, judge};

/// The campaign and the day whose figures something adds to.
pub type Place = (CampaignId, Day);

/// What one interaction adds, and how much of each.
pub type Adds = [Option<(Measure, i64)>; 4];

/// What one interaction adds to the figures of its campaign. Only what was judged has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    place: Place,
    /// Of a send: of which of [`SHOWN_BY_MESSAGES`] something could have been recorded.
    trackable: [bool; SHOWN_BY_MESSAGES.len()],
}

impl Share {
    /// What `judged` adds; `None`: nothing, because it may not be counted or belongs to no campaign.
    ///
    /// What is recorded belongs to the campaign that it names, declared or not, else to the one that its message
    /// declares, and to the day on which it occurred. What is counted anonymously belongs to a declared campaign
    /// alone, and to the day on which it is counted: a day that is over is never counted on again. Days are those
    /// of the policy that decided.
    #[must_use]
    pub fn of(judged: &Judged<Reported>, case: &Case<'_>) -> Option<Self> {
        let (campaign, at) = if let Some(reported) = judged.recorded() {
            let of_message = || case.context.message().and_then(|message| message.campaign.clone());
            (reported.campaign.clone().or_else(of_message)?, reported.occurred_at)
        } else {
            judged.exempted().filter(|(_, effects)| effects.count)?;
            (case.context.campaign()?.id.clone(), case.now)
        };
        let decided = &judged.verdict().policy;
        let policy = case.policies.iter().find(|policy| policy.id == decided.id);
        let zone = policy.unwrap_or_else(|| case.policies.table()).zone_or(case.table_zone);
        let trackable = match judged.recorded().map(|reported| &reported.what) {
            Some(What::Send { sent, .. }) => SHOWN_BY_MESSAGES.map(|kind| is_trackable(kind, *sent, case)),
            _ => Default::default(),
        };
        Some(Self { place: (campaign, at.day_in(zone)), trackable })
    }

    /// The day whose figures it adds to.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.place.1
    }

    /// The campaign and the day whose figures it adds to.
    #[must_use]
    pub fn into_place(self) -> Place {
        self.place
    }

    /// Where, and what, it adds as a new row, a machine's or not.
    #[must_use]
    pub fn of_row(self, reported: &Reported, automated: bool) -> (Place, Adds) {
        let kind = reported.what.kind();
        let adds = match &reported.what {
            What::Send { .. } => {
                let [open, click, sms] = [0, 1, 2].map(|place| {
                    self.trackable[place].then(|| (Measure::Trackable(SHOWN_BY_MESSAGES[place]), 1))
                });
                [Some((Measure::Sent, 1)), open, click, sms]
            }
            _ if automated => [Some((Measure::Automated(kind), 1)), None, None, None],
            What::TransactionGoal { amount: Some(amount), .. } => {
                let revenue = (Measure::Revenue(amount.currency), amount.minor_units);
                [Some((Measure::Human(kind), 1)), Some(revenue), None, None]
            }
            _ => [Some((Measure::Human(kind), 1)), None, None, None],
        };
        (self.place, adds)
    }
}

/// Whether an interaction of `kind` would be recorded if it came back now of a message that went out as `sent`. A
/// message that nobody declared is an email, as it is for a plan.
fn is_trackable(kind: InteractionKind, sent: Sent, case: &Case<'_>) -> bool {
    let channel = case.context.message().map_or(Channel::Email, |message| message.channel);
    let carries = match channel {
        Channel::Email => kind != InteractionKind::SmsClick,
        Channel::Sms => kind == InteractionKind::SmsClick,
    };
    let coming_back = Interaction { kind, occurred_at: case.now, functional: false, automated: false };
    let case = Case { asked_for: Use::Plan, sent, ..*case };
    carries && judge(Unjudged::new(coming_back), &case).verdict().disposition == Disposition::Record
}
