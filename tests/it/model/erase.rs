//! Who was erased, and what becomes of what they say afterwards.

use assent_proto::v1::{Answer, Basis, SourceKind};

use super::judge::Model;
use super::record::effective;
use super::story::{Deed, Event, Item, Micros, Said};

/// When a person was erased last, and from when on they live again: since a direct, explicit grant that took effect after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Life {
    pub(super) erased: Option<Micros>,
    pub(super) since: Option<Micros>,
}

/// What an item of a person is told.
pub(super) enum Told {
    AsAnybody,
    Refused,
    /// The ordinary answer, and nothing is stored.
    Unheld(Answer),
}

impl Life {
    pub(super) fn told(self, item: &Item, now: Micros) -> Told {
        let Some(erased) = self.erased else { return Told::AsAnybody };
        let after = |event: &Event| effective(event, now) > erased;
        match &item.event {
            Some(event @ Event::Answer(said)) if said.answer == Answer::Grant => {
                let opens = self.since.is_some() || opens(said);
                if after(event) && opens { Told::AsAnybody } else { Told::Refused }
            }
            Some(event @ Event::Notice(_)) if self.since.is_some() && after(event) => Told::AsAnybody,
            Some(Event::Notice(_)) => Told::Refused,
            _ if self.since.is_some() => Told::AsAnybody,
            Some(Event::Answer(said)) => Told::Unheld(said.answer),
            Some(Event::Request { .. }) | None => Told::Refused,
        }
    }

    /// Whether what happened then is nobody's.
    pub(super) fn is_over(self, at: Micros) -> bool {
        self.erased.is_some() && self.since.is_none_or(|since| at < since)
    }
}

/// Whether a grant is the person's own word.
fn opens(said: &Said) -> bool {
    let import = said.source.as_ref().is_some_and(|source| source.kind == SourceKind::Import);
    said.basis == Basis::Explicit && !import
}

impl Model {
    /// Everything that names a person goes.
    pub(super) fn erase(&mut self, who: usize, now: Micros) {
        self.records.erase(who, now);
        self.forget_day(who);
        self.rows.retain(|row| row.deed.who != Some(who));
    }

    pub(super) fn is_of_the_erased(&self, deed: &Deed) -> bool {
        deed.who.is_some_and(|who| self.records.lives[who].is_over(deed.at))
    }
}
