//! The outcome codes of a request: what is kept of a batch, index by index, so that a repeated call is told the
//! same. They hold no id, no state, no value, and nothing that names a policy.
//!
//! An item is one byte of its kind, then: nothing for one that could not be read (its content says why again) or was
//! not judged; for a refused one how many faults it had and a byte for each; for an accepted one a byte for its facts, how
//! many series it covered and a byte for each of those. Numbers are never given a new meaning.

use assent_domain::change::Outcome;
use assent_domain::evidence::{Basis, Ways};
use assent_domain::refusal::{Fault, Problem, Refusal};

/// What became of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Code {
    /// It could not be read.
    Unread,
    /// The rules that would judge it could not be read.
    Unjudged,
    /// A rule refused it.
    Refused(Vec<u8>),
    /// It was accepted.
    Accepted {
        /// What became of its facts, if it had some.
        facts: Option<Outcome>,
        /// What became of each series it covers, in the order of the series.
        series: Vec<Outcome>,
    },
}

const UNREAD: u8 = 0;
const REFUSED: u8 = 1;
const ACCEPTED: u8 = 2;
const UNJUDGED: u8 = 3;

/// Stands for an erased profile among faults.
const ERASED: u8 = 0;

impl Code {
    /// The code of a refusal.
    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self::Refused(match refusal {
            Refusal::ProfileErased => vec![ERASED],
            Refusal::Demands(problems) => {
                let mut faults: Vec<u8> = problems.iter().map(|problem| fault_number(problem.what)).collect();
                faults.sort_unstable();
                faults.dedup();
                faults
            }
        })
    }

    /// The refusal that a code stands for, as far as the code still says: which faults, in which field where only
    /// one can have them, and under no policy.
    pub(super) fn refusal(faults: &[u8]) -> Refusal {
        if faults.contains(&ERASED) {
            return Refusal::ProfileErased;
        }
        Refusal::Demands(faults.iter().filter_map(|number| problem(*number)).collect())
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Unread => bytes.push(UNREAD),
            Self::Unjudged => bytes.push(UNJUDGED),
            Self::Refused(faults) => {
                bytes.extend([REFUSED, length(faults)]);
                bytes.extend(faults);
            }
            Self::Accepted { facts, series } => {
                bytes.extend([ACCEPTED, facts.map_or(0, outcome_number), length(series)]);
                bytes.extend(series.iter().copied().map(outcome_number));
            }
        }
    }

    pub(super) fn read(bytes: &mut impl Iterator<Item = u8>) -> Option<Self> {
        Some(match bytes.next()? {
            UNREAD => Self::Unread,
            UNJUDGED => Self::Unjudged,
            REFUSED => {
                let faults = bytes.next()?;
                Self::Refused((0..faults).map(|_| bytes.next()).collect::<Option<_>>()?)
            }
            ACCEPTED => {
                let facts = match bytes.next()? {
                    0 => None,
                    number => Some(outcome(number)?),
                };
                let covered = bytes.next()?;
                let series = (0..covered).map(|_| outcome(bytes.next()?)).collect::<Option<_>>()?;
                Self::Accepted { facts, series }
            }
            _ => return None,
        })
    }
}

/// The bytes that are kept.
pub(super) fn write<'a>(codes: impl IntoIterator<Item = &'a Code>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for code in codes {
        code.write(&mut bytes);
    }
    bytes
}

/// The codes of `items` items; `None` when no release up to this one wrote those bytes for them.
pub(super) fn read(bytes: &[u8], items: usize) -> Option<Vec<Code>> {
    let mut bytes = bytes.iter().copied();
    let codes = (0..items).map(|_| Code::read(&mut bytes)).collect::<Option<_>>()?;
    bytes.next().is_none().then_some(codes)
}

/// There are far fewer faults and series than a byte can count.
fn length<T>(list: &[T]) -> u8 {
    u8::try_from(list.len()).unwrap_or(u8::MAX)
}

const fn outcome_number(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Created => 1,
        Outcome::Changed => 2,
        Outcome::Renewed => 3,
        Outcome::Unchanged => 4,
        Outcome::Superseded => 5,
    }
}

fn outcome(number: u8) -> Option<Outcome> {
    Outcome::ALL.into_iter().find(|outcome| outcome_number(*outcome) == number)
}

const fn fault_number(fault: Fault) -> u8 {
    match fault {
        Fault::Missing => 1,
        Fault::NoController => 2,
        Fault::ForbiddenMethod => 3,
        Fault::BasisNotAccepted(..) => 4,
        Fault::JointNotPermitted => 5,
        Fault::InFuture => 6,
        Fault::UnknownText => 7,
        Fault::NotBefore(_) | Fault::NotTrue => 8,
    }
}

/// A problem with that fault. Of which basis it was and what the policies take instead, before which day, and what was
/// missing, is said no more.
fn problem(number: u8) -> Option<Problem> {
    let (field, what) = match number {
        1 => ("evidence", Fault::Missing),
        2 => ("controller", Fault::NoController),
        3 => ("evidence.method", Fault::ForbiddenMethod),
        4 => ("basis", Fault::BasisNotAccepted(Basis::Assumed, Ways::ASK)),
        5 => ("coverage", Fault::JointNotPermitted),
        6 => ("decided_at", Fault::InFuture),
        7 => ("evidence.notice", Fault::UnknownText),
        8 => ("conditions_unchanged", Fault::NotTrue),
        _ => return None,
    };
    Some(Problem { field, what, policy: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_were_written() {
        let codes = [
            Code::Unread,
            Code::Unjudged,
            Code::Refused(vec![1, 3]),
            Code::refused(&Refusal::ProfileErased),
            Code::Accepted { facts: None, series: Outcome::ALL.to_vec() },
            Code::Accepted { facts: Some(Outcome::Unchanged), series: Vec::new() },
        ];
        let bytes = write(&codes);
        assert_eq!(read(&bytes, codes.len()), Some(codes.to_vec()));
        assert_eq!(read(&bytes, codes.len() - 1), None);
        assert_eq!(read(&bytes, codes.len() + 1), None);
        assert_eq!(read(&[9], 1), None);
    }

    #[test]
    fn a_refusal_keeps_its_faults() {
        for number in 1..=8 {
            let Refusal::Demands(problems) = Code::refusal(&[number]) else { panic!("{number}") };
            let again = Code::refused(&Refusal::Demands(problems));
            assert_eq!(again, Code::Refused(vec![number]));
        }
        assert_eq!(Code::refusal(&[ERASED]), Refusal::ProfileErased);
    }
}
