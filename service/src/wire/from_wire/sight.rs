//! What wait blocks and questions about engagement have in common: what something was done about, and what.

use assent_domain::id::{CampaignId, GoalId, LinkId, MessageId, WebsiteId};
use assent_domain::interaction::InteractionKind;
use assent_domain::sight::Target;
use assent_proto::v1::{self, engagement_question, wait_block};
use assent_proto::validate::Path;

use super::Misfit;
use crate::failure::Violation;

/// What something was done about, as a caller names it.
#[derive(Clone, Copy)]
pub(super) enum Named<'a> {
    Message(&'a str),
    Campaign(&'a str),
    Website(&'a str),
    Goal(&'a str),
}

impl<'a> From<&'a wait_block::Target> for Named<'a> {
    fn from(told: &'a wait_block::Target) -> Self {
        match told {
            wait_block::Target::MessageId(id) => Self::Message(id),
            wait_block::Target::CampaignId(id) => Self::Campaign(id),
            wait_block::Target::WebsiteId(id) => Self::Website(id),
            wait_block::Target::GoalId(id) => Self::Goal(id),
        }
    }
}

impl<'a> From<&'a engagement_question::Target> for Named<'a> {
    fn from(told: &'a engagement_question::Target) -> Self {
        match told {
            engagement_question::Target::MessageId(id) => Self::Message(id),
            engagement_question::Target::CampaignId(id) => Self::Campaign(id),
            engagement_question::Target::WebsiteId(id) => Self::Website(id),
            engagement_question::Target::GoalId(id) => Self::Goal(id),
        }
    }
}

/// What was done about what, as a caller says it.
#[derive(Clone, Copy)]
pub(super) struct Deed<'a> {
    pub(super) target: Option<Named<'a>>,
    pub(super) kinds: &'a [i32],
    pub(super) link: Option<&'a str>,
}

impl Deed<'_> {
    /// Adds what its fields, each right by itself, say wrongly together; `path` is the message that holds them.
    pub(super) fn object(&self, path: &Path, wrong: &mut Vec<Violation>) {
        // What two fields say together is only judged where each of them is right by itself.
        let is_right =
            |field: &str| !wrong.iter().any(|wrong| wrong.path.starts_with(path.field(field).as_str()));
        let link_counts = self.link.is_some() && is_right("link_id") && is_right("kinds");
        let mut object = |path: Path, text: &str| wrong.push(Violation::new(path.as_str(), text));
        for (place, kind) in self.kinds.iter().enumerate() {
            if *kind == i32::from(v1::InteractionKind::Send) {
                let text = "is not allowed here; expected: something that a person does";
                object(path.field(&format!("kinds[{place}]")), text);
            }
        }
        if link_counts {
            let clicks = [v1::InteractionKind::EmailClick, v1::InteractionKind::SmsClick].map(i32::from);
            if !matches!(self.target, None | Some(Named::Message(_))) {
                object(
                    path.field("link_id"),
                    "is not allowed here; expected: a message as the target, which the link is of",
                );
            } else if !self.kinds.iter().any(|kind| clicks.contains(kind)) {
                object(path.field("link_id"), "is not allowed here; expected: a click among the kinds");
            }
        }
    }

    pub(super) fn target(&self) -> Result<Target, Misfit> {
        Ok(match self.target.ok_or(Misfit::of("target"))? {
            Named::Message(id) => Target::Message(MessageId::new(id).map_err(|_| Misfit::of("message_id"))?),
            Named::Campaign(id) => {
                Target::Campaign(CampaignId::new(id).map_err(|_| Misfit::of("campaign_id"))?)
            }
            Named::Website(id) => Target::Website(WebsiteId::new(id).map_err(|_| Misfit::of("website_id"))?),
            Named::Goal(id) => Target::Goal(GoalId::new(id).map_err(|_| Misfit::of("goal_id"))?),
        })
    }

    pub(super) fn kinds(&self) -> Result<Vec<InteractionKind>, Misfit> {
        self.kinds.iter().map(|number| kind(*number)).collect()
    }

    pub(super) fn link(&self) -> Result<Option<LinkId>, Misfit> {
        self.link.map(LinkId::new).transpose().map_err(|_| Misfit::of("link_id"))
    }
}

fn kind(number: i32) -> Result<InteractionKind, Misfit> {
    let wrong = Misfit::of("kinds");
    Ok(match v1::InteractionKind::try_from(number).map_err(|_| wrong)? {
        v1::InteractionKind::EmailOpen => InteractionKind::EmailOpen,
        v1::InteractionKind::EmailClick => InteractionKind::EmailClick,
        v1::InteractionKind::SmsClick => InteractionKind::SmsClick,
        v1::InteractionKind::WebsiteVisit => InteractionKind::WebsiteVisit,
        v1::InteractionKind::TransactionGoal => InteractionKind::TransactionGoal,
        v1::InteractionKind::Unspecified | v1::InteractionKind::Send => return Err(wrong),
    })
}
