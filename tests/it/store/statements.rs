//! How many statements a call takes: the same for one item and for a thousand.

use std::collections::BTreeSet;
use std::convert::identity;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use assent_domain::context::Context;
use assent_domain::id::{BatchId, CampaignId, InteractionId, MessageId, NoticeId, PolicyId, TenantId};
use assent_domain::interaction::{InteractionKind, Reported, What};
use assent_domain::mode::Sent;
use assent_domain::policy::{Applicable, Policy};
use assent_domain::profile::Profile;
use assent_domain::sight::Target;
use assent_domain::time::{Instant, Zone};
use assent_domain::verdict::{Case, Unjudged, Use, judge};
use assent_store::{
    Arrival, AudienceWalk, Named, Pace, Pause, PlanWrite, Planned, ProfileKey, Search, Sending, SendsAsked,
    Store, StoreError, StoreOptions, Weighed,
};
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::declaration::messages;
use super::people::{Quiet, at, home, people, request, sequencer, tenant, withdraw, write};

pub(super) struct Counted {
    pub(super) store: Store,
    statements: Arc<AtomicUsize>,
}

impl Counted {
    pub(super) async fn on(url: &str) -> Self {
        Self::with(StoreOptions::new(url)).await
    }

    pub(super) async fn with(mut options: StoreOptions) -> Self {
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        options.observer = Some(Arc::new(move |observed| {
            assert!(!observed.failed && !observed.name.is_empty());
            counter.fetch_add(1, Ordering::SeqCst);
        }));
        Self { store: Store::connect(&options).await.unwrap(), statements }
    }

    pub(super) fn during<'a, T>(
        &'a self,
        work: impl Future<Output = T> + 'a,
    ) -> Pin<Box<dyn Future<Output = usize> + 'a>> {
        Box::pin(async move {
            let before = self.statements.load(Ordering::SeqCst);
            work.await;
            self.statements.load(Ordering::SeqCst) - before
        })
    }
}

#[apply(every_engine)]
async fn one_item_and_a_thousand_take_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let (tenant, sequencer) = (tenant(), sequencer(&counted.store));
    let mut taken = Vec::new();
    for (number, count) in [(1u8, 1), (2, 1000)] {
        let who = people(count);
        let mut consents = write(&tenant, &who, at(1));
        consents.calls[0].request = Some(request(number, number));
        taken.push([
            counted.during(async { withdraw(&counted.store, &consents).await.unwrap() }).await,
            // The first step of a tenant makes its head too.
            counted.during(async { sequencer.step(&tenant, at(2)).await.unwrap() }).await,
            counted.during(async { counted.store.load_profiles(&tenant, &who).await.unwrap() }).await,
            counted.during(async { counted.store.load_subjects(&tenant, &who).await.unwrap() }).await,
            counted
                .during(async { counted.store.read_ledger(&tenant, 0, 5000, identity).await.unwrap() })
                .await,
        ]);
    }
    let [first, second] = [taken[0], taken[1]];
    assert_eq!(first[0], second[0], "the consent write");
    assert_eq!(first[1], second[1] + 2, "a step");
    assert_eq!(first[2..], [1, 1, 1]);
    assert_eq!(second[2..], [1, 1, 1]);
    assert_eq!(first[0], 4, "lock, load, save and take away what a withdrawal takes");
}

/// Time of which a millisecond passes whenever it is asked.
struct Ticking(AtomicUsize);

impl Pace for Ticking {
    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.fetch_add(1, Ordering::SeqCst)).unwrap())
    }

    fn pause(&self, _: Duration) -> Pause {
        Box::pin(tokio::task::yield_now())
    }
}

#[apply(every_engine)]
async fn a_stretch_that_is_read_row_by_row_is_told_once_with_its_outcome(engine: Engine) {
    let home = home(engine).await;
    withdraw(&home.store, &write(&tenant(), &people(3), at(1))).await.unwrap();
    sequencer(&home.store).catch_up(&tenant(), at(2)).await.unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut options = StoreOptions::new(home.database.url());
    options.pace = Arc::new(Ticking(AtomicUsize::new(0)));
    let ear = Arc::clone(&told);
    options.observer = Some(Arc::new(move |observed| {
        ear.lock().unwrap().push((observed.name.to_owned(), observed.elapsed, observed.failed));
    }));
    let store = Store::connect(&options).await.unwrap();
    let read = async || store.read_ledger(&tenant(), 0, 10, identity).await;
    assert_eq!(read().await.unwrap().entries.len(), 3);
    let mut look = Look::at(home.database.url()).await.unwrap();
    look.run("ALTER TABLE ledger RENAME TO taken_away").await.unwrap();
    assert!(read().await.is_err());
    let ledger = |failed| ("read_ledger".to_owned(), Duration::from_millis(1), failed);
    assert_eq!(*told.lock().unwrap(), [ledger(false), ledger(true)]);
}

#[apply(every_engine)]
async fn one_text_and_many_are_found_and_read_by_one_statement_each(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let mut stored = BTreeSet::new();
    for number in 0..20 {
        stored.insert(home.store.put_notice(&tenant(), &[number], at(1)).await.unwrap().id);
    }
    let lost = NoticeId([5; 32]);
    let one = BTreeSet::from([*stored.first().unwrap()]);
    for asked in [one, stored.iter().copied().chain([lost]).collect()] {
        let found = counted.store.stored_notices(&tenant(), &asked).await.unwrap();
        assert_eq!(found, asked.iter().copied().filter(|id| *id != lost).collect());
        let read = counted.store.notices(&tenant(), &asked).await.unwrap();
        assert!(read.keys().eq(&found) && read.values().all(|notice| notice.content.len() == 1));
        let taken = [
            counted.during(async { counted.store.stored_notices(&tenant(), &asked).await.unwrap() }).await,
            counted.during(async { counted.store.notices(&tenant(), &asked).await.unwrap() }).await,
        ];
        assert_eq!(taken, [1, 1]);
    }
    assert!(counted.store.notices(&TenantId::new("tenant-b").unwrap(), &stored).await.unwrap().is_empty());
}

#[apply(every_engine)]
async fn one_message_and_a_thousand_are_loaded_and_fixed_by_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let mut taken = Vec::new();
    for count in [1, 1000] {
        let named = Named { messages: messages(count), ..Named::default() };
        taken.push([
            counted.during(async { counted.store.declarations(&tenant(), &named).await.unwrap() }).await,
            counted
                .during(async {
                    counted.store.fix_messages(&tenant(), &named.messages, at(1)).await.unwrap();
                })
                .await,
        ]);
        let unfixed = counted.store.declarations(&tenant(), &named).await.unwrap().unfixed;
        assert!(unfixed.is_empty());
    }
    assert_eq!(taken[0], taken[1]);
    assert_eq!(taken[0][0], 1);
}

/// A look for somebody's opens.
pub(super) fn opens<'a>(key: &'a ProfileKey, target: &'a Target) -> Search<'a> {
    let kinds = &[InteractionKind::EmailOpen];
    Search { key, target, kinds, link: None, start: at(0), until: at(1), after: None }
}

#[apply(every_engine)]
async fn one_wait_block_and_a_thousand_take_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let (tenant, target) = (tenant(), Target::Campaign(CampaignId::new("spring").unwrap()));
    for count in [1, 1_000] {
        let who = people(count);
        let sends = |key| SendsAsked { key, target: &target, started_by: None };
        let asked: Vec<SendsAsked<'_>> = who.iter().map(sends).collect();
        let searches: Vec<Search<'_>> = who.iter().map(|key| opens(key, &target)).collect();
        let taken = [
            counted
                .during(async {
                    let found = counted.store.sends_toward(&tenant, &asked).await.unwrap();
                    assert_eq!(found.len(), count);
                })
                .await,
            counted
                .during(async {
                    let (pages, _) = counted.store.find_awaited(&tenant, &searches, 20).await.unwrap();
                    assert_eq!(pages.len(), count);
                })
                .await,
        ];
        assert_eq!(taken, [1, 1], "{count}");
    }
}

#[apply(every_engine)]
async fn one_person_of_an_audience_and_a_thousand_are_walked_by_one_statement(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let (tenant, who) = (tenant(), people(1_000));
    let rows: Vec<String> = (who.iter().zip(0..))
        .map(|(key, n)| {
            format!("('{}', {n}, '{}', '{}', 5)", tenant.as_str(), key.table.as_str(), key.id.as_str())
        })
        .collect();
    let mut look = Look::at(home.database.url()).await.unwrap();
    let put = format!(
        "INSERT INTO last_open (tenant, person, profile_table, profile, day) VALUES {}",
        rows.join(", ")
    );
    look.run(&put).await.unwrap();
    for count in [1, 1_000] {
        let walk = AudienceWalk { table: &who[0].table, after: None, people: count, since: at(0) };
        let walk = async {
            let walked = counted.store.walk_audience(&tenant, &walk).await.unwrap();
            assert_eq!(walked.people.len(), usize::try_from(count).unwrap());
            let last = walked.people.last().map(|last| last.place);
            assert_eq!(
                walked.more, last,
                "whoever looked at as many as it may does not know that there are no more"
            );
            assert!(walked.people.is_sorted_by_key(|one| one.place));
        };
        assert_eq!(counted.during(walk).await, 1, "{count}");
    }
}

/// Plans a message for those people and records the sends, dated `now`; what became of each.
async fn planned(store: &Store, message: &str, who: &[ProfileKey], id: u8, now: Instant) -> Vec<bool> {
    let (tenant, table) = (tenant(), who[0].table.clone());
    let message = MessageId::new(message).unwrap();
    let write = PlanWrite {
        tenant: &tenant,
        table: &table,
        message: &message,
        recipients: who,
        request: (id > 0).then(|| request(id, id)),
        batch: BatchId([id; 16]),
        now,
    };
    let mut quiet = Quiet;
    let done = store.plan_sends(
        &write,
        |_, kept| {
            assert_eq!(kept, None);
            let sends = who.iter().zip(0u64..).filter(|_| id > 0);
            Ok::<_, StoreError>(Planned {
                plans: (),
                sends: sends.map(|(key, n)| sending(key, n, id, &message, now)).collect(),
            })
        },
        &mut quiet,
        |(), fates| vec![id; fates.len()],
    );
    let ((), fates) = done.await.unwrap().unwrap();
    fates.into_iter().map(|fate| !fate.unwrap().duplicate).collect()
}

fn sending(key: &ProfileKey, number: u64, id: u8, message: &MessageId, now: Instant) -> Sending {
    let mut bytes = [id; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    let reported = Reported {
        id: InteractionId(bytes),
        occurred_at: now,
        profile: Some(key.id.clone()),
        what: What::Send { message: message.clone(), sent: Sent::default() },
        campaign: None,
        automated: false,
        functional: false,
        device: None,
    };
    let profile = Profile::unknown(key.table.clone(), key.id.clone());
    let strict = Policy::built_in(&PolicyId::new("strict").unwrap()).unwrap();
    let case = Case {
        asked_for: Use::Record,
        context: Context::default(),
        sent: Sent::default(),
        person: Some(profile.person()),
        policies: Applicable::of(&strict),
        table_zone: &Zone::utc(),
        now,
    };
    let weighed = Weighed::of(judge(Unjudged::new(reported.clone()), &case), &case, |_| [0; 32]);
    Sending { arrival: Arrival { table: key.table.clone(), reported }, weighed }
}

#[apply(every_engine)]
async fn one_recipient_and_a_thousand_are_planned_by_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let mut taken = Vec::new();
    for (turn, count) in [(1u8, 1), (2, 1_000)] {
        let who = people(count);
        let message = format!("message-{turn}");
        let plan = async |id| {
            let recorded = planned(&counted.store, &message, &who, id, at(i64::from(turn))).await;
            assert_eq!(recorded.len(), if id == 0 { 0 } else { count });
            assert!(recorded.into_iter().all(|recorded| recorded));
        };
        taken.push([
            // Its first plan fixes the message.
            counted.during(plan(0)).await,
            counted.during(plan(0)).await,
            counted.during(plan(turn)).await,
        ]);
    }
    assert_eq!(taken[0], taken[1]);
    let [first, again, recording] = taken[0];
    assert_eq!(again, 2, "the settings and all that is declared, the people");
    assert_eq!(first, again + 1, "fix");
    assert_eq!(recording, again + 5, "the request before and after, rows, modes, the batch with its turn");
}
