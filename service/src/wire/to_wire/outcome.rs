//! What became of what was sent.

use assent_domain::change::Outcome;
use assent_domain::history::Standing;
use assent_domain::scope::Series;
use assent_proto::v1;

use super::standing;

/// One outcome.
#[must_use]
pub const fn outcome(outcome: Outcome) -> v1::Outcome {
    match outcome {
        Outcome::Created => v1::Outcome::Created,
        Outcome::Changed => v1::Outcome::Changed,
        Outcome::Renewed => v1::Outcome::Renewed,
        Outcome::Unchanged => v1::Outcome::Unchanged,
        Outcome::Superseded => v1::Outcome::Superseded,
    }
}

/// The outcome of a line of an import of which that is the strongest.
#[must_use]
pub const fn of_line(outcome: Outcome) -> v1::LineOutcome {
    match outcome {
        Outcome::Created => v1::LineOutcome::Created,
        Outcome::Changed => v1::LineOutcome::Changed,
        Outcome::Renewed => v1::LineOutcome::Renewed,
        Outcome::Unchanged => v1::LineOutcome::Unchanged,
        Outcome::Superseded => v1::LineOutcome::Superseded,
    }
}

/// What became of one series, and what it reads.
#[must_use]
pub fn of_series(told: Outcome, series: Series, reads: &Standing) -> v1::SeriesOutcome {
    v1::SeriesOutcome { outcome: outcome(told).into(), standing: Some(standing::standing(series, reads)) }
}
