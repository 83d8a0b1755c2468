//! Writers that go on whatever happens, and remember what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use assent_proto::v1::{Answer, UpsertConsentsRequest, UpsertConsentsResponse};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::story;
use tokio::task::JoinHandle;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::chance::Chance;
use super::{channel, consents, no};

/// How many write at once.
const WRITERS: usize = 6;

/// How many people all of them write about, so that they stand in each other's way.
const SHARED: u64 = 3;

/// One request, and what its writer was told.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) request: UpsertConsentsRequest,
    pub(super) told: Result<UpsertConsentsResponse, Status>,
}

impl Sent {
    pub(super) const fn acknowledged(&self) -> bool {
        self.told.is_ok()
    }
}

/// Writers under way.
pub(super) struct Writers {
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Vec<Sent>>>,
}

impl Writers {
    /// Starts writers who share out `addresses`; `round` stands in the ids of their people.
    pub(super) fn start(addresses: &[String], round: usize, seed: u64) -> Self {
        let (acknowledged, enough) = (Arc::default(), Arc::default());
        let tasks = (0..WRITERS).map(|number| {
            let writer = Writer {
                name: format!("r{round}w{number}"),
                channel: channel(&addresses[number % addresses.len()]),
                chance: Chance::seeded(seed ^ ((round * WRITERS + number) as u64) << 20),
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
    pub(super) async fn stop(self) -> Vec<Sent> {
        self.enough.store(true, Ordering::SeqCst);
        let mut sent = Vec::new();
        for task in self.tasks {
            sent.extend(task.await.expect("a writer does not panic"));
        }
        sent
    }
}

struct Writer {
    name: String,
    channel: Channel,
    chance: Chance,
    acknowledged: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

impl Writer {
    async fn write(mut self) -> Vec<Sent> {
        let clock = SystemClock::new();
        let mut sent = Vec::new();
        while !self.enough.load(Ordering::SeqCst) {
            let request = self.request(sent.len());
            let mut call = Request::new(request.clone());
            call.set_timeout(Duration::from_secs(20));
            let told = consents(&self.channel).upsert_consents(call).await.map(tonic::Response::into_inner);
            let pause = if told.is_ok() {
                self.acknowledged.fetch_add(1, Ordering::SeqCst);
                self.chance.below(8)
            } else {
                30
            };
            sent.push(Sent { request, told });
            clock.sleep(Duration::from_millis(pause)).await;
        }
        sent
    }

    /// A few people of its own and one whom the others write about too.
    fn request(&mut self, number: usize) -> UpsertConsentsRequest {
        let Self { name, chance, .. } = self;
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
        items.insert(place, assent_proto::v1::UpsertConsentsItem { profile, ..shared });
        story::batch(items)
    }
}

/// Sends a request again until it is answered, as a caller does that never learnt what became of it.
pub(super) async fn send_again(channel: &Channel, request: &UpsertConsentsRequest) -> UpsertConsentsResponse {
    for _ in 0..100 {
        match consents(channel).upsert_consents(request.clone()).await {
            Ok(answer) => return answer.into_inner(),
            Err(status) => assert_eq!(status.code(), tonic::Code::Unavailable, "{status:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("a request is never answered");
}
