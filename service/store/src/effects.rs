//! What a record changed, in a few bytes beside it: four bytes for each line of its change.
//!
//! Series, effect, old state and new state, each by a number that never changes. No line: the record
//! changed nothing that is exported.

use assent_domain::answer::State;
use assent_domain::change::{Change, Effect, Line};
use assent_domain::scope::Series;

use crate::error::StoreError;

const WRONG: StoreError = StoreError::Inconsistent { table: "record", column: "effects" };

pub(crate) fn encode(change: Option<&Change>) -> Vec<u8> {
    let lines = change.map(|change| change.lines.as_slice()).unwrap_or_default();
    lines
        .iter()
        .flat_map(|line| {
            [series_code(line.series), effect_code(line.effect), state_code(line.old), state_code(line.new)]
        })
        .collect()
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Vec<Line>, StoreError> {
    if !bytes.len().is_multiple_of(4) {
        return Err(WRONG);
    }
    bytes
        .chunks_exact(4)
        .map(|line| {
            Ok(Line {
                series: find(&Series::ALL, series_code, line[0])?,
                effect: find(&Effect::ALL, effect_code, line[1])?,
                old: find(&State::ALL, state_code, line[2])?,
                new: find(&State::ALL, state_code, line[3])?,
            })
        })
        .collect()
}

fn find<T: Copy>(all: &[T], code: fn(T) -> u8, wanted: u8) -> Result<T, StoreError> {
    all.iter().copied().find(|one| code(*one) == wanted).ok_or(WRONG)
}

/// 0 for marketing, 1 and more for the scopes, whose numbers never change.
const fn series_code(series: Series) -> u8 {
    match series {
        Series::Marketing => 0,
        Series::Tracking(scope) => 1 + scope as u8,
    }
}

const fn effect_code(effect: Effect) -> u8 {
    match effect {
        Effect::Granted => 0,
        Effect::Renewed => 1,
        Effect::Refused => 2,
        Effect::Withdrawn => 3,
        Effect::Informed => 4,
        Effect::Objected => 5,
        Effect::Expired => 6,
        Effect::Erased => 7,
    }
}

const fn state_code(state: State) -> u8 {
    match state {
        State::Unknown => 0,
        State::Informed => 1,
        State::Granted => 2,
        State::Refused => 3,
        State::Withdrawn => 4,
        State::Objected => 5,
        State::Expired => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_domain::id::RecordId;

    #[test]
    fn every_line_survives_being_stored() {
        let mut lines = Vec::new();
        for series in Series::ALL {
            for effect in Effect::ALL {
                for old in State::ALL {
                    lines.extend(State::ALL.map(|new| Line { series, effect, old, new }));
                }
            }
        }
        let change = Change { record: RecordId([0; 16]), profile_version: 1, lines };
        assert_eq!(decode(&encode(Some(&change))), Ok(change.lines));
        assert_eq!(decode(&encode(None)), Ok(Vec::new()));
    }

    #[test]
    fn what_no_release_wrote_is_said_by_table_and_column() {
        for bytes in [&[0, 0, 0][..], &[7, 0, 0, 0], &[0, 8, 0, 0], &[0, 0, 7, 0], &[0, 0, 0, 7]] {
            assert_eq!(decode(bytes), Err(WRONG));
        }
    }
}
