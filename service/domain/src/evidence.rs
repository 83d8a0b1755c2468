//! What proves an answer: the items of evidence, who demands which, and which are forbidden.

use crate::id::NoticeId;

mod demands;
mod ways;

pub use demands::{check_grant, check_notice, check_request};
pub use ways::{Way, Ways};

/// On what ground a grant is held to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The person said so, here.
    Explicit,
    /// Nobody said so; the controller writes TRUE for a covered audience (Actito). `legacy` only.
    Assumed,
    /// The person said so elsewhere; a proof reference says where.
    Imported,
}

impl Basis {
    /// Every basis.
    pub const ALL: [Self; 3] = [Self::Explicit, Self::Assumed, Self::Imported];

    /// Its name in the hashed form of a record and in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Explicit => "EXPLICIT",
            Self::Assumed => "ASSUMED",
            Self::Imported => "IMPORTED",
        }
    }

    /// The basis of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.name() == name)
    }
}

/// Through what an answer reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A form.
    Form,
    /// A campaign.
    Campaign,
    /// An import: what it says may be older than what is on record.
    Import,
    /// A call.
    Api,
    /// A message: a link in it.
    Message,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Form, Self::Campaign, Self::Import, Self::Api, Self::Message];

    /// Its name in the hashed form of a record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Form => "FORM",
            Self::Campaign => "CAMPAIGN",
            Self::Import => "IMPORT",
            Self::Api => "API",
            Self::Message => "MESSAGE",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Where an answer, notice or fact comes from.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source {
    /// Through what.
    pub kind: SourceKind,
    /// Which form, campaign, import, system or message.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// Who decides why and how the data are used.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Controller {
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where people reach it.
    pub contact: String,
}

/// The evidence of one answer. What is absent was not given.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// How the answer was collected (`checkbox`, `double_opt_in`, `preference_centre`, a campaign's name).
    pub method: Option<String>,
    /// Where it comes from.
    pub source: Option<Source>,
    /// The text the person read.
    pub notice: Option<NoticeId>,
    /// The language of that text, a BCP 47 tag.
    pub language: Option<String>,
    /// Who recorded it: the person, an agent, a system.
    pub actor: Option<String>,
    /// Who the consent was given to; taken from the profile table when it is stored.
    pub controller: Option<Controller>,
    /// Where the proof of an imported consent is kept.
    pub proof_reference: Option<String>,
}

hidden!(Source, Controller, Evidence);

/// One item of evidence that a policy can demand of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Item {
    /// When the person decided.
    DecisionTime = 0,
    /// How it was collected.
    Method = 1,
    /// Through which form, campaign, import or call.
    Source = 2,
    /// Which version of that.
    SourceVersion = 3,
    /// The text they read.
    NoticeText = 4,
    /// Its language.
    Language = 5,
    /// Who recorded it.
    Actor = 6,
    /// Who it was given to.
    Controller = 7,
}

impl Item {
    /// Every item, in the order errors name them.
    pub const ALL: [Self; 8] = [
        Self::DecisionTime,
        Self::Method,
        Self::Source,
        Self::SourceVersion,
        Self::NoticeText,
        Self::Language,
        Self::Actor,
        Self::Controller,
    ];

    /// Its name in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DecisionTime => "decision_time",
            Self::Method => "method",
            Self::Source => "source",
            Self::SourceVersion => "source_version",
            Self::NoticeText => "notice_text",
            Self::Language => "language",
            Self::Actor => "actor",
            Self::Controller => "controller",
        }
    }

    /// The item of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.name() == name)
    }
}

/// A set of items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Items(u8);

impl Items {
    /// No item.
    pub const NONE: Self = Self(0);

    /// This set and `item`.
    #[must_use]
    pub const fn with(self, item: Item) -> Self {
        Self(self.0 | (1 << item as u8))
    }

    /// Whether `item` is in it.
    #[must_use]
    pub const fn contains(self, item: Item) -> bool {
        self.0 & (1 << item as u8) != 0
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit for each item, by its number; every byte is a set.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn of_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Its items in order.
    pub fn iter(self) -> impl Iterator<Item = Item> {
        Item::ALL.into_iter().filter(move |item| self.contains(*item))
    }
}

impl FromIterator<Item> for Items {
    fn from_iter<I: IntoIterator<Item = Item>>(items: I) -> Self {
        items.into_iter().fold(Self::NONE, Self::with)
    }
}

/// Whether a text says something: a blank one proves nothing.
fn says(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

impl Evidence {
    /// Which items it provides; the decision time stands beside the evidence, so it is passed.
    #[must_use]
    pub fn items(&self, decision_time_given: bool) -> Items {
        let source = self.source.as_ref();
        let given = [
            (Item::DecisionTime, decision_time_given),
            (Item::Method, says(self.method.as_deref())),
            (Item::Source, source.is_some_and(|source| says(source.name.as_deref()))),
            (Item::SourceVersion, source.is_some_and(|source| says(source.version.as_deref()))),
            (Item::NoticeText, self.notice.is_some()),
            (Item::Language, says(self.language.as_deref())),
            (Item::Actor, says(self.actor.as_deref())),
            (Item::Controller, self.controller.is_some()),
        ];
        given.into_iter().filter(|(_, here)| *here).map(|(item, _)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_items_holds_what_is_in_either_and_loses_what_is_in_the_other() {
        let (time, method) = (Items::NONE.with(Item::DecisionTime), Items::NONE.with(Item::Method));
        let both = time.union(method);
        assert_eq!(both.iter().collect::<Vec<_>>(), [Item::DecisionTime, Item::Method]);
        assert_eq!((both.with(Item::Method), both.union(time)), (both, both));
        assert_eq!((both.without(time), both.without(both)), (method, Items::NONE));
    }
}
