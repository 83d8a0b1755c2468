//! SnapshotConsents: what everybody on record reads, page by page, and then the cursor to read on from.
//!
//! The cursor is taken before the first page, and each page is read by short statements of its own: what one person reads is of
//! one instant, two people's need not be. A reader who applies of what comes after the cursor only what is greater than the
//! version that it holds of a person ends with what is on record, whatever was written meanwhile: what a page shows already
//! is passed by, what it could not show yet comes later.
//!
//! What a page shows may be lost by a failover before it is read again. So the place of a snapshot holds, beside its cursor, the
//! ledger's end after its latest page, and the cursor at its end does until that is read: as long as it stands, nothing is lost of
//! what was told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use assent_domain::change::ChangeFilter;
use assent_domain::id::TableId;
use assent_domain::subject::Subject;
use assent_domain::time::Instant;
use assent_proto::v1::snapshot_consents_response::Event;
use assent_proto::v1::{self, SnapshotConsentsRequest, SnapshotConsentsResponse, SnapshotEnd, SnapshotPage};
use assent_store::{ProfileKey, ProfileWalk};
use prost::Message;

use super::end::End;
use crate::caller::Call;
use crate::context::{Context, SharedContext};
use crate::entropy;
use crate::failure::Outcome;
use crate::feed::looks::Look;
use crate::feed::outlet::Outflow;
use crate::feed::patience::Patience;
use crate::feed::room::Room;
use crate::feed::stream::{self, Telling};
use crate::rules::Rules;
use crate::wire::from_wire::cursor::fault;
use crate::wire::token::{FilterHash, ReadingPlace, SnapshotPlace};
use crate::wire::{from_wire, to_wire};

/// The most people of a page. Each is read with all that is on record of them.
const PEOPLE_MAX: u32 = 1_000;

/// How many people a page has when the caller does not say.
const PEOPLE_UNSAID: u32 = 500;

/// What a caller reads.
pub(super) type Told = Outflow<SnapshotConsentsResponse>;

pub(super) async fn snapshot(
    context: &SharedContext,
    call: Call,
    request: SnapshotConsentsRequest,
) -> Outcome<Told> {
    let asked = request.filter.as_ref();
    let filter = from_wire::change::filter(asked).map_err(|misfit| misfit.at("filter"))?;
    let made_for = from_wire::cursor::made_for(asked);
    let resumed = request.resume_token.as_deref();
    let resumed = resumed.map(|token| context.tokens.open_snapshot(call.tenant(), made_for, token));
    let resumed = resumed.transpose().map_err(fault)?;

    let end = End::load(context, &call, made_for, Look::Alone).await?;
    let place = match resumed {
        None => {
            let from = end.cursor_at(context, &call, end.head.position).await?;
            SnapshotPlace { from, seen: from, after: None }
        }
        Some(place) => {
            // Told as the call's own answer where it can be, and not after it began.
            check(&end, context, &call, &place).await?;
            place
        }
    };
    let size = if request.page_size == 0 { PEOPLE_UNSAID } else { request.page_size.min(PEOPLE_MAX) };
    let snapshot = Snapshot {
        context: SharedContext::clone(context),
        call: call.clone().endless(),
        filter,
        made_for,
        size,
        place,
        over: false,
    };
    Ok(stream::begin(context, &call, snapshot))
}

/// That the ledger holds everything that a snapshot at that place has told, and what comes after its cursor.
async fn check(end: &End, context: &Context, call: &Call, place: &SnapshotPlace) -> Outcome<()> {
    end.check(context, call, &place.seen).await?;
    end.check(context, call, &place.from).await
}

/// A snapshot under way.
struct Snapshot {
    context: SharedContext,
    call: Call,
    filter: ChangeFilter,
    made_for: FilterHash,
    size: u32,
    place: SnapshotPlace,
    over: bool,
}

impl Telling for Snapshot {
    type Message = SnapshotConsentsResponse;

    async fn read_on(&mut self, until: Duration) -> Outcome<Option<SnapshotConsentsResponse>> {
        let mut page = Page::after(self.place.after.clone(), self.size, self.context.limits.message_out);
        page.fill(&self.context, &self.call, &self.filter, &Patience::until(until)).await?;
        self.place.after = page.after;
        let end = End::load(&self.context, &self.call, self.made_for, Look::Together).await?;
        if page.profiles.is_empty() && page.ended {
            check(&end, &self.context, &self.call, &self.place).await?;
            self.over = true;
            return Ok(Some(self.end()));
        }
        // After the page was read, so that it is before this end whatever the page shows.
        end.check(&self.context, &self.call, &self.place.seen).await?;
        if end.head.position > self.place.seen.position {
            self.place.seen = end.cursor_at(&self.context, &self.call, end.head.position).await?;
        }
        Ok(Some(self.page(page.profiles)))
    }

    fn checkpoint(&mut self) -> SnapshotConsentsResponse {
        self.page(Vec::new())
    }

    fn is_over(&self) -> bool {
        self.over
    }
}

impl Snapshot {
    fn page(&self, profiles: Vec<v1::ProfileSnapshot>) -> SnapshotConsentsResponse {
        let nonce = entropy::bytes(self.context.entropy.as_ref());
        let resume_token =
            self.context.tokens.snapshot(self.call.tenant(), self.made_for, &self.place, nonce);
        SnapshotConsentsResponse { event: Some(Event::Page(SnapshotPage { profiles, resume_token })) }
    }

    fn end(&self) -> SnapshotConsentsResponse {
        let SnapshotPlace { from, seen, .. } = self.place;
        let place = ReadingPlace { at: from, shown: Some(seen) }.read_up_to(from);
        let cursor = self.context.tokens.reading(self.call.tenant(), self.made_for, &place);
        SnapshotConsentsResponse { event: Some(Event::End(SnapshotEnd { cursor, position: from.position })) }
    }
}

/// A page that fills.
struct Page {
    profiles: Vec<v1::ProfileSnapshot>,
    /// The last one who was looked at; absent: nobody.
    after: Option<ProfileKey>,
    /// Whether there is nobody after that one.
    ended: bool,
    room: Room,
}

impl Page {
    fn after(after: Option<ProfileKey>, size: u32, message_out: usize) -> Self {
        let room = Room::new(size, message_out, u64::MAX);
        Self { profiles: Vec::new(), after, ended: false, room }
    }

    /// Tells of the next people, as far as there is room and patience.
    async fn fill(
        &mut self,
        context: &Context,
        call: &Call,
        filter: &ChangeFilter,
        patience: &Patience,
    ) -> Outcome<()> {
        for table in self.tables(filter) {
            loop {
                if self.room.is_full() || !patience.looks_on(context) {
                    return Ok(());
                }
                // Not for longer than a slice: others have their turn between two.
                let _turn = Look::Together.turn(context).await;
                let people = self.room.missing();
                let walk = ProfileWalk { after: self.after.as_ref(), table: table.as_ref(), people };
                let walked = context.store_for(call).walk_profiles(call.tenant(), &walk).await?;
                let last = walked.len() < usize::try_from(people).unwrap_or(usize::MAX);
                self.tell(context, call, filter, walked).await?;
                if last {
                    break;
                }
            }
        }
        self.ended = !self.room.is_full();
        Ok(())
    }

    /// The tables that are left to walk; one that is not named stands for all of them.
    fn tables(&self, filter: &ChangeFilter) -> Vec<Option<TableId>> {
        if filter.tables.is_empty() {
            return vec![None];
        }
        let left = |table: &&TableId| self.after.as_ref().is_none_or(|after| after.table <= **table);
        filter.tables.iter().filter(left).cloned().map(Some).collect()
    }

    /// Tells of those people, as far as there is room.
    async fn tell(
        &mut self,
        context: &Context,
        call: &Call,
        filter: &ChangeFilter,
        walked: Vec<ProfileKey>,
    ) -> Outcome<()> {
        if walked.is_empty() {
            return Ok(());
        }
        let tenant = call.tenant();
        let tables: BTreeSet<&TableId> = walked.iter().map(|key| &key.table).collect();
        let rules = Rules::of_tables(context, tenant, tables).await?;
        // The states last: what was acknowledged while the rest was read binds them too.
        let people = context.store_for(call).load_subjects(tenant, &walked).await?;
        let ground = Ground { rules, people, now: context.clock.now() };
        for key in walked {
            if self.room.is_full() {
                break;
            }
            if let Some(told) = ground.told(&key, filter) {
                if !self.room.take(told.encoded_len()) {
                    break;
                }
                self.profiles.push(told);
            }
            self.after = Some(key);
        }
        Ok(())
    }
}

/// What people are told by.
struct Ground<'a> {
    rules: BTreeMap<TableId, Rules<'a>>,
    people: BTreeMap<ProfileKey, Subject>,
    now: Instant,
}

impl Ground<'_> {
    /// What is told of somebody; `None`: nothing is on record of them any more.
    fn told(&self, key: &ProfileKey, filter: &ChangeFilter) -> Option<v1::ProfileSnapshot> {
        let (person, rules) = (self.people.get(key)?, self.rules.get(&key.table)?);
        if person.is_erased() || person.version() == 0 {
            return None;
        }
        let as_of = person.now(self.now);
        let standings = person.standings(as_of, rules.expires_after(person.history().facts()));
        Some(v1::ProfileSnapshot {
            profile_table: key.table.as_str().to_owned(),
            profile: Some(v1::ProfileKey { id: key.id.as_str().to_owned() }),
            profile_version: person.version(),
            standings: to_wire::standing::standings(&standings, |series| filter.wants(series)),
        })
    }
}
