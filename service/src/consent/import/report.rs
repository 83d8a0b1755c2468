//! What became of a chunk's lines: how many had which outcome, and which failed for what. It is kept so that a chunk that
//! comes again is answered the same: counts and fault codes, no id, no state, no value.
//!
//! The bytes: seven counts of eight bytes, then for each fault two bytes for its line's place in the chunk, one for its
//! event (255: the facts, or the line as a whole) and its code. Numbers are never given a new meaning.

use assent_domain::change::Outcome as Became;

use crate::consent::codes::Code;

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineOutcome {
    /// The strongest of what became of its parts.
    Told(Became),
    /// It says nothing.
    Blank,
    /// It could not be read, or something of it was refused.
    Failed,
}

/// How many lines had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts([u64; 7]);

/// A part of a line that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The line's place in the chunk.
    pub(super) line: usize,
    /// Which of its events; absent: its facts, or all of it.
    pub(super) event: Option<usize>,
    /// Why; never an acceptance.
    pub(super) code: Code,
}

/// What became of lines of one chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) counts: Counts,
    pub(super) faults: Vec<Fault>,
}

/// Stands for "no event".
const NO_EVENT: u8 = u8::MAX;

impl LineOutcome {
    /// Every one, in the order of the contract.
    const ALL: [Self; 7] = [
        Self::Told(Became::Created),
        Self::Told(Became::Changed),
        Self::Told(Became::Renewed),
        Self::Told(Became::Unchanged),
        Self::Told(Became::Superseded),
        Self::Blank,
        Self::Failed,
    ];

    /// What became of a line whose parts came to `codes`; a line without any is blank.
    pub(super) fn of<'a>(codes: impl Iterator<Item = &'a Code>) -> Self {
        let mut line = Self::Blank;
        for code in codes {
            let Code::Accepted { facts, series } = code else { return Self::Failed };
            for told in facts.iter().chain(series) {
                line = line.or(*told);
            }
        }
        line
    }

    /// The stronger of the two.
    fn or(self, told: Became) -> Self {
        match self {
            Self::Told(before) if rank(before) <= rank(told) => self,
            Self::Failed => self,
            Self::Told(_) | Self::Blank => Self::Told(told),
        }
    }

    fn place(self) -> usize {
        Self::ALL.iter().position(|outcome| *outcome == self).unwrap_or(Self::ALL.len() - 1)
    }
}

/// What says most of a line: what is new before what confirms, and history before what was known.
const fn rank(told: Became) -> u8 {
    match told {
        Became::Created => 0,
        Became::Changed => 1,
        Became::Renewed => 2,
        Became::Superseded => 3,
        Became::Unchanged => 4,
    }
}

impl Counts {
    /// Counts one more line.
    pub(super) fn add(&mut self, outcome: LineOutcome) {
        if let Some(count) = self.0.get_mut(outcome.place()) {
            *count = count.saturating_add(1);
        }
    }

    /// These lines and those.
    pub(super) fn and(self, others: Self) -> Self {
        let mut all = self;
        for (count, more) in all.0.iter_mut().zip(others.0) {
            *count = count.saturating_add(more);
        }
        all
    }

    /// How many lines had that outcome.
    pub(super) fn of(&self, outcome: LineOutcome) -> u64 {
        self.0.get(outcome.place()).copied().unwrap_or(0)
    }

    /// The bytes that are kept.
    pub(super) fn write(&self) -> Vec<u8> {
        self.0.iter().flat_map(|count| count.to_be_bytes()).collect()
    }

    /// What was kept; nothing kept is no line. `None`: no release up to this one wrote those bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self::default());
        }
        let (counts, rest) = bytes.as_chunks::<8>();
        let counts: [[u8; 8]; 7] = counts.try_into().ok()?;
        rest.is_empty().then_some(Self(counts.map(u64::from_be_bytes)))
    }
}

impl Report {
    /// Of these lines and of the ones after them.
    pub(super) fn and(mut self, others: Self) -> Self {
        self.counts = self.counts.and(others.counts);
        self.faults.extend(others.faults);
        self
    }

    /// The bytes that are kept.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = self.counts.write();
        for fault in &self.faults {
            // A chunk has at most 1,000 lines, and a line at most 16 events.
            bytes.extend(u16::try_from(fault.line).unwrap_or(u16::MAX).to_be_bytes());
            bytes.push(fault.event.and_then(|event| u8::try_from(event).ok()).unwrap_or(NO_EVENT));
            fault.code.write(&mut bytes);
        }
        bytes
    }

    /// What was kept; nothing kept is no line. `None`: no release up to this one wrote those bytes.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (counts, faults) = bytes.split_at_checked(56).unwrap_or((bytes, &[]));
        let counts = Counts::read(counts)?;
        let (mut bytes, mut read) = (faults.iter().copied(), Vec::new());
        while let Some(high) = bytes.next() {
            let line = usize::from(u16::from_be_bytes([high, bytes.next()?]));
            let event = Some(bytes.next()?).filter(|event| *event != NO_EVENT).map(usize::from);
            read.push(Fault { line, event, code: Code::read(&mut bytes)? });
        }
        Some(Self { counts, faults: read })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(series: &[Became]) -> Code {
        Code::Accepted { facts: None, series: series.to_vec() }
    }

    #[test]
    fn a_line_is_told_by_the_strongest_of_what_became_of_it() {
        let of = |codes: &[Code]| LineOutcome::of(codes.iter());
        assert_eq!(of(&[]), LineOutcome::Blank);
        let marketing = told(&[Became::Unchanged]);
        let tracking = told(&[Became::Unchanged, Became::Superseded]);
        assert_eq!(of(&[marketing.clone(), tracking]), LineOutcome::Told(Became::Superseded));
        let turned = told(&[Became::Renewed, Became::Changed]);
        assert_eq!(of(&[marketing.clone(), turned.clone()]), LineOutcome::Told(Became::Changed));
        let new = Code::Accepted { facts: Some(Became::Created), series: Vec::new() };
        assert_eq!(of(&[turned.clone(), new]), LineOutcome::Told(Became::Created));
        assert_eq!(of(&[turned, Code::Refused(vec![1])]), LineOutcome::Failed);
        assert_eq!(of(&[Code::Unread]), LineOutcome::Failed);
        assert_eq!(of(&[marketing]), LineOutcome::Told(Became::Unchanged));
    }

    #[test]
    fn a_report_is_read_as_it_was_written() {
        let mut counts = Counts::default();
        for (times, outcome) in LineOutcome::ALL.into_iter().enumerate() {
            (0..=times).for_each(|_| counts.add(outcome));
        }
        let faults = vec![
            Fault { line: 0, event: None, code: Code::Unread },
            Fault { line: 7, event: Some(1), code: Code::Refused(vec![1, 3]) },
            Fault { line: 999, event: Some(15), code: Code::Unjudged },
        ];
        let report = Report { counts, faults };
        assert_eq!(Report::read(&report.write()), Some(report.clone()));
        assert_eq!(Counts::read(&counts.write()), Some(counts));
        assert_eq!(report.counts.of(LineOutcome::Failed), 7);
        assert_eq!(Report::read(&[]), Some(Report::default()));
        assert_eq!(Report::read(&report.write()[..59]), None);
        assert_eq!(Report::read(&[1]), None);
    }

    #[test]
    fn two_reports_of_one_chunk_are_the_report_of_both() {
        let one = |line, outcome| {
            let mut counts = Counts::default();
            counts.add(outcome);
            Report { counts, faults: vec![Fault { line, event: None, code: Code::Unread }] }
        };
        let both = one(0, LineOutcome::Failed).and(one(1, LineOutcome::Blank));
        assert_eq!([LineOutcome::Failed, LineOutcome::Blank].map(|outcome| both.counts.of(outcome)), [1, 1]);
        assert_eq!(both.faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [0, 1]);
    }
}
