//! What wait blocks and questions about engagement look for: the sends that lead to their targets, and the recorded
//! interactions of people within their windows. One statement each, however many blocks or questions are asked about.
//!
//! Whoever reads both reads the sends first, since a window may start from one, and the states of the people last,
//! so that a withdrawal that was acknowledged meanwhile binds. No transaction holds them together: rows only come
//! where consent allowed, and what is read too early is judged by states that are read later. Every row comes
//! [`Unjudged`], with the mode of its own send read beside it.
//!
//! What leads to a target is asked row by row in scalar subqueries, on purpose: of an `EXISTS` PostgreSQL makes a
//! hash of all that a campaign or website has, anew for every block.

use assent_domain::id::{LinkId, MessageId, TenantId};
use assent_domain::interaction::InteractionKind;
use assent_domain::mode::Sent;
use assent_domain::sight::Target;
use assent_domain::time::Instant;
use assent_domain::verdict::Unjudged;

use crate::Store;
use crate::declaration::Named;
use crate::error::StoreError;
use crate::interaction::{ActivityPlace, OnRecord, code, row};
use crate::profile::ProfileKey;
use crate::row::Row;
use crate::statement::{Column, Sql, Values, sql};

const FIND_SENDS: Sql = sql!("find_sends");
const FIND_AWAITED: Sql = sql!("find_awaited");

/// In [`FIND_SENDS`]: the message that a window starts from, whatever the target.
const OF_START: i64 = 0;

/// Whose sends are looked for.
#[derive(Clone, Copy, Debug)]
pub struct SendsAsked<'a> {
    /// The person.
    pub key: &'a ProfileKey,
    /// What they are to lead to. Nothing leads to a goal.
    pub target: &'a Target,
    /// The message that the window starts from, and when the profile entered the block.
    pub started_by: Option<(&'a MessageId, Instant)>,
}

/// The sends of one block or question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SendsFound {
    /// What leads to the target: of each message in each mode the earliest.
    pub toward: Vec<SendFound>,
    /// The latest send of the message that the window starts from, not after the profile entered the block.
    pub started_by: Option<Instant>,
}

/// A message that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendFound {
    /// The message.
    pub message: MessageId,
    /// The mode it went out with.
    pub sent: Sent,
    /// When it first did so in this mode.
    pub at: Instant,
}

/// What one block or question looks for.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// The person.
    pub key: &'a ProfileKey,
    /// What it is about.
    pub target: &'a Target,
    /// The kinds looked for.
    pub kinds: &'a [InteractionKind],
    /// The link that a click must be on; absent: any.
    pub link: Option<&'a LinkId>,
    /// What occurred before this instant is not looked for.
    pub start: Instant,
    /// Nor is what occurred at or after this one.
    pub until: Instant,
    /// Where the page before ended, which is not looked at again; absent: this is the first.
    pub after: Option<ActivityPlace>,
}

/// A page of what a block or question looks for, the earliest first.
#[derive(Default)]
pub struct AwaitedPage {
    /// The rows.
    pub rows: Vec<Unjudged<OnRecord>>,
    /// Where it ends; absent: there is no more.
    pub more: Option<ActivityPlace>,
}

impl Store {
    /// The sends of those blocks or questions, one answer each, in order.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn sends_toward(
        &self,
        tenant: &TenantId,
        asked: &[SendsAsked<'_>],
    ) -> Result<Vec<SendsFound>, StoreError> {
        let mut found = vec![SendsFound::default(); asked.len()];
        let mut wanted = SendColumns::default();
        for (place, asked) in asked.iter().enumerate() {
            if !matches!(asked.target, Target::Goal(_)) {
                wanted.push(place, sort(asked.target), asked.key, text(asked.target), Instant::MAX);
            }
            if let Some((message, entered_at)) = asked.started_by {
                wanted.push(place, OF_START, asked.key, message.as_str(), entered_at);
            }
        }
        if asked.is_empty() {
            return Ok(found);
        }
        for row in self.rows(&FIND_SENDS, "send", wanted.values(tenant)).await? {
            let of = at_place(&mut found, &row)?;
            if row.number("sort")? == OF_START {
                of.started_by = of.started_by.max(Some(row.instant("last_at")?));
            } else {
                let message = MessageId::new(row.text("message")?).map_err(|_| row.wrong("message"))?;
                of.toward.push(SendFound { message, sent: row::sent(&row)?, at: row.instant("first_at")? });
            }
        }
        Ok(found)
    }

    /// The first `limit` of what each block or question looks for, one page each, in order, and every declared thing that a
    /// row names.
    ///
    /// # Errors
    /// What the database says, or [`StoreError::Inconsistent`].
    pub async fn find_awaited(
        &self,
        tenant: &TenantId,
        searches: &[Search<'_>],
        limit: u32,
    ) -> Result<(Vec<AwaitedPage>, Named), StoreError> {
        let mut pages: Vec<AwaitedPage> = searches.iter().map(|_| AwaitedPage::default()).collect();
        let mut named = Named::default();
        if searches.is_empty() {
            return Ok((pages, named));
        }
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        for row in self.rows(&FIND_AWAITED, "interaction", search_values(tenant, searches, limit)).await? {
            let page = at_place(&mut pages, &row)?;
            let row = row::on_record(&row, &mut named)?;
            let interaction = &row.recorded.interaction;
            let (occurred_at, id) = (interaction.occurred_at, interaction.id);
            page.rows.push(Unjudged::new(row));
            if page.rows.len() == full {
                page.more = Some(ActivityPlace { occurred_at, id });
            }
        }
        Ok((pages, named))
    }
}

fn search_values(tenant: &TenantId, searches: &[Search<'_>], limit: u32) -> Values {
    let mut numbers: [Vec<i64>; 6] = Default::default();
    let mut after = Vec::new();
    let mut texts: [Vec<String>; 4] = Default::default();
    for (place, search) in searches.iter().enumerate() {
        let start = search.after.map_or(search.start, |after| after.occurred_at);
        let row = [
            number(place),
            row::person(search.key),
            start.micros(),
            search.until.micros(),
            search.kinds.iter().fold(0, |mask, kind| mask | 1 << code::kind(*kind)),
            sort(search.target),
        ];
        numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
        // No id at all stands before every id.
        after.push(search.after.map_or_else(Vec::new, |after| after.id.0.to_vec()));
        let (table, profile) = (search.key.table.as_str(), search.key.id.as_str());
        let row = [text(search.target), search.link.map_or("", LinkId::as_str), table, profile];
        texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
    }
    let columns = numbers.into_iter().map(Column::Number).chain([Column::Bytes(after)]);
    let columns = columns.chain(texts.into_iter().map(Column::Text));
    Values::of([tenant.as_str().into(), i64::from(limit).into()]).columns(columns)
}

/// The columns of [`FIND_SENDS`].
#[derive(Default)]
struct SendColumns {
    numbers: [Vec<i64>; 4],
    texts: [Vec<String>; 3],
}

impl SendColumns {
    fn push(&mut self, place: usize, sort: i64, key: &ProfileKey, target: &str, until: Instant) {
        let row = [number(place), sort, row::person(key), until.micros()];
        self.numbers.iter_mut().zip(row).for_each(|(column, number)| column.push(number));
        let row = [target, key.table.as_str(), key.id.as_str()];
        self.texts.iter_mut().zip(row).for_each(|(column, text)| column.push(text.to_owned()));
    }

    fn values(self, tenant: &TenantId) -> Values {
        let numbers = self.numbers.into_iter().map(Column::Number);
        let columns = numbers.chain(self.texts.into_iter().map(Column::Text));
        Values::of([tenant.as_str().into()]).columns(columns)
    }
}

/// What a target is, in the statements.
const fn sort(target: &Target) -> i64 {
    match target {
        Target::Message(_) => 1,
        Target::Campaign(_) => 2,
        Target::Website(_) => 3,
        Target::Goal(_) => 4,
    }
}

fn text(target: &Target) -> &str {
    match target {
        Target::Message(id) => id.as_str(),
        Target::Campaign(id) => id.as_str(),
        Target::Website(id) => id.as_str(),
        Target::Goal(id) => id.as_str(),
    }
}

fn number(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

/// What a row's column `place` names.
fn at_place<'a, T>(all: &'a mut [T], row: &Row) -> Result<&'a mut T, StoreError> {
    let place = usize::try_from(row.number("place")?).ok();
    place.and_then(|place| all.get_mut(place)).ok_or_else(|| row.wrong("place"))
}
