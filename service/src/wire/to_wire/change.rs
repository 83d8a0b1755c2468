//! What a record did.

use assent_domain::change::{Effect, Line};
use assent_proto::v1;

use super::{answer, scope};

/// What was done to a series.
#[must_use]
pub const fn effect(effect: Effect) -> v1::Effect {
    match effect {
        Effect::Granted => v1::Effect::Granted,
        Effect::Renewed => v1::Effect::Renewed,
        Effect::Refused => v1::Effect::Refused,
        Effect::Withdrawn => v1::Effect::Withdrawn,
        Effect::Informed => v1::Effect::Informed,
        Effect::Objected => v1::Effect::Objected,
        Effect::Expired => v1::Effect::Expired,
        Effect::Erased => v1::Effect::Erased,
    }
}

/// What a record did to one series.
#[must_use]
pub fn of_series(line: &Line) -> v1::SeriesChange {
    v1::SeriesChange {
        series: scope::series(line.series).into(),
        effect: effect(line.effect).into(),
        old_state: answer::state(line.old).into(),
        new_state: answer::state(line.new).into(),
    }
}
