//! Which changes to read.

use assent_proto::v1;

use crate::scope::{Purpose, Scope};
use crate::state::Effect;
use crate::word::Word;

/// Which changes to read. A change is read if at least one of its lines passes, with those lines alone. A cursor holds for
/// one filter only.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct ChangeFilter {
    pub(crate) profile_tables: Vec<String>,
    pub(crate) purposes: Vec<Purpose>,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) exclude_origin: Option<String>,
}

impl ChangeFilter {
    /// Every change.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// Only these profile tables, at most 100; they need not exist yet.
    #[must_use]
    pub fn profile_tables<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.profile_tables = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Only lines of these purposes.
    #[must_use]
    pub fn purposes(mut self, purposes: impl IntoIterator<Item = Purpose>) -> Self {
        self.purposes = purposes.into_iter().collect();
        self
    }

    /// Of tracking only lines of these scopes; lines of marketing are not touched by it.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = Scope>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// Only lines with these effects.
    #[must_use]
    pub fn effects(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects = effects.into_iter().collect();
        self
    }

    /// Leaves out what this system sent itself, so that two systems that follow each other never loop.
    #[must_use]
    pub fn exclude_origin(mut self, system: impl Into<String>) -> Self {
        self.exclude_origin = Some(system.into());
        self
    }

    pub(crate) fn into_wire(self) -> Option<v1::ChangeFilter> {
        if self == Self::default() {
            return None;
        }
        Some(v1::ChangeFilter {
            profile_tables: self.profile_tables,
            purposes: self.purposes.into_iter().map(Word::to_wire).collect(),
            scopes: self.scopes.into_iter().map(Word::to_wire).collect(),
            effects: self.effects.into_iter().map(Word::to_wire).collect(),
            exclude_origin: self.exclude_origin,
        })
    }
}
