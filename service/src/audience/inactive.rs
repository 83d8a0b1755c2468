//! FindInactive: who is not known to have opened anything since a day, although it could have been seen.

use std::collections::BTreeMap;

use assent_domain::id::TableId;
use assent_domain::inactivity::{self, Activity, InactivityUse, Recipient};
use assent_domain::subject::Subject;
use assent_domain::time::{Day, Instant};
use assent_proto::v1::{FindInactiveRequest, FindInactiveResponse, ProfileKey as Told};
use assent_store::{AudienceWalk, Mailed, Named, PersonPlace, ProfileKey};

use crate::caller::Call;
use crate::context::Context;
use crate::declared::Declared;
use crate::failure::{Failure, Outcome};
use crate::page::{self, LEFT_OUT_TOLD_FROM};
use crate::rules::Rules;
use crate::wire::from_wire::{self, Misfit};
use crate::wire::token::{FilterHash, List};

const INACTIVE: List = List("inactive");

/// The most profiles of a page.
const PAGE_MAX: u32 = 1_000;

/// The most people one call looks at. Each is judged with all that is on record of them.
const LOOKED_AT_MAX: u32 = 1_000;

/// How many are looked at in one stretch; each is twice the one before.
const STRETCH: std::ops::RangeInclusive<u32> = 20..=200;

pub(super) async fn find(
    context: &Context,
    call: Call,
    request: FindInactiveRequest,
) -> Outcome<FindInactiveResponse> {
    let (tenant, now) = (call.tenant(), context.clock.now());
    let asked = Asked::read(&request)?;
    let made_for = asked.made_for(context, &call);
    let opened = request.page_token.as_deref().map(|token| {
        let place =
            context.tokens.open_people(tenant, INACTIVE, made_for, token).map_err(|_| Failure::PageToken);
        place.map(PersonPlace::of)
    });
    let after = opened.transpose()?;

    let rules = Rules::load(context, &call, &asked.table).await?;
    let since = asked.since_instant(&rules, now)?;
    let mut page = Page::after(after, page::size(request.page_size, PAGE_MAX));
    while page.looks_on() {
        page.fill(context, &call, &asked, &rules, since, now).await?;
    }

    let token = |place: PersonPlace| {
        let nonce = crate::entropy::bytes(context.entropy.as_ref());
        context.tokens.people(tenant, INACTIVE, made_for, place.bytes(), nonce)
    };
    Ok(FindInactiveResponse {
        left_out: Some(page.left_out).filter(|count| *count >= LEFT_OUT_TOLD_FROM),
        next_page_token: if page.ended { None } else { page.after.map(token) },
        profiles: page.profiles,
    })
}

/// What is asked.
struct Asked {
    table: TableId,
    since: Day,
    asked_for: InactivityUse,
}

impl Asked {
    fn read(request: &FindInactiveRequest) -> Outcome<Self> {
        let top = |misfit: Misfit| misfit.at("");
        let table = from_wire::profile::table(&request.profile_table).map_err(top)?;
        let since = request.inactive_since.as_ref().and_then(from_wire::time::day);
        let since = since.ok_or_else(|| top(Misfit::of("inactive_since")))?;
        let asked_for = from_wire::audience::inactivity_use(request.r#use).map_err(top)?;
        if !asked_for.is_permitted() {
            return Err(Failure::UseNotPermitted { field: "use" });
        }
        Ok(Self { table, since, asked_for })
    }

    /// What a token of this list is made for.
    fn made_for(&self, context: &Context, call: &Call) -> FilterHash {
        let since = self.since.to_string();
        context.tokens.filter(call.tenant(), &[self.table.as_str(), &since, self.asked_for.name()])
    }

    /// When the day begins, in the zone of the table's policy.
    fn since_instant(&self, rules: &Rules<'_>, now: Instant) -> Outcome<Instant> {
        let facts = assent_domain::history::Facts::default();
        let zone = rules.policies(facts).table().zone_or(&rules.table.zone);
        if self.since > now.day_in(zone) {
            let text = "is out of range; expected: a day that has begun";
            return Err(Failure::invalid("inactive_since", text));
        }
        Ok(self.since.start_in(zone))
    }
}

/// A page that fills.
struct Page {
    profiles: Vec<Told>,
    /// How many nothing can be told of.
    left_out: u32,
    /// The last person who was looked at; absent: none.
    after: Option<PersonPlace>,
    /// Whether there is nobody after that one.
    ended: bool,
    size: usize,
    stretch: u32,
    looks_left: u32,
}

impl Page {
    fn after(after: Option<PersonPlace>, size: u32) -> Self {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let looks_left = LOOKED_AT_MAX;
        Self { profiles: Vec::new(), left_out: 0, after, ended: false, size, stretch: 0, looks_left }
    }

    const fn looks_on(&self) -> bool {
        !self.ended && self.looks_left > 0 && !self.is_full()
    }

    const fn is_full(&self) -> bool {
        self.profiles.len() >= self.size
    }

    /// Looks at the next stretch of people, as far as there is room.
    async fn fill(
        &mut self,
        context: &Context,
        call: &Call,
        asked: &Asked,
        rules: &Rules<'_>,
        since: Instant,
        now: Instant,
    ) -> Outcome<()> {
        let (store, tenant) = (context.store_for(call), call.tenant());
        let wanted = u32::try_from(self.size - self.profiles.len()).unwrap_or(u32::MAX);
        let people = wanted.max(self.stretch).saturating_mul(2).clamp(*STRETCH.start(), *STRETCH.end());
        let people = people.min(self.looks_left);
        let walk = AudienceWalk { table: &asked.table, after: self.after, people, since };
        let walked = store.walk_audience(tenant, &walk).await?;
        (self.stretch, self.looks_left) = (people, self.looks_left - people);

        let sent = walked.people.iter().flat_map(|one| &one.mailings);
        let messages = sent.map(|mailing| mailing.message.clone()).collect();
        let named = Named { messages, ..Named::default() };
        let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
        let key = |one: &Mailed| ProfileKey { table: asked.table.clone(), id: one.profile.clone() };
        let keys: Vec<ProfileKey> = walked.people.iter().map(key).collect();
        // The states last: what was acknowledged while the rest was read binds it.
        let subjects = store.load_subjects(tenant, &keys).await?;

        let ground = Ground { declared, subjects, rules, since: asked.since, now };
        let people: Vec<(&Mailed, &ProfileKey)> = walked.people.iter().zip(&keys).collect();
        // A page goes on between places: who shares one with another comes with that one.
        for shared in people.chunk_by(|(a, _), (b, _)| a.place == b.place) {
            if self.is_full() {
                return Ok(());
            }
            for (mailed, key) in shared {
                match ground.activity(mailed, key) {
                    Activity::Active => {}
                    Activity::Inactive => self.profiles.push(Told { id: mailed.profile.as_str().to_owned() }),
                    Activity::NotKnown => self.left_out = self.left_out.saturating_add(1),
                }
            }
            self.after = shared.first().map(|(mailed, _)| mailed.place);
        }
        self.ended = walked.more.is_none();
        self.after = walked.more.or(self.after);
        Ok(())
    }
}

/// What a stretch of people is judged on.
struct Ground<'a> {
    declared: Declared,
    subjects: BTreeMap<ProfileKey, Subject>,
    rules: &'a Rules<'a>,
    since: Day,
    now: Instant,
}

impl Ground<'_> {
    fn activity(&self, mailed: &Mailed, key: &ProfileKey) -> Activity {
        let person = &self.subjects[key];
        let facts = person.history().facts();
        let mailings: Vec<_> = mailed
            .mailings
            .iter()
            .map(|mailing| {
                let context = self.declared.context(None, None, Some(&mailing.message));
                let policies = self.rules.policies_around(facts, &context);
                inactivity::Mailing { context, policies, pixel: mailing.pixel, at: mailing.at }
            })
            .collect();
        let recipient = Recipient {
            person: person.person(),
            policies: self.rules.policies(facts),
            table_zone: &self.rules.table.zone,
            last_open: mailed.last_open,
            mailings: &mailings,
        };
        inactivity::activity(self.since, &recipient, self.now)
    }
}
