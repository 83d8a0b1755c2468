//! A withdrawal races whoever records, evaluates and reads: what began after it was acknowledged is bound by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::{
    self, Answer, Disposition, InteractionKind, record_interactions_result::Result as Told,
};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::client::Client;
use assent_tests::deed::{record, visit};
use assent_tests::engine::{Database, fresh};
use assent_tests::timeline::{Call, Event, Timeline, What};
use assent_tests::{apply, every_engine, marks, story, wait};
use tokio::task::JoinSet;

use super::chance::Chance;
use super::kill_service::Replicas;
use super::{channel, length};

const PEOPLE: [&str; 3] = ["anna", "bruno", "chloe"];

/// One caller of the race: where it calls, and what it noticed.
struct Caller {
    client: Client,
    clock: SystemClock,
    race: Arc<Race>,
    noticed: Vec<Event>,
}

/// How far the race is.
#[derive(Default)]
struct Race {
    /// How many people are not done yet.
    wavering: AtomicUsize,
    /// How many answers were noticed so far.
    noticed: AtomicUsize,
}

impl Caller {
    fn goes_on(&self) -> bool {
        self.race.wavering.load(Ordering::SeqCst) > 0
    }

    /// Lets so many more answers be noticed, by whomever.
    async fn let_others(&self, more: u64) {
        let wanted = self.race.noticed.load(Ordering::SeqCst) + usize::try_from(more).expect("a few");
        while self.race.noticed.load(Ordering::SeqCst) < wanted {
            self.clock.sleep(Duration::from_millis(1)).await;
        }
    }

    fn now(&self) -> i64 {
        self.clock.now().micros()
    }

    /// Notices what a call that began then, and is answered now, told of one person.
    fn notice(&mut self, who: &str, began: i64, told: Vec<What>) {
        let call = Call { began, answered: Some(self.now()) };
        let told = if told.is_empty() { vec![What::Nothing] } else { told };
        let event = |what| Event { who: marks::id(who), call, what };
        self.noticed.extend(told.into_iter().map(event));
        self.race.noticed.fetch_add(1, Ordering::SeqCst);
    }

    /// A person who changes their mind so many times.
    async fn waver(
        mut self,
        who: &'static str,
        notice: Vec<u8>,
        times: usize,
        mut chance: Chance,
    ) -> Vec<Event> {
        for _ in 0..times {
            for (answer, what) in [(Answer::Grant, What::Granted), (Answer::Withdraw, What::Withdrawn)] {
                let began = self.now();
                let evidence = (answer == Answer::Grant).then(|| story::evidence(&notice, "ours"));
                let said = story::batch(vec![story::item(who, answer, began, evidence)]);
                let told = self.client.consents().upsert_consents(said).await.expect("an answer is stored");
                let result = told.into_inner().results.remove(0).result;
                assert!(matches!(result, Some(v1::upsert_consents_result::Result::Outcome(_))), "{result:?}");
                self.notice(who, began, vec![what]);
                self.let_others(chance.below(40)).await;
            }
        }
        self.race.wavering.fetch_sub(1, Ordering::SeqCst);
        self.noticed
    }

    async fn record(mut self, who: &'static str) -> Vec<Event> {
        while self.goes_on() {
            let began = self.now();
            let seen = v1::Interaction { device: Some(marks::id("telephone")), ..visit(who, began, "shop") };
            let told = record(&self.client, vec![seen]).await;
            let [Told::Outcome(outcome)] = told.as_slice() else { panic!("{told:?}") };
            let told = match outcome.disposition() {
                Disposition::Discarded => Vec::new(),
                Disposition::Recorded | Disposition::Duplicate => vec![What::Recorded(began)],
                other => panic!("{other:?}"),
            };
            self.notice(who, began, told);
        }
        self.noticed
    }

    async fn evaluate(mut self, from: i64) -> Vec<Event> {
        while self.goes_on() {
            let began = self.now();
            let block = |who: &&str| v1::WaitBlock {
                exit_policy: v1::ExitPolicy::Immediate.into(),
                ..wait::block(
                    who,
                    wait::website("shop"),
                    &[InteractionKind::WebsiteVisit],
                    from,
                    from + 3_600_000_000,
                )
            };
            let told = wait::outcomes(&self.client, PEOPLE.iter().map(block).collect()).await;
            for (who, told) in PEOPLE.iter().zip(told) {
                let matched = told.matched.iter().map(|row| What::Matched(occurred_at(row)));
                self.notice(who, began, matched.collect());
            }
        }
        self.noticed
    }

    async fn look(mut self, who: &'static str) -> Vec<Event> {
        while self.goes_on() {
            let began = self.now();
            let request = v1::GetProfileActivityRequest {
                profile_table: story::people(),
                profile: story::person(who),
                page_size: 500,
                page_token: None,
            };
            let told = self.client.interactions().get_profile_activity(request).await;
            let told = told.expect("an activity is told").into_inner();
            let device = told.last_device.map(|device| What::Shown(micros(device.occurred_at.as_ref())));
            let shown = told.interactions.iter().map(|row| What::Shown(occurred_at(row)));
            let shown = shown.chain(device).collect();
            self.notice(who, began, shown);
        }
        self.noticed
    }

    /// Reads the feed from its start, over and over.
    async fn read(mut self) -> Vec<Event> {
        let mut next = None;
        while self.goes_on() {
            let began = self.now();
            let start = Position::Edge(v1::CursorEdge::Earliest.into());
            let position = Some(next.take().unwrap_or(start));
            let request = v1::ReadInteractionsRequest {
                position,
                page_size: 1_000,
                ..v1::ReadInteractionsRequest::default()
            };
            let page = self.client.interactions().read_interactions(request).await;
            let page = page.expect("a page").into_inner();
            for who in PEOPLE {
                let theirs = |row: &&v1::RecordedInteraction| {
                    row.interaction.as_ref().is_some_and(|row| row.profile == story::person(who))
                };
                let shown = page.interactions.iter().filter(theirs);
                let shown = shown.map(|row| What::Shown(occurred_at(row))).collect();
                self.notice(who, began, shown);
            }
            next = (!page.caught_up).then_some(Position::Cursor(page.next_cursor));
        }
        self.noticed
    }
}

fn micros(at: Option<&prost_types::Timestamp>) -> i64 {
    let at = at.expect("an instant");
    at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000
}

fn occurred_at(row: &v1::RecordedInteraction) -> i64 {
    micros(row.interaction.as_ref().and_then(|interaction| interaction.occurred_at.as_ref()))
}

/// Lets all of them call at once until everybody changed their mind so many times; gives what they noticed.
async fn race(database: &Database, times: usize, seed: u64) -> Vec<Event> {
    let replicas = Replicas::start(database);
    let addresses = replicas.addresses();
    let client = |address: &String| Client::new(channel(address), database.engine(), None, None).once();
    // Answers go to one replica, everything else to the other.
    let (one, other) = (client(&addresses[0]), client(&addresses[addresses.len() - 1]));
    let notice = story::settle_in(&one, "ours").await;
    let race = Arc::new(Race { wavering: AtomicUsize::new(PEOPLE.len()), ..Race::default() });
    let caller = |client: &Client| Caller {
        client: client.clone(),
        clock: SystemClock::new(),
        race: Arc::clone(&race),
        noticed: Vec::new(),
    };
    let began = SystemClock::new().now().micros();
    let mut callers = JoinSet::new();
    for (who, place) in PEOPLE.into_iter().zip(1..) {
        let chance = Chance::seeded(seed.wrapping_add(place));
        callers.spawn(caller(&one).waver(who, notice.clone(), times, chance));
        callers.spawn(caller(&other).record(who));
        callers.spawn(caller(&other).look(who));
    }
    callers.spawn(caller(&other).evaluate(began));
    callers.spawn(caller(&other).read());
    callers.join_all().await.into_iter().flatten().collect()
}

#[apply(every_engine)]
#[expect(clippy::print_stdout, reason = "a soak says how much it went through")]
async fn nothing_is_recorded_shown_or_matched_once_a_withdrawal_was_acknowledged(engine: Engine) {
    let (rounds, seed) = length();
    let database = fresh(engine).await;
    let noticed = race(&database, 2 * rounds, seed).await;
    let withdrawn = noticed.iter().filter(|event| event.what == What::Withdrawn).count();
    let recorded = noticed.iter().filter(|event| matches!(event.what, What::Recorded(_))).count();
    let matched = noticed.iter().filter(|event| matches!(event.what, What::Matched(_))).count();
    let timeline = Timeline::of(noticed);
    let breaches: Vec<String> = timeline.breaches().iter().map(ToString::to_string).collect();
    assert!(breaches.is_empty(), "{} breaches, such as {:?}", breaches.len(), &breaches[..1]);
    let bound = timeline.bound();
    println!("{withdrawn} withdrawals, {bound} calls bound, {recorded} recorded, {matched} matched");
    assert!(bound >= 50 && recorded >= 10 && matched > 0, "too little happened to prove anything");
    assert!(marks::heard().is_empty(), "{:?}", marks::heard());
}
