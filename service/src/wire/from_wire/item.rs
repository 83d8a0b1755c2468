//! The items of a batch, each judged for itself: everything wrong with one is told at once.

use assent_domain::command::{Command, Said};
use assent_domain::id::ProfileId;
use assent_proto::v1::{self, upsert_consents_item::Event};
use assent_proto::validate::{Path, Validate, Violation};

use super::{Misfit, answer, facts, notice, profile, request};
use crate::failure::{self, Failure, Outcome};

/// The field that holds the items.
const ITEMS: &str = "items";

/// An item of a batch that is as the contract asks.
#[derive(Clone, Debug)]
pub struct Item {
    /// The person.
    pub profile: ProfileId,
    /// What is to be recorded of them.
    pub command: Command,
}

/// An item of UpsertConsents.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn consents(item: &v1::UpsertConsentsItem, index: usize) -> Outcome<Item> {
    let path = Path::item(ITEMS, index);
    let mut wrong = item.violations_as_item(ITEMS, index);
    if let Some(Event::Answer(given)) = &item.event {
        wrong.extend(answer::misplaced_basis(given, &path.field("answer")));
    }
    none_wrong(wrong)?;
    let said = match &item.event {
        None => Ok(None),
        Some(Event::Answer(given)) => answer::given(given).map(Said::Answer).map(Some),
        Some(Event::Notice(given)) => notice::given(given).map(Said::Notice).map(Some),
        Some(Event::Request(made)) => request::made(made).map(Said::Request).map(Some),
    };
    whole(item.profile.as_ref(), item.facts.as_ref(), said).map_err(|misfit| misfit.at(path.as_str()))
}

/// An item of UpsertProfiles.
///
/// # Errors
/// [`Failure::Invalid`] with every wrong field.
pub fn profiles(item: &v1::UpsertProfilesItem, index: usize) -> Outcome<Item> {
    none_wrong(item.violations_as_item(ITEMS, index))?;
    whole(item.profile.as_ref(), item.facts.as_ref(), Ok(None))
        .map_err(|misfit| misfit.at(Path::item(ITEMS, index).as_str()))
}

fn none_wrong(wrong: Vec<Violation>) -> Outcome<()> {
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::Invalid(as_fields(wrong)))
}

/// What is wrong with an item, field by field: a list inside it that is too long is a wrong field of it, not a
/// batch that is too large.
pub(super) fn as_fields(wrong: Vec<Violation>) -> Vec<failure::Violation> {
    wrong.into_iter().map(|wrong| failure::Violation::new(wrong.field.clone(), wrong.description())).collect()
}

fn whole(
    key: Option<&v1::ProfileKey>,
    facts: Option<&v1::ProfileFacts>,
    said: Result<Option<Said>, Misfit>,
) -> Result<Item, Misfit> {
    let facts = facts.map(facts::sent).transpose()?;
    Ok(Item { profile: profile::profile(key)?, command: Command { facts, said: said? } })
}
