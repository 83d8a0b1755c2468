//! Questions about engagement, and what the inactive are asked for.

use assent_domain::id::{LinkId, ProfileId};
use assent_domain::inactivity::InactivityUse;
use assent_domain::interaction::InteractionKind;
use assent_domain::sight::{Target, Window};
use assent_proto::v1;
use assent_proto::validate::{Path, Validate};

use super::sight::Deed;
use super::{Misfit, item, profile, time};
use crate::failure::{Failure, Outcome};

/// The field that holds the questions of a call.
const ITEMS: &str = "questions";

/// A question that is as the contract asks.
#[derive(Clone, Debug)]
pub struct Question {
    /// What the caller calls it.
    pub name: String,
    /// The person.
    pub profile: ProfileId,
    /// What it is about.
    pub target: Target,
    /// The kinds asked about.
    pub kinds: Vec<InteractionKind>,
    /// The link that a click must be on.
    pub link: Option<LinkId>,
    /// Within which window; absent: ever.
    pub window: Option<Window>,
}

/// The question at `index` of a call.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn question(told: &v1::EngagementQuestion, index: usize) -> Outcome<Question> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item::as_fields(told.violations_as_item(ITEMS, index));
    let deed = Deed {
        target: told.target.as_ref().map(Into::into),
        kinds: &told.kinds,
        link: told.link_id.as_deref(),
    };
    deed.object(&path, &mut wrong);
    if !wrong.is_empty() {
        return Err(Failure::Invalid(wrong));
    }
    read(told, deed).map_err(|misfit| misfit.at(path.as_str()))
}

fn read(told: &v1::EngagementQuestion, deed: Deed<'_>) -> Result<Question, Misfit> {
    let instant = |told: Option<&_>, field| {
        told.map(|told| time::instant(told).ok_or_else(|| Misfit::of(field))).transpose()
    };
    let start = instant(told.occurred_from.as_ref(), "occurred_from")?;
    let deadline = instant(told.occurred_before.as_ref(), "occurred_before")?;
    let window = Window {
        start: start.unwrap_or(Window::EVER.start),
        deadline: deadline.unwrap_or(Window::EVER.deadline),
    };
    Ok(Question {
        name: told.r#ref.clone(),
        profile: profile::profile(told.profile.as_ref())?,
        target: deed.target()?,
        kinds: deed.kinds()?,
        link: deed.link()?,
        window: (window != Window::EVER).then_some(window),
    })
}

/// What the inactive are asked for.
///
/// # Errors
/// When it is not said.
pub fn inactivity_use(number: i32) -> Result<InactivityUse, Misfit> {
    let wrong = Misfit::of("use");
    Ok(match v1::InactivityUse::try_from(number).map_err(|_| wrong)? {
        v1::InactivityUse::Exclude => InactivityUse::Exclude,
        v1::InactivityUse::ReduceFrequency => InactivityUse::ReduceFrequency,
        v1::InactivityUse::Target => InactivityUse::Target,
        v1::InactivityUse::Unspecified => return Err(wrong),
    })
}
