//! A chunk of an import: its lines as they were read, the slices in which they are written, and why some of them failed.
//!
//! A slice is decided as a batch of UpsertConsents is; deliberately not here: when it is written, and what is kept of it.

use std::collections::BTreeMap;

use assent_domain::evidence::Source;
use assent_domain::id::{Origin, TableId};
use assent_domain::refusal::Refusal;
use assent_domain::time::Instant;
use assent_proto::v1;
use assent_store::{Decided, Loaded, Mode};

use super::report::{Fault, LineOutcome, Report};
use crate::caller::CallId;
use crate::consent::batch::{Batch, arm, unjudged};
use crate::consent::codes::Code;
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::wire::from_wire::import::{LINES, Line, Part, line};
use crate::wire::refusal::Place;
use crate::wire::status::of_item;

/// What holds for every line of an import.
pub(super) struct Ground {
    pub(super) table: TableId,
    pub(super) source: Source,
    pub(super) origin: Option<Origin>,
}

/// A chunk that was read.
pub(super) struct Chunk {
    pub(super) number: u64,
    pub(super) hash: [u8; 32],
    lines: Vec<Line>,
}

/// Why things in a chunk were refused, where that is known in full; by line and event.
pub(super) type Refusals = BTreeMap<(usize, Option<usize>), Refusal>;

/// What became of a slice.
pub(super) struct Judged {
    pub(super) report: Report,
    /// What became of each of its lines, in order.
    pub(super) lines: Vec<LineOutcome>,
    pub(super) refusals: Refusals,
}

/// Some lines of a chunk, as they are written together.
pub(super) struct Slice<'a> {
    chunk: &'a Chunk,
    from: usize,
    to: usize,
    pub(super) batch: Batch,
}

impl Chunk {
    pub(super) fn read(ground: &Ground, hash: [u8; 32], chunk: &v1::ImportChunk) -> Self {
        let lines = chunk.lines.iter().enumerate();
        Self {
            number: chunk.number,
            hash,
            lines: lines.map(|(index, given)| line(given, index, &ground.source)).collect(),
        }
    }

    pub(super) const fn size(&self) -> usize {
        self.lines.len()
    }

    /// The lines from one place up to, not including, another one.
    pub(super) fn slice(&self, ground: &Ground, mode: Mode, from: usize, to: usize) -> Slice<'_> {
        let lines = self.lines.get(from..to).unwrap_or_default();
        let items = lines.iter().flat_map(readable).map(|part| Ok(part.item.clone())).collect();
        let batch = Batch::of(ground.table.clone(), ground.origin.clone(), mode, items);
        Slice { chunk: self, from, to, batch }
    }

    /// What was refused before for those codes and is not in `known`: as one batch that stores nothing.
    pub(super) fn refused_before(&self, ground: &Ground, faults: &[Fault], known: &Refusals) -> Refused {
        let mut refused = Refused { places: Vec::new(), codes: Vec::new(), batch: None };
        let mut items = Vec::new();
        for fault in faults {
            let place = (fault.line, fault.event);
            if let (Code::Refused(_), Some(part)) = (&fault.code, self.part(fault))
                && !known.contains_key(&place)
            {
                items.push(Ok(part.item.clone()));
                refused.places.push(place);
                refused.codes.push(fault.code.clone());
            }
        }
        if !items.is_empty() {
            let (table, origin) = (ground.table.clone(), ground.origin.clone());
            refused.batch = Some(Batch::of(table, origin, Mode::ValidateOnly, items));
        }
        refused
    }

    /// Why a line failed.
    pub(super) fn failure(
        &self,
        fault: &Fault,
        refusals: &mut Refusals,
        call: &CallId,
    ) -> Outcome<v1::LineFailure> {
        let line = self.lines.get(fault.line).ok_or_else(misplaced)?;
        let error = match (&fault.code, &line.parts) {
            (Code::Unread, Err(failure)) => of_item(failure, call)?,
            (Code::Refused(faults), _) => {
                let part = self.part(fault).ok_or_else(misplaced)?;
                let item = format!("{LINES}[{}]", fault.line);
                let place = Place { item, event: fault.event, arm: arm(&part.item.command) };
                let refusal = refusals.remove(&(fault.line, fault.event));
                let refusal = refusal.unwrap_or_else(|| Code::refusal(faults));
                of_item(&Failure::Refused { refusal, place }, call)?
            }
            (Code::Unjudged, _) => of_item(&unjudged(), call)?,
            (Code::Unread | Code::Accepted { .. }, _) => return Err(misplaced()),
        };
        Ok(v1::LineFailure { line: line.number, error: Some(error) })
    }

    /// What would become of its lines, told by their numbers.
    pub(super) fn numbered(&self, outcomes: &[LineOutcome]) -> Vec<(u64, LineOutcome)> {
        self.lines.iter().map(|line| line.number).zip(outcomes.iter().copied()).collect()
    }

    fn part(&self, fault: &Fault) -> Option<&Part> {
        let line = self.lines.get(fault.line)?;
        readable(line).iter().find(|part| part.event == fault.event)
    }
}

/// Things that were refused before.
pub(super) struct Refused {
    places: Vec<(usize, Option<usize>)>,
    codes: Vec<Code>,
    /// Absent: there are none.
    pub(super) batch: Option<Batch>,
}

impl Refused {
    /// Why they are refused today; what would be accepted or refused for another fault is told by its code.
    pub(super) fn decide(
        &self,
        batch: &Batch,
        context: &Context,
        now: Instant,
        loaded: &Loaded,
    ) -> Outcome<Decided<Refusals>> {
        batch.decide_by(context, now, loaded, |fold| {
            let refusals = batch.items().zip(&self.codes).zip(&self.places).map(|((item, code), place)| {
                let Code::Refused(faults) = code else { return Err(misplaced()) };
                Ok((*place, fold.refused_again(item, code, faults)?))
            });
            Ok((refusals.collect::<Outcome<_>>()?, Vec::new()))
        })
    }
}

impl Slice<'_> {
    /// How many lines of its chunk are written after it; absent: all of them.
    pub(super) fn to_line(&self) -> Option<u64> {
        (self.to < self.chunk.size()).then(|| u64::try_from(self.to).unwrap_or(u64::MAX))
    }

    /// What becomes of each line, and the records that it leaves.
    pub(super) fn decide(
        &self,
        context: &Context,
        now: Instant,
        loaded: &Loaded,
    ) -> Outcome<Decided<Judged>> {
        self.batch.decide_by(context, now, loaded, |fold| {
            let mut parts = fold.judge()?.into_iter();
            let mut judged =
                Judged { report: Report::default(), lines: Vec::new(), refusals: Refusals::new() };
            for index in self.from..self.to {
                let line = self.chunk.lines.get(index).ok_or_else(misplaced)?;
                judged.take(index, line, &mut parts)?;
            }
            Ok((judged, Vec::new()))
        })
    }
}

impl Judged {
    fn take(
        &mut self,
        index: usize,
        line: &Line,
        parts: &mut impl Iterator<Item = (Code, Option<Refusal>)>,
    ) -> Outcome<()> {
        let fault = |event, code| Fault { line: index, event, code };
        let mut codes = Vec::new();
        match &line.parts {
            Err(_) => {
                codes.push(Code::Unread);
                self.report.faults.push(fault(None, Code::Unread));
            }
            Ok(said) => {
                for part in said {
                    let (code, refusal) = parts.next().ok_or_else(misplaced)?;
                    if let Some(refusal) = refusal {
                        self.refusals.insert((index, part.event), refusal);
                    }
                    if !matches!(code, Code::Accepted { .. }) {
                        self.report.faults.push(fault(part.event, code.clone()));
                    }
                    codes.push(code);
                }
            }
        }
        let outcome = LineOutcome::of(codes.iter());
        self.report.counts.add(outcome);
        self.lines.push(outcome);
        Ok(())
    }
}

fn readable(line: &Line) -> &[Part] {
    line.parts.as_deref().unwrap_or_default()
}

fn misplaced() -> Failure {
    Failure::internal("what was kept of a chunk does not fit its lines")
}
