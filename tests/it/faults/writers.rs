//! Writers that go on whatever happens, and remember what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use assent_domain::time::Instant;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::{
    Answer, RecordInteractionsRequest, RecordInteractionsResponse, UpsertConsentsItem, UpsertConsentsRequest,
    UpsertConsentsResponse,
};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::story;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::chance::Chance;
use super::{channel, consents, no};

/// How many write at once.
const WRITERS: usize = 6;

/// How many people all of them write about, so that they stand in each other's way.
pub(super) const SHARED: u64 = 3;

/// A mutation that writers send.
pub(super) trait Call: Clone + Send + Sync + 'static {
    /// What is answered.
    type Answer: Send;

    /// Sends it once.
    fn send(
        request: Request<Self>,
        channel: &Channel,
    ) -> impl Future<Output = Result<Response<Self::Answer>, Status>> + Send;
}

impl Call for UpsertConsentsRequest {
    type Answer = UpsertConsentsResponse;

    async fn send(request: Request<Self>, channel: &Channel) -> Result<Response<Self::Answer>, Status> {
        consents(channel).upsert_consents(request).await
    }
}

impl Call for RecordInteractionsRequest {
    type Answer = RecordInteractionsResponse;

    async fn send(request: Request<Self>, channel: &Channel) -> Result<Response<Self::Answer>, Status> {
        InteractionServiceClient::new(channel.clone()).record_interactions(request).await
    }
}

/// One request, and what its writer was told.
pub(super) struct Sent<C: Call = UpsertConsentsRequest> {
    pub(super) request: C,
    pub(super) told: Result<C::Answer, Status>,
}

impl<C: Call> Sent<C> {
    pub(super) const fn acknowledged(&self) -> bool {
        self.told.is_ok()
    }
}

/// Writers under way.
pub(super) struct Writers<C: Call> {
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Sent<C>>>>,
}

impl<C: Call> Writers<C> {
    /// Starts writers who share out `addresses`; `round` stands in the ids of their people. `compose` makes the
    /// request of that number of an author.
    pub(super) fn start(
        addresses: &[String],
        round: usize,
        seed: u64,
        compose: fn(&mut Author, usize) -> C,
    ) -> Self {
        let (acknowledged, enough) = (Arc::default(), Arc::default());
        let now = SystemClock::new().now();
        let tasks = (0..WRITERS).map(|number| {
            let author = Author {
                name: format!("r{round}w{number}"),
                number,
                round,
                began: now,
                chance: Chance::seeded(seed ^ ((round * WRITERS + number) as u64) << 20),
            };
            let writer = Writer {
                author,
                compose,
                channel: channel(&addresses[number % addresses.len()]),
                acknowledged: Arc::clone(&acknowledged),
                enough: Arc::clone(&enough),
            };
            tokio::spawn(writer.write())
        });
        let tasks = tasks.collect();
        Self { acknowledged, enough, tasks }
    }

    /// Waits until that many more requests were acknowledged.
    pub(super) fn wait_for(&self, more: usize) {
        let wanted = self.acknowledged.load(Ordering::SeqCst) + more;
        for _ in 0..6_000 {
            if self.acknowledged.load(Ordering::SeqCst) >= wanted {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the service does not serve its writers any more");
    }

    /// Tells them to end and gives all that they sent.
    pub(super) async fn stop(self) -> Vec<Sent<C>> {
        self.enough.store(true, Ordering::SeqCst);
        let mut sent = Vec::new();
        for task in self.tasks {
            sent.extend(task.await.expect("a writer does not panic"));
        }
        sent
    }
}

/// Whoever makes up a writer's requests.
pub(super) struct Author {
    /// Its own among all writers of all rounds.
    pub(super) name: String,
    /// Its own in its round.
    pub(super) number: usize,
    pub(super) round: usize,
    /// When the writers of its round were started: the same for all of them.
    pub(super) began: Instant,
    pub(super) chance: Chance,
}

struct Writer<C: Call> {
    author: Author,
    compose: fn(&mut Author, usize) -> C,
    channel: Channel,
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

impl<C: Call> Writer<C> {
    async fn write(mut self) -> Vec<Sent<C>> {
        let clock = SystemClock::new();
        let mut sent = Vec::new();
        while !self.enough.load(Ordering::SeqCst) {
            let request = (self.compose)(&mut self.author, sent.len());
            let mut call = Request::new(request.clone());
            call.set_timeout(Duration::from_secs(20));
            let told = C::send(call, &self.channel).await.map(Response::into_inner);
            let pause = if told.is_ok() {
                self.acknowledged.fetch_add(1, Ordering::SeqCst);
                self.author.chance.below(8)
            } else {
                30
            };
            sent.push(Sent { request, told });
            clock.sleep(Duration::from_millis(pause)).await;
        }
        sent
    }
}

/// Answers of a few people of the author's own, and of one whom the others write about too.
pub(super) fn answers(author: &mut Author, number: usize) -> UpsertConsentsRequest {
    let Author { name, chance, .. } = author;
    let mut answer = || if chance.below(2) == 0 { Answer::Refuse } else { Answer::Object };
    let mut items: Vec<_> = (0..=number % 3)
        .map(|which| {
            let own = format!("{name}n{number}k{which}");
            no(&own, answer(), &own)
        })
        .collect();
    let shared = no("", answer(), &format!("{name}n{number}shared"));
    let place = usize::try_from(chance.below(items.len() as u64 + 1)).expect("a small number");
    let profile = story::person(&format!("shared{}", chance.below(SHARED)));
    items.insert(place, UpsertConsentsItem { profile, ..shared });
    story::batch(items)
}

/// Sends a request again until it is answered, as a caller does that never learnt what became of it.
pub(super) async fn send_again<C: Call>(channel: &Channel, request: &C) -> C::Answer {
    for _ in 0..100 {
        match C::send(Request::new(request.clone()), channel).await {
            Ok(answer) => return answer.into_inner(),
            Err(status) => assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("a request is never answered");
}
