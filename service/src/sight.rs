//! What is looked for of people about targets, and the ground that it is answered on: the same for wait blocks and for
//! questions about engagement.
//!
//! The sends come first, since a window may start from one; then, look by look, the recorded rows, what is declared
//! around them, and the states of the people last: what was acknowledged while the rest was read binds it. Deliberately
//! not here: what follows from it (the domain's).

use std::collections::BTreeMap;

use assent_domain::context::Context;
use assent_domain::id::{LinkId, TenantId};
use assent_domain::interaction::{Behaviour, Interaction, InteractionKind, Recorded};
use assent_domain::sight::{Candidate, Known, SendOnRecord, Target};
use assent_domain::subject::Subject;
use assent_domain::time::Instant;
use assent_domain::verdict::Unjudged;
use assent_store::{ActivityPlace, AwaitedPage, Named, OnRecord, ProfileKey, Search, SendsFound, Store};

use crate::declared::Declared;
use crate::failure::Outcome;
use crate::rules::Rules;

/// How many rows of each are looked at first. One is enough for most; the rest is for rows that may no longer be read.
const FIRST_LOOK: u32 = 20;

/// How many are looked at once, of those where all rows before may no longer be read.
const NEXT_LOOK: u32 = 1_000;

/// What is looked for of one person.
pub(crate) struct Seeking<'a> {
    /// The person.
    pub(crate) key: ProfileKey,
    /// What it is about.
    pub(crate) target: &'a Target,
    /// The kinds.
    pub(crate) kinds: &'a [InteractionKind],
    /// The link that a click must be on.
    pub(crate) link: Option<&'a LinkId>,
    /// The sends that lead to the target.
    pub(crate) sends: SendsFound,
    /// What occurred before this instant is not looked for.
    pub(crate) start: Instant,
    /// Nor is what occurred at or after this one.
    pub(crate) until: Instant,
}

/// What is seen of one in one look.
pub(crate) struct Seen<'a> {
    /// What is known.
    pub(crate) known: Known<'a>,
    /// Whether the link looked for is one of its message's functional links.
    pub(crate) functional_link: bool,
    /// The rows, the earliest first.
    pub(crate) rows: Vec<Unjudged<Candidate<'a, Recorded>>>,
}

/// An answer that goes by what was seen so far.
pub(crate) struct Going<T> {
    /// The answer.
    pub(crate) answer: T,
    /// Whether further rows could change it.
    pub(crate) open: bool,
}

/// Answers each of `seeking` by what is seen of it, in order, looking on where further rows could change the answer.
/// `answer` is given each one's place and what is seen.
pub(crate) async fn look<T>(
    store: &Store,
    tenant: &TenantId,
    rules: &Rules<'_>,
    seeking: &[Seeking<'_>],
    mut answer: impl FnMut(usize, Seen<'_>) -> Going<T>,
) -> Outcome<Vec<T>> {
    let mut told: Vec<Option<T>> = seeking.iter().map(|_| None).collect();
    let mut open: Vec<(usize, Option<ActivityPlace>)> =
        (0..seeking.len()).map(|place| (place, None)).collect();
    let mut limit = FIRST_LOOK;
    while !open.is_empty() {
        let looked_at: Vec<_> = open.iter().map(|(place, after)| (&seeking[*place], *after)).collect();
        let (ground, pages) = Ground::load(store, tenant, &looked_at, limit).await?;
        let mut further = Vec::new();
        for ((place, _), page) in open.into_iter().zip(pages) {
            let going = ground.see(&seeking[place], page.rows, rules, |seen| answer(place, seen));
            told[place] = Some(going.answer);
            if let (Some(_), true) = (page.more, going.open) {
                further.push((place, page.more));
            }
        }
        (open, limit) = (further, NEXT_LOOK);
    }
    Ok(told.into_iter().flatten().collect())
}

/// What one look stands on.
struct Ground {
    declared: Declared,
    people: BTreeMap<ProfileKey, Subject>,
}

impl Ground {
    /// Up to `limit` rows of each, what is declared around them, and the people's states.
    async fn load(
        store: &Store,
        tenant: &TenantId,
        seeking: &[(&Seeking<'_>, Option<ActivityPlace>)],
        limit: u32,
    ) -> Outcome<(Self, Vec<AwaitedPage>)> {
        let searches: Vec<Search<'_>> = seeking.iter().map(|(one, after)| one.search(*after)).collect();
        let (pages, mut named) = store.find_awaited(tenant, &searches, limit).await?;
        for (one, _) in seeking {
            name(&mut named, one.target);
            named.messages.extend(one.sends.toward.iter().map(|send| send.message.clone()));
        }
        let declared = Declared::read(&store.declarations(tenant, &named).await?)?;
        let keys: Vec<ProfileKey> = seeking.iter().map(|(one, _)| one.key.clone()).collect();
        let people = store.load_subjects(tenant, &keys).await?;
        Ok((Self { declared, people }, pages))
    }

    /// What is seen of one, going by those rows.
    fn see<T>(
        &self,
        seeking: &Seeking<'_>,
        rows: Vec<Unjudged<OnRecord>>,
        rules: &Rules<'_>,
        with: impl FnOnce(Seen<'_>) -> T,
    ) -> T {
        let person = &self.people[&seeking.key];
        let target = match seeking.target {
            Target::Message(id) => self.declared.context(None, None, Some(id)),
            Target::Campaign(id) => self.declared.context(None, Some(id), None),
            Target::Website(id) => self.declared.context(Some(id), None, None),
            Target::Goal(_) => Context::default(),
        };
        let link = target.message().zip(seeking.link);
        let functional_link = link.is_some_and(|(message, link)| message.is_functional(link));
        let toward: Vec<SendOnRecord<'_>> = seeking
            .sends
            .toward
            .iter()
            .map(|send| SendOnRecord {
                message: self.declared.context(None, None, Some(&send.message)).message,
                sent: send.sent,
                at: send.at,
            })
            .collect();
        let known = Known {
            person: person.person(),
            policies: rules.policies_around(person.history().facts(), &target),
            table_zone: &rules.table.zone,
            target,
            sends: &toward,
        };
        let rows = rows.into_iter().map(|row| row.map(|row| self.candidate(row))).collect();
        with(Seen { known, functional_link, rows })
    }

    fn candidate(&self, OnRecord { recorded, sent }: OnRecord) -> Candidate<'_, Recorded> {
        let told = &recorded.interaction;
        let what = &told.what;
        let context = self.declared.context(what.website(), told.campaign.as_ref(), what.message());
        let link = context.message().zip(what.link());
        let functional = link.is_some_and(|(message, link)| message.is_functional(link));
        let interaction = Interaction { functional, ..told.interaction() };
        Candidate { interaction, context, sent, row: recorded }
    }
}

impl Seeking<'_> {
    fn search(&self, after: Option<ActivityPlace>) -> Search<'_> {
        Search {
            key: &self.key,
            target: self.target,
            kinds: self.kinds,
            link: self.link,
            start: self.start,
            until: self.until,
            after,
        }
    }
}

/// Adds what a target names.
fn name(named: &mut Named, target: &Target) {
    match target {
        Target::Message(id) => named.messages.extend([id.clone()]),
        Target::Campaign(id) => named.campaigns.extend([id.clone()]),
        Target::Website(id) => named.websites.extend([id.clone()]),
        Target::Goal(_) => {}
    }
}
