//! Which changes a reader of the feed wants, line by line.
//!
//! What is deliberately not here: where the reader stands, and how far it has read.

use std::collections::BTreeSet;

use super::{Effect, Line};
use crate::id::{Origin, TableId};
use crate::scope::{Purpose, ScopeSet, Series};

/// Which changes a reader wants. An empty list leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeFilter {
    /// Only of these profile tables; they need not exist.
    pub tables: BTreeSet<TableId>,
    /// Only lines of these purposes.
    pub purposes: Vec<Purpose>,
    /// Of tracking only lines of these scopes; lines of marketing are not touched by it.
    pub scopes: ScopeSet,
    /// Only lines with these effects.
    pub effects: Vec<Effect>,
    /// Nothing that this system sent, so that two systems that follow each other never loop.
    pub exclude_origin: Option<Origin>,
}

impl ChangeFilter {
    /// Those lines of the change of a record of that table and origin that pass, in their order. Without any the reader does not see the change.
    pub fn lines<'a>(
        &self,
        table: &TableId,
        origin: Option<&Origin>,
        lines: &'a [Line],
    ) -> impl Iterator<Item = &'a Line> {
        let lines = if self.takes(table, origin) { lines } else { &[] };
        lines.iter().filter(|line| self.passes(line))
    }

    fn takes(&self, table: &TableId, origin: Option<&Origin>) -> bool {
        let own = origin.is_some() && self.exclude_origin.as_ref() == origin;
        !own && (self.tables.is_empty() || self.tables.contains(table))
    }

    /// Whether the reader wants to know of a series, whatever becomes of it.
    #[must_use]
    pub fn wants(&self, series: Series) -> bool {
        let scope = match series {
            Series::Marketing => true,
            Series::Tracking(scope) => self.scopes.is_empty() || self.scopes.contains(scope),
        };
        scope && (self.purposes.is_empty() || self.purposes.contains(&series.purpose()))
    }

    fn passes(&self, line: &Line) -> bool {
        self.wants(line.series) && (self.effects.is_empty() || self.effects.contains(&line.effect))
    }
}

#[cfg(test)]
mod tests;
