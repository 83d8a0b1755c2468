//! The state row: what each series reads, in a few bytes beside the profile, so that most readers
//! need no history.

use crate::answer::State;
use crate::history::History;
use crate::scope::Series;
use crate::time::{Instant, Span};

/// What one series reads by its records alone; an expiry that no record states yet is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeriesRow {
    /// The state.
    pub state: State,
    /// In force since; absent for `UNKNOWN`.
    pub since: Option<Instant>,
    /// Last confirmed; absent for `UNKNOWN` and `INFORMED`.
    pub last_confirmed: Option<Instant>,
}

impl SeriesRow {
    const UNKNOWN: Self = Self { state: State::Unknown, since: None, last_confirmed: None };

    /// The state at `at`, which lies not before `since`: a grant older than `expires_after` reads `EXPIRED`.
    #[must_use]
    pub fn state_at(&self, at: Instant, expires_after: Option<Span>) -> State {
        let end = self.last_confirmed.zip(expires_after).map(|(confirmed, span)| confirmed.plus(span));
        match (self.state, end) {
            (State::Granted, Some(end)) if end <= at => State::Expired,
            (state, _) => state,
        }
    }
}

/// What every series of a profile reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateRow([SeriesRow; Series::COUNT]);

/// Why bytes are not a state row of this release: it is computed anew from the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the state row is not one of this release")]
pub struct StateRowError;

impl StateRow {
    /// The layout that this release writes: the first byte.
    pub const LAYOUT: u8 = 1;
    /// A row's length: the layout, then for each series one byte of state and twice 8 bytes of time.
    pub const BYTES: usize = 1 + Series::COUNT * 17;
    /// The row of a profile nobody has heard of.
    pub const UNKNOWN: Self = Self([SeriesRow::UNKNOWN; Series::COUNT]);

    /// What a history reads at `at`.
    #[must_use]
    pub fn of(history: &History, at: Instant) -> Self {
        Self(Series::ALL.map(|series| {
            let standing = history.standing(series, at, None);
            SeriesRow {
                state: standing.state,
                since: standing.since,
                last_confirmed: standing.last_confirmed,
            }
        }))
    }

    /// What `series` reads.
    #[must_use]
    pub fn get(&self, series: Series) -> SeriesRow {
        self.0[series.index()]
    }

    /// The row's bytes. An absent time is the least integer, which is no instant.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(Self::LAYOUT);
        for row in &self.0 {
            bytes.push(code(row.state));
            for time in [row.since, row.last_confirmed] {
                bytes.extend_from_slice(&time.map_or(i64::MIN, Instant::micros).to_be_bytes());
            }
        }
        bytes
    }

    /// The row of those bytes.
    ///
    /// # Errors
    /// When another release wrote them (another layout, or other series).
    pub fn decode(bytes: &[u8]) -> Result<Self, StateRowError> {
        if bytes.len() != Self::BYTES || bytes[0] != Self::LAYOUT {
            return Err(StateRowError);
        }
        let mut rows = [SeriesRow::UNKNOWN; Series::COUNT];
        for (row, bytes) in rows.iter_mut().zip(bytes[1..].chunks_exact(17)) {
            let state = State::ALL.into_iter().find(|state| code(*state) == bytes[0]).ok_or(StateRowError)?;
            *row = SeriesRow { state, since: time(&bytes[1..9])?, last_confirmed: time(&bytes[9..])? };
        }
        Ok(Self(rows))
    }
}

fn time(bytes: &[u8]) -> Result<Option<Instant>, StateRowError> {
    match i64::from_be_bytes(bytes.try_into().map_err(|_| StateRowError)?) {
        i64::MIN => Ok(None),
        micros => Instant::from_micros(micros).map(Some).ok_or(StateRowError),
    }
}

/// The number of a state in a row; never changed.
const fn code(state: State) -> u8 {
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
