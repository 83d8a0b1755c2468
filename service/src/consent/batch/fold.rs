//! The profiles of a batch on their way through its items.

use std::collections::BTreeSet;

use assent_domain::change::Applied;
use assent_domain::command::Terms;
use assent_domain::history::Standing;
use assent_domain::id::{ProfileId, RecordId};
use assent_domain::profile::Profile;
use assent_domain::refusal::Refusal;
use assent_domain::time::Instant;
use assent_store::{Loaded, Mode, ProfileChange};

use super::{Accepted, Batch, Judges, Told};
use crate::consent::changing::Changing;
use crate::consent::codes::{self, Code};
use crate::context::Context;
use crate::failure::{Failure, Outcome};
use crate::wire::from_wire::item::Item;

/// A batch that is being decided.
pub(in crate::consent) struct Fold<'a, 't> {
    batch: &'a Batch,
    terms: &'a Terms<'t>,
    now: Instant,
    judges: Judges,
    changing: Changing<'a>,
    made: BTreeSet<RecordId>,
}

/// What became of an item, and the refusal where that is known in full.
pub(in crate::consent) type Judged = (Code, Option<Refusal>);

impl<'a, 't> Fold<'a, 't> {
    pub(super) fn new(
        batch: &'a Batch,
        context: &'a Context,
        terms: &'a Terms<'t>,
        now: Instant,
        loaded: &'a Loaded,
        judges: Judges,
    ) -> Self {
        let changing = Changing::new(context, now, batch.origin.as_ref(), &loaded.profiles);
        Self { batch, terms, now, judges, changing, made: BTreeSet::new() }
    }

    /// Applies every item, in order.
    pub(in crate::consent) fn judge(&mut self) -> Outcome<Vec<Judged>> {
        let batch = self.batch;
        let judged = batch.items.iter().map(|item| {
            let Ok(item) = item else { return Ok((Code::Unread, None)) };
            if !self.judges.takes(&item.command) {
                return Ok((Code::Unjudged, None));
            }
            Ok(match self.take(item)? {
                Ok(applied) => (accepted(&applied), None),
                Err(refusal) => (Code::refused(&refusal), Some(refusal)),
            })
        });
        judged.collect()
    }

    /// What became of every item when the same request was answered before.
    pub(super) fn remember(&self, kept: &[u8]) -> Outcome<Vec<Judged>> {
        let batch = self.batch;
        let unreadable = || Failure::internal("the outcomes kept of a request cannot be read");
        let codes = codes::read(kept, batch.items.len()).ok_or_else(unreadable)?;
        let judged = batch.items.iter().zip(codes).map(|(item, code)| {
            let refused = match (item, &code) {
                (Ok(item), Code::Refused(faults)) => Some(self.refused_again(item, &code, faults)?),
                _ => None,
            };
            Ok((code, refused))
        });
        judged.collect()
    }

    /// Why an item was refused before: in full if it would be refused for the same today, else what was kept.
    pub(in crate::consent) fn refused_again(
        &self,
        item: &Item,
        code: &Code,
        faults: &[u8],
    ) -> Outcome<Refusal> {
        let profile = self.profile(&item.profile)?.clone();
        let (_, today) = self.changing.weigh(profile, &item.command, self.terms);
        Ok(match today {
            Err(refusal) if Code::refused(&refusal) == *code => refusal,
            _ => Code::refusal(faults),
        })
    }

    fn take(&mut self, item: &Item) -> Outcome<Result<Applied, Refusal>> {
        let key = self.batch.key(&item.profile);
        let applied = self.changing.apply(&key, &item.command, self.terms).ok_or_else(not_loaded)?;
        if let Ok(applied) = &applied {
            self.made.extend(applied.saved.iter().map(|saved| saved.record.id));
        }
        Ok(applied)
    }

    fn profile(&self, id: &ProfileId) -> Outcome<&Profile> {
        self.changing.profile(&self.batch.key(id)).ok_or_else(not_loaded)
    }

    /// What an item is told, by what its profile reads now.
    pub(super) fn tell(&self, item: &Outcome<Item>, judged: Judged) -> Outcome<Told> {
        let Ok(item) = item else { return Ok(Told::Unread) };
        Ok(match judged {
            (Code::Accepted { facts, series }, _) => {
                let profile = self.profile(&item.profile)?;
                let reading = profile.read_again(&item.command, self.terms, self.now);
                let told = series.into_iter().zip(reading.standings);
                let series = told.map(|(became, (series, reads))| (became, series, self.shown(reads)));
                Told::Accepted(Accepted { facts, series: series.collect(), known: reading.facts })
            }
            (_, Some(refusal)) => Told::Refused(refusal),
            (Code::Unjudged, None) => Told::Unjudged,
            (Code::Unread | Code::Refused(_), None) => {
                return Err(Failure::internal("a request was kept as one that could not be read"));
            }
        })
    }

    /// A dry run makes no record, so it names none of those it would make.
    fn shown(&self, reads: Standing) -> Standing {
        let would_be =
            self.batch.mode == Mode::ValidateOnly && reads.record.is_some_and(|id| self.made.contains(&id));
        Standing { record: reads.record.filter(|_| !would_be), ..reads }
    }

    /// The profiles that got records.
    pub(super) fn into_changes(self) -> Vec<ProfileChange> {
        self.changing.into_changes()
    }
}

fn not_loaded() -> Failure {
    Failure::internal("a profile was not loaded")
}

fn accepted(applied: &Applied) -> Code {
    Code::Accepted {
        facts: applied.facts.map(|facts| facts.outcome),
        series: applied.outcomes.iter().map(|told| told.outcome).collect(),
    }
}
