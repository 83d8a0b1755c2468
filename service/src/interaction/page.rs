//! A page of recorded interactions as it fills: what passes the filter and may be shown now, where it ends, and
//! the bounds on both.

use std::collections::{BTreeMap, BTreeSet};

use assent_domain::id::{TableId, TenantId};
use assent_domain::interaction::InteractionFilter;
use assent_domain::verdict::Use;
use assent_proto::v1;
use assent_store::{Batch, Fed, InteractionKey, ProfileKey, Store};
use prost::Message;

use super::case::Bench;
use super::end::{End, next};
use crate::context::Context;
use crate::declared::Declared;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::patience::Patience;
use crate::feed::room::Room;
use crate::page::LEFT_OUT_TOLD_FROM;
use crate::rules::Rules;
use crate::wire::to_wire;
use crate::wire::token::InteractionCursor;

/// The most interactions of a page.
const SIZE_MAX: u32 = 1_000;

/// How many interactions a page has when the caller does not say.
const SIZE_UNSAID: u32 = 500;

/// The most rows one call looks at. Each is judged with all that is on record of its person.
const LOOKED_AT_MAX: u64 = 10_000;

/// A page that fills.
pub(super) struct Page {
    /// For what it is read.
    asked_for: Use,
    /// What may be shown, in the order of the feed.
    pub(super) interactions: Vec<v1::RecordedInteraction>,
    /// After the last row that was looked at.
    pub(super) cursor: InteractionCursor,
    left_out: u32,
    room: Room,
}

/// A row's place: its key, and the cursor after it.
type Place = (InteractionKey, InteractionCursor);

impl Page {
    /// An empty page after `cursor` for that use, of the size that was asked for (0: not said).
    pub(super) fn after(asked_for: Use, cursor: InteractionCursor, asked: u32, message_out: usize) -> Self {
        let size = if asked == 0 { SIZE_UNSAID } else { asked.min(SIZE_MAX) };
        Self {
            asked_for,
            interactions: Vec::new(),
            cursor,
            left_out: 0,
            room: Room::new(size, message_out, LOOKED_AT_MAX),
        }
    }

    /// Whether it looked at everything up to `end`.
    pub(super) const fn caught_up(&self, end: &End) -> bool {
        next(&self.cursor) > end.position()
    }

    /// Whether waiting could add something that the caller does not get sooner by asking again.
    pub(super) const fn may_wait(&self, end: &End) -> bool {
        self.interactions.is_empty() && self.room.looks_left > 0 && self.caught_up(end)
    }

    /// How many rows that pass were left out, if they are enough to be told.
    pub(super) fn left_out(&self) -> Option<u32> {
        Some(self.left_out).filter(|count| *count >= LEFT_OUT_TOLD_FROM)
    }

    /// Looks at what lies between the cursor and `end`, as far as the bounds allow.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn fill(
        &mut self,
        context: &Context,
        tenant: &TenantId,
        filter: &InteractionFilter,
        end: &End,
        patience: &Patience,
        look: Look,
    ) -> Outcome<()> {
        let store = &context.store;
        while self.room.looks_on() && !self.caught_up(end) && patience.looks_on(context) {
            // Not for longer than a slice: others have their turn between two.
            let _turn = look.turn(context).await;
            let slice = self.room.slice();
            let read = if self.cursor.index == InteractionCursor::WHOLE { 0 } else { self.cursor.index };
            let rows = slice.saturating_add(read);
            let batches = store.read_batches(tenant, next(&self.cursor), slice, rows).await?;
            let mut places = self.places(&batches, end);
            places.truncate(usize::try_from(slice).unwrap_or(usize::MAX));
            if places.is_empty() {
                break;
            }
            let keys: Vec<InteractionKey> = places.iter().map(|(key, _)| *key).collect();
            let (found, named) = store.read_interactions(tenant, &keys).await?;
            let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
            let wanted = |fed: &Fed| {
                self.asked_for.asks_about(fed.kind, fed.automated) && passes(filter, fed, &declared)
            };
            let wanted = found.into_iter().filter(|(_, fed)| wanted(fed)).collect();
            self.judge(context, tenant, store, &declared, places, wanted).await?;
        }
        Ok(())
    }

    /// What was not looked at yet of `batches`, in order.
    fn places(&self, batches: &[Batch], end: &End) -> Vec<Place> {
        let places = batches.iter().flat_map(|batch| {
            let read = if batch.position == self.cursor.position { self.cursor.index } else { 0 };
            let last = batch.keys.len().saturating_sub(1);
            let keys = batch.keys.iter().enumerate().skip(usize::try_from(read).unwrap_or(usize::MAX));
            keys.map(move |(index, key)| {
                // A batch holds some thousands at most.
                let read = u32::try_from(index.saturating_add(1)).unwrap_or(InteractionCursor::WHOLE);
                let index = if index == last { InteractionCursor::WHOLE } else { read };
                (*key, end.after(batch.position, index, batch.id))
            })
        });
        places.collect()
    }

    /// Shows those of the rows `wanted` that may be shown, each at its place.
    async fn judge(
        &mut self,
        context: &Context,
        tenant: &TenantId,
        store: &Store,
        declared: &Declared,
        places: Vec<Place>,
        mut wanted: BTreeMap<InteractionKey, Fed>,
    ) -> Outcome<()> {
        let tables: BTreeSet<&TableId> = wanted.values().map(|fed| &fed.person.table).collect();
        let rules = Rules::of_tables(context, tenant, tables).await?;
        // The states last: what was acknowledged while the rows were read binds them too.
        let people: Vec<ProfileKey> = wanted.values().map(|fed| fed.person.clone()).collect();
        let mut subjects = BTreeMap::new();
        if !people.is_empty() {
            subjects = store.load_subjects(tenant, &people).await?;
        }
        let now = context.clock.now();
        for (key, place) in places {
            if self.room.is_full() {
                break;
            }
            if let Some(Fed { person, row, .. }) = wanted.remove(&key)
                && let (Some(rules), Some(subject)) = (rules.get(&person.table), subjects.get(&person))
            {
                let bench = Bench { asked_for: self.asked_for, rules, declared, now };
                match bench.readable(row, subject).map(|row| to_wire::interaction::recorded(&row)) {
                    Some(shown) if self.room.take(shown.encoded_len()) => self.interactions.push(shown),
                    Some(_) => break,
                    None => self.left_out = self.left_out.saturating_add(1),
                }
            }
            self.cursor = place;
            self.room.looked();
        }
        Ok(())
    }
}

fn passes(filter: &InteractionFilter, fed: &Fed, declared: &Declared) -> bool {
    let message = declared.context(None, None, fed.message.as_ref()).message();
    let of_message = message.and_then(|message| message.campaign.as_ref());
    filter.passes(&fed.person.table, fed.kind, fed.campaign.as_ref().or(of_message))
}
