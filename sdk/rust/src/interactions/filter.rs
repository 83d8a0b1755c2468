//! Which recorded interactions to read.

use assent_proto::v1;

use crate::verdict::InteractionKind;
use crate::word::Word;

/// Which recorded interactions to read: those that pass all of it. A cursor holds for one filter only.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct InteractionFilter {
    profile_tables: Vec<String>,
    campaigns: Vec<String>,
    kinds: Vec<InteractionKind>,
}

impl InteractionFilter {
    /// Everything.
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

    /// Only what belongs to these campaigns, at most 100: an interaction belongs to the one it names, else to the one its
    /// message declares.
    #[must_use]
    pub fn campaigns<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.campaigns = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Only these kinds.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = InteractionKind>) -> Self {
        self.kinds = kinds.into_iter().collect();
        self
    }

    pub(crate) fn into_wire(self) -> Option<v1::InteractionFilter> {
        if self == Self::default() {
            return None;
        }
        Some(v1::InteractionFilter {
            profile_tables: self.profile_tables,
            campaign_ids: self.campaigns,
            kinds: self.kinds.into_iter().map(Word::to_wire).collect(),
        })
    }
}
