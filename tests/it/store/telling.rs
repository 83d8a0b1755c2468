//! Sends that tell something: their records are written beside their rows, under the lock of every writer of records.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use assent_domain::command::Command;
use assent_domain::id::{BatchId, InteractionId, MessageId};
use assent_domain::interaction::{Reported, What};
use assent_domain::mode::Sent;
use assent_domain::profile::Profile;
use assent_domain::record::{Body, NoticeGiven};
use assent_domain::scope::Coverage;
use assent_domain::time::{Instant, Span};
use assent_store::{
    Arrival, Asked, Declarations, Fate, Ground, InteractionWrite, Named, PlanWrite, Planned, ProfileChange,
    ProfileKey, Request, Sending, Sequencer, Store, StoreError, Telling,
};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::batch_race::weighed;
use super::people::{
    Made, Ticks, applied, at, home, open, people, person, request, salted, tenant, withdraw, write,
};
use super::race::{check, on_thread};
use super::statements::Counted;

/// Of a message that is called so the sends are notices.
const NOTICE: &str = "notice";

/// Whom sends told, and by which records.
#[derive(Default)]
struct Tells {
    made: Vec<Made>,
}

impl Telling for Tells {
    fn tells(&self, message: &MessageId, _: &Declarations) -> bool {
        message.as_str() == NOTICE
    }

    fn records(
        &mut self,
        _: &Ground,
        held: &BTreeMap<ProfileKey, Profile>,
        sends: &[&Arrival],
    ) -> Vec<ProfileChange> {
        self.made.clear();
        let mut changes: BTreeMap<ProfileKey, ProfileChange> = BTreeMap::new();
        for send in sends {
            let key = send.key().unwrap();
            let before = changes.remove(&key);
            let profile = before.as_ref().map_or(&held[&key], |change| &change.profile);
            let now = send.reported.occurred_at;
            let (profile, applied) = applied(profile.clone(), &notice(now), now);
            self.made.extend(applied.saved.iter().map(|saved| Made {
                profile: key.clone(),
                version: saved.record.profile_version,
                id: saved.record.id,
            }));
            let mut records = before.map_or_else(Vec::new, |change| change.records);
            records.extend(salted(applied));
            changes.insert(key, ProfileChange { profile, records });
        }
        changes.into_values().collect()
    }
}

fn notice(at: Instant) -> Command {
    Command::notice(NoticeGiven {
        coverage: Coverage::TRACKING,
        notified_at: Some(at),
        text: None,
        conditions_unchanged: None,
        withdrawal_offered: None,
        justification: None,
        proof_reference: None,
        source: None,
        sent_message: Some(MessageId::new(NOTICE).unwrap()),
    })
}

fn send(who: &ProfileKey, message: &str, number: u64, occurred_at: Instant) -> Arrival {
    let reported = Reported {
        id: InteractionId(u128::from(number).to_be_bytes()),
        occurred_at,
        profile: Some(who.id.clone()),
        what: What::Send { message: MessageId::new(message).unwrap(), sent: Sent::default() },
        campaign: None,
        automated: false,
        functional: false,
        device: None,
    };
    Arrival { table: who.table.clone(), reported }
}

/// Records those sends; which of them were new, and the records of those that told something.
async fn record(store: &Store, arrivals: &[Arrival], batch: u64, now: Instant) -> (Vec<bool>, Vec<Made>) {
    let tenant = tenant();
    let messages = arrivals.iter().filter_map(|arrival| arrival.reported.what.message().cloned()).collect();
    let named = Named { messages, ..Named::default() };
    let batch = BatchId(u128::from(batch).to_be_bytes());
    let write = InteractionWrite { tenant: &tenant, arrivals, named: &named, batch, now };
    let judge = |_: &Ground, asked: &[Asked]| {
        asked.iter().map(|asked| Some(weighed(&arrivals[asked.arrival], now))).collect()
    };
    let mut tells = Tells::default();
    let fates = store.record_interactions(&write, judge, &mut tells).await.unwrap();
    (fates.into_iter().map(|fate| !fate.unwrap().duplicate).collect(), tells.made)
}

/// Plans a message for those people and records the sends.
async fn plan(
    store: &Store,
    message: &str,
    arrivals: &[Arrival],
    asked: Option<Request<'_>>,
    now: Instant,
) -> (Vec<Option<Fate>>, Vec<Made>) {
    let (tenant, message) = (tenant(), MessageId::new(message).unwrap());
    let recipients: Vec<ProfileKey> = arrivals.iter().filter_map(Arrival::key).collect();
    let id = asked.as_ref().map_or([0; 16], |asked| asked.id.0);
    let write = PlanWrite {
        tenant: &tenant,
        table: &recipients[0].table,
        message: &message,
        recipients: &recipients,
        request: asked,
        batch: BatchId(id),
        now,
    };
    let sends = |records: bool| {
        let sends = arrivals.iter().filter(|_| records);
        sends.map(|arrival| Sending { arrival: arrival.clone(), weighed: weighed(arrival, now) }).collect()
    };
    let mut tells = Tells::default();
    let records = write.request.is_some();
    let planned = store.plan_sends(
        &write,
        |_, kept| Ok::<_, StoreError>(Planned { plans: (), sends: sends(records && kept.is_none()) }),
        &mut tells,
        |(), _| Vec::new(),
    );
    let ((), fates) = planned.await.unwrap().unwrap();
    (fates, tells.made)
}

/// The notices that each of those people has on record.
async fn heard(store: &Store, who: &[ProfileKey]) -> Vec<usize> {
    let profiles = store.load_profiles(&tenant(), who).await.unwrap();
    let notices = |profile: &Profile| {
        profile.records().iter().filter(|record| matches!(record.body, Body::Notice(_))).count()
    };
    who.iter().map(|key| notices(&profiles[key])).collect()
}

async fn count(look: &mut Look, table: &str) -> usize {
    let count = format!("SELECT CAST(count(*) AS TEXT) FROM {table}");
    look.column(&count).await.unwrap()[0].parse().unwrap()
}

#[apply(every_engine)]
async fn a_send_that_tells_is_a_record_and_one_that_is_on_record_is_none(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let who = people(3);
    let arrivals = [
        send(&who[0], NOTICE, 1, at(1)),
        send(&who[1], "mail", 2, at(1)),
        send(&who[2], NOTICE, 3, at(1)),
        send(&who[0], NOTICE, 1, at(1)),
        send(&who[0], NOTICE, 4, at(2)),
    ];
    let (new, made) = record(&home.store, &arrivals, 1, at(5)).await;
    assert_eq!((new, made.len()), (vec![true, true, true, false, true], 3));
    assert_eq!(heard(&home.store, &who).await, [2, 0, 1]);
    let (new, made) = record(&home.store, &arrivals, 2, at(6)).await;
    assert_eq!((new.contains(&true), made.len()), (false, 0));
    // Nor is one that is on record as a send of something else.
    let (new, made) = record(&home.store, &[send(&who[1], NOTICE, 2, at(1))], 3, at(7)).await;
    assert_eq!((new, made.len()), (vec![false], 0));
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!((count(&mut look, "record").await, count(&mut look, "pending").await), (3, 3));
    assert_eq!(count(&mut look, "profile").await, 2, "who was told nothing has no row");
}

/// Who is locked for a send that is not recorded is nobody still.
#[apply(every_engine)]
async fn who_is_told_nothing_in_the_end_is_not_named(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let (tenant, who) = (tenant(), people(2));
    let arrivals = [send(&who[0], NOTICE, 1, at(1)), send(&who[1], NOTICE, 2, at(1))];
    let named = Named::default();
    let batch = BatchId([1; 16]);
    let write = InteractionWrite { tenant: &tenant, arrivals: &arrivals, named: &named, batch, now: at(5) };
    let judge = |_: &Ground, asked: &[Asked]| {
        let one = |asked: &Asked| (asked.arrival == 0).then(|| weighed(&arrivals[asked.arrival], at(5)));
        asked.iter().map(one).collect()
    };
    home.store.record_interactions(&write, judge, &mut Tells::default()).await.unwrap();
    let mut look = Look::at(home.database.url()).await.unwrap();
    assert_eq!(look.column("SELECT profile FROM profile").await.unwrap(), [who[0].id.as_str()]);
}

#[apply(every_engine)]
async fn only_what_tells_something_takes_a_lock_and_more_statements(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let counted = Counted::on(home.database.url()).await;
    let mut taken = Vec::new();
    let mut number = 0;
    for (turn, size) in [(1_u8, 1), (2, 1_000)] {
        let who = people(size);
        let others: Vec<ProfileKey> = (0..size).map(|number| person(&format!("other {number}"))).collect();
        let mut sends_to = |who: &[ProfileKey], message: &str, at: Instant| -> Vec<Arrival> {
            let mut one = |key| {
                number += 1;
                send(key, message, number, at)
            };
            who.iter().map(&mut one).collect()
        };
        let untold = sends_to(&others, "mail", at(i64::from(turn) * 10).plus(Span::from_micros(1)));
        let mut sends = |message: &str, at: Instant| sends_to(&who, message, at);
        let now = at(i64::from(turn) * 10);
        let recorded = async |arrivals: Vec<Arrival>, batch| {
            let (new, made) = record(&counted.store, &arrivals, batch, now).await;
            assert!(new.into_iter().all(|new| new));
            made.len()
        };
        let batch = u64::from(turn) * 10;
        // The first send of each fixes it.
        recorded([sends("mail", at(1)), sends(NOTICE, at(1))].concat(), batch).await;
        let (plain, telling) = (sends("mail", now), sends(NOTICE, now));
        let later = |micros| now.plus(Span::from_micros(micros));
        let mixed = [untold, sends(NOTICE, later(1))];
        let (once, again) = (request(turn, turn), request(turn + 10, turn));
        let planned = [sends("mail", later(2)), sends(NOTICE, later(2))];
        taken.push([
            counted.during(async { assert_eq!(recorded(plain, batch + 1).await, 0) }).await,
            counted.during(async { assert_eq!(recorded(telling, batch + 2).await, size) }).await,
            counted.during(async { assert_eq!(recorded(mixed.concat(), batch + 3).await, size) }).await,
            counted.during(async { plan(&counted.store, "mail", &planned[0], Some(once), now).await }).await,
            counted
                .during(async {
                    let (_, made) = plan(&counted.store, NOTICE, &planned[1], Some(again), now).await;
                    assert_eq!(made.len(), size);
                })
                .await,
            // Without sends to record, and the same request again: nothing to lock anybody for.
            counted.during(async { plan(&counted.store, NOTICE, &planned[1], None, now).await }).await,
            counted
                .during(async {
                    let (_, made) = plan(&counted.store, NOTICE, &planned[1], Some(again), now).await;
                    assert_eq!(made.len(), 0);
                })
                .await,
        ]);
    }
    assert_eq!(taken[0], taken[1]);
    let [plain, telling, mixed, planned, told, asked, replayed] = taken[0];
    assert_eq!(plain, 5, "two to load, rows, modes, the batch with its turn");
    assert_eq!(telling, plain + 2, "lock and load in place of load, and save");
    assert_eq!(mixed, plain + 3, "lock, load and save");
    assert_eq!(told, planned + 2);
    assert_eq!((asked, replayed), (2, 3), "nothing more than to load");
}

const WRITERS: usize = 6;
const TURNS: usize = 25;

/// People in an order of its own for each writer and turn.
fn crowd(writer: usize, turn: usize) -> Vec<ProfileKey> {
    let mut who: Vec<ProfileKey> =
        (0..4).map(|n| person(&format!("p{}", (writer + turn + n * 3) % 7))).collect();
    if writer % 2 == 1 {
        who.reverse();
    }
    who.dedup();
    who
}

/// Writers of consents, recordings of sends that tell and that do not, plans, and the same send from several, for the same
/// people at the same time: what was told is on record once, numbered, and in each person's order.
async fn race(url: String, writer: usize, ticks: Arc<Ticks>) -> Vec<Made> {
    let store = open(&url).await;
    let mut committed = Vec::new();
    for turn in 0..TURNS {
        let (who, now) = (crowd(writer, turn), ticks.now());
        // Every second recording has sends that another writer has too.
        let number = |place: usize| {
            let of = if turn % 2 == 0 { turn } else { 1000 + writer * TURNS + turn };
            u64::try_from(of * 10 + place).unwrap()
        };
        let sends = |message: &str| -> Vec<Arrival> {
            let one = |(place, key): (usize, &ProfileKey)| {
                let occurred_at = if turn % 2 == 0 { at(i64::try_from(turn).unwrap()) } else { now };
                send(key, message, number(place), occurred_at)
            };
            who.iter().enumerate().map(one).collect()
        };
        let batch = u64::try_from(writer * TURNS + turn + 1).unwrap();
        committed.extend(match writer % 3 {
            0 => withdraw(&store, &write(&tenant(), &who, now)).await.unwrap().made(),
            1 => {
                let message = if turn % 5 == 0 { "mail" } else { NOTICE };
                record(&store, &sends(message), batch, now).await.1
            }
            _ => {
                let mut id = request(1, 1);
                id.id.0[..8].copy_from_slice(&batch.to_be_bytes());
                plan(&store, NOTICE, &sends(NOTICE), Some(id), now).await.1
            }
        });
    }
    store.close().await;
    committed
}

#[apply(every_engine)]
async fn writers_of_both_sorts_lose_nothing_and_never_wait_in_a_circle(engine: Engine) {
    let home = home(engine).await;
    home.store.make_months_ahead(at(0)).await.unwrap();
    let ticks = Arc::new(Ticks::default());
    let writing = Arc::new(AtomicUsize::new(WRITERS));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (url, ticks, writing) =
                (home.database.url().to_owned(), Arc::clone(&ticks), Arc::clone(&writing));
            on_thread(async move || {
                let made = race(url, writer, ticks).await;
                writing.fetch_sub(1, Ordering::SeqCst);
                made
            })
        })
        .collect();
    let made: Vec<Made> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    let sequencer = Sequencer::new(home.store.clone(), Sequencer::sql(), [7; 16]);
    while !home.store.pending().await.unwrap().is_empty() {
        sequencer.step(&tenant(), at(0)).await.unwrap();
    }
    assert_eq!(check(&home.store, &made).await, Ok(()));

    // One record for each send that told something, of the same person at the same instant.
    let mut look = Look::at(home.database.url()).await.unwrap();
    let sent =
        format!("SELECT profile || ' ' || CAST(occurred_at AS TEXT) FROM send WHERE message = '{NOTICE}'");
    let sent: BTreeSet<String> = look.column(&sent).await.unwrap().into_iter().collect();
    let everybody: Vec<ProfileKey> = (0..7).map(|n| person(&format!("p{n}"))).collect();
    let profiles = home.store.load_profiles(&tenant(), &everybody).await.unwrap();
    let mut told = BTreeSet::new();
    let mut notices = 0;
    for (key, profile) in profiles {
        for record in profile.records() {
            if let Body::Notice(given) = &record.body {
                notices += 1;
                told.insert(format!("{} {}", key.id.as_str(), given.notified_at.unwrap().micros()));
            }
        }
    }
    assert_eq!((told.len(), &told), (notices, &sent));
    assert!(notices > WRITERS * TURNS, "{notices} were told");
    if engine == Engine::Postgres {
        let deadlocks =
            "SELECT CAST(deadlocks AS TEXT) FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(look.column(deadlocks).await.unwrap(), ["0"]);
    }
}
