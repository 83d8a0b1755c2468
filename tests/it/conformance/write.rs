//! Writers: answers about people of their own and about people whom all of them write about, with pauses; now and then
//! a call is cut off in the midst, by its deadline or with its connection, and now and then somebody is erased.

use std::sync::Arc;
use std::time::Duration;

use assent_proto::v1::privacy_service_client::PrivacyServiceClient;
use assent_proto::v1::upsert_consents_result::Result as Outcome;
use assent_proto::v1::{Answer, EraseProfileRequest, UpsertConsentsItem, UpsertConsentsRequest};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::{marks, story};
use tonic::transport::Channel;
use tonic::{Request, Status};
use tonic_types::StatusExt;

use super::directory::Directory;
use super::history::{Call, Erasure, Item, Told};
use crate::faults::chance::Chance;
use crate::faults::{channel, consents, no};

/// How many people all writers write about at a time.
const SHARED: u64 = 4;

/// After how many calls these are other people: whoever is written about loads all that was said of them before.
const GENERATION: usize = 400;

/// How many people each writer has for itself.
const OWN: u64 = 6;

/// What one writer sent.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) calls: Vec<Call>,
    pub(super) erasures: Vec<Erasure>,
    pub(super) oddities: Vec<String>,
    /// How long acknowledged calls took that nothing was done to.
    pub(super) took: Vec<Duration>,
}

/// One writer. `name` stands in its tokens and is nobody else's in the whole course.
pub(super) struct Writer {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) chance: Chance,
    pub(super) directory: Arc<Directory>,
    /// Whether calls are cut off and people erased, and pauses made.
    pub(super) rough: bool,
}

/// What is done to a call while it is under way.
enum Fate {
    Nothing,
    /// It has that long, by the caller's word.
    Deadline(Duration),
    /// Its connection goes after that long.
    Dropped(Duration),
}

/// The people whom all writers write about just now, by the words of their ids.
pub(super) fn shared(directory: &Directory, number: u64) -> String {
    let generation = directory.acknowledged() / GENERATION;
    format!("shared{generation}n{}", number % SHARED)
}

impl Writer {
    /// Writes until it is enough.
    pub(super) async fn write(mut self) -> Sent {
        let clock = SystemClock::new();
        let mut sent = Sent::default();
        // Whom it will have erased: written about a few times, and by nobody else.
        let mut doomed = 0;
        while !self.directory.is_enough() {
            let Some((address, replica)) = self.directory.any(&mut self.chance) else {
                clock.sleep(Duration::from_millis(10)).await;
                continue;
            };
            if self.rough && self.chance.below(60) == 0 {
                let told = self.erase(&replica, &format!("{}d{doomed}", self.name), &mut sent).await;
                doomed += 1;
                self.rest(&clock, told).await;
                continue;
            }
            let number = sent.calls.len();
            let (request, items) = self.compose(number, doomed);
            let fate = self.fate();
            let began = self.directory.tick();
            let start = clock.monotonic();
            let answer = self.send(&clock, &address, &replica, request, &fate).await;
            let took = clock.monotonic().saturating_sub(start);
            let ended = self.directory.tick();
            let told = self.hear(answer.as_ref(), &mut sent);
            if told == Told::Acknowledged && matches!(fate, Fate::Nothing) {
                sent.took.push(took);
            }
            sent.calls.push(Call { writer: self.number, number, items, began, ended, told });
            self.rest(&clock, told).await;
        }
        sent
    }

    fn compose(&mut self, number: usize, doomed: usize) -> (UpsertConsentsRequest, Vec<Item>) {
        let name = self.name.clone();
        let mut whom = vec![format!("{name}o{}", self.chance.below(OWN))];
        if self.chance.below(2) == 0 {
            let number = self.chance.below(SHARED);
            whom.push(shared(&self.directory, number));
        }
        if self.rough && self.chance.below(12) == 0 {
            whom.push(format!("{name}d{doomed}"));
        }
        let all: Vec<(UpsertConsentsItem, Item)> = whom
            .iter()
            .enumerate()
            .map(|(which, who)| {
                let answer = if self.chance.below(2) == 0 { Answer::Refuse } else { Answer::Object };
                let word = format!("{TOKEN}{name}n{number}k{which}.");
                (no(who, answer, &word), Item { who: marks::id(who), token: marks::id(&word) })
            })
            .collect();
        let (items, noted): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (story::batch(items), noted)
    }

    fn fate(&mut self) -> Fate {
        match self.chance.below(if self.rough { 100 } else { 1 }) {
            1..=4 => Fate::Deadline(Duration::from_micros(500 + self.chance.below(20_000))),
            5..=8 => Fate::Dropped(Duration::from_micros(500 + self.chance.below(20_000))),
            _ => Fate::Nothing,
        }
    }

    /// `None`: nobody waited for the answer.
    async fn send(
        &self,
        clock: &SystemClock,
        address: &str,
        replica: &Channel,
        request: UpsertConsentsRequest,
        fate: &Fate,
    ) -> Option<Result<Vec<Option<Outcome>>, Status>> {
        let mut call = Request::new(request);
        call.set_timeout(Duration::from_secs(20));
        let told = async |replica: &Channel, call| {
            let answer = consents(replica).upsert_consents(call).await?.into_inner();
            Ok(answer.results.into_iter().map(|result| result.result).collect())
        };
        match fate {
            Fate::Nothing => Some(told(replica, call).await),
            Fate::Deadline(span) => {
                call.set_timeout(*span);
                Some(told(replica, call).await)
            }
            Fate::Dropped(span) => {
                let own = channel(address);
                tokio::select! {
                    answer = told(&own, call) => Some(answer),
                    () = clock.sleep(*span) => None,
                }
            }
        }
    }

    fn hear(&self, answer: Option<&Result<Vec<Option<Outcome>>, Status>>, sent: &mut Sent) -> Told {
        match answer {
            Some(Ok(results)) => {
                self.directory.note_acknowledged();
                let refused = results.iter().find(|result| !matches!(result, Some(Outcome::Outcome(_))));
                sent.oddities.extend(refused.map(|refused| format!("an item was refused: {refused:?}")));
                Told::Acknowledged
            }
            Some(Err(status)) => {
                sent.oddities.extend(oddity(status).map(|odd| format!("a writer was told {odd}")));
                Told::Unknown
            }
            None => Told::Unknown,
        }
    }

    async fn erase(&mut self, replica: &Channel, who: &str, sent: &mut Sent) -> Told {
        let request =
            EraseProfileRequest { profile_table: story::people(), profile: story::person(who), origin: None };
        let mut call = Request::new(request);
        call.set_timeout(Duration::from_secs(20));
        let told = match PrivacyServiceClient::new(replica.clone()).erase_profile(call).await {
            Ok(_) => Told::Acknowledged,
            Err(status) => {
                sent.oddities.extend(oddity(&status).map(|odd| format!("an erasure was told {odd}")));
                Told::Unknown
            }
        };
        sent.erasures.push(Erasure { who: marks::id(who), told });
        told
    }

    /// A pause that falls at random; longer after a failure, and at times long enough to be behind everybody.
    async fn rest(&mut self, clock: &SystemClock, told: Told) {
        let millis = match (told, self.rough) {
            (Told::Acknowledged, false) => 1,
            (Told::Acknowledged, true) if self.chance.below(50) == 0 => 20 + self.chance.below(200),
            (Told::Acknowledged, true) => self.chance.below(5),
            _ => 20,
        };
        clock.sleep(Duration::from_millis(millis)).await;
    }
}

/// With what a token begins, after the mark; it ends with a full stop.
pub(super) const TOKEN: &str = "token-";

/// The reasons that a kill, a deadline or a lock explains.
pub(super) const EXPLAINED: [&str; 4] = ["UNAVAILABLE", "DEADLINE_EXCEEDED", "CONFLICT", "SHUTTING_DOWN"];

/// The reason of an error that none of them explains. What did not come from the service has none.
pub(super) fn oddity(status: &Status) -> Option<String> {
    let reason = status.get_details_error_info()?.reason;
    (!EXPLAINED.contains(&reason.as_str())).then(|| format!("{reason} ({:?})", status.code()))
}
