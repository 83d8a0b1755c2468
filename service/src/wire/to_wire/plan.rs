//! What a message may carry to one recipient.

use assent_domain::plan::{AbovePlan, Plan};
use assent_domain::reason::Reason;
use assent_proto::v1;

use super::{interaction, verdict};

/// A plan, and what became of its send (unspecified: none is recorded).
#[must_use]
pub fn plan(plan: &Plan, send: v1::Disposition) -> v1::TrackingPlan {
    let Plan { pixel, links } = plan;
    v1::TrackingPlan {
        pixel: Some(v1::PlannedPixel {
            mode: interaction::pixel(Some(pixel.mode)).into(),
            reason: verdict::reason(pixel.reason).into(),
            policy: verdict::decided_by(pixel.reason, &pixel.policy),
        }),
        links: Some(v1::PlannedLinks {
            mode: interaction::links(Some(links.mode)).into(),
            reason: verdict::reason(links.reason).into(),
            policy: verdict::decided_by(links.reason, &links.policy),
        }),
        send: send.into(),
    }
}

/// What is permitted instead of what was asked for, and why no more is, by the keys of the contract.
#[must_use]
pub fn permitted(above: &AbovePlan) -> Vec<(&'static str, &'static str)> {
    let mut facts = Vec::new();
    if let Some(pixel) = &above.pixel {
        facts.extend([("pixel", pixel.mode.name()), ("pixel_reason", why(pixel.reason))]);
    }
    if let Some(links) = &above.links {
        facts.extend([("links", links.mode.name()), ("links_reason", why(links.reason))]);
    }
    facts
}

/// The fields that ask for too much, each with what is wrong with it.
#[must_use]
pub fn fields(above: &AbovePlan) -> Vec<(&'static str, String)> {
    let text = |mode: &str| format!("is above the plan; expected: {mode} or less");
    let pixel = above.pixel.as_ref().map(|pixel| ("pixel", text(pixel.mode.name())));
    let links = above.links.as_ref().map(|links| ("links", text(links.mode.name())));
    pixel.into_iter().chain(links).collect()
}

/// A reason's name in the contract, without the prefix that every value of the enum has.
fn why(reason: Reason) -> &'static str {
    let name = verdict::reason(reason).as_str_name();
    name.strip_prefix("VERDICT_REASON_").unwrap_or(name)
}
