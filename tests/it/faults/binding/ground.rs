//! What the callers of a run share: three tenants with the same people, where the replicas listen now, and the one clock.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use assent_proto::v1::{self, Channel as Medium, MessageClass, SendingBasis};
use assent_service::clock::{Clock as _, SystemClock};
use assent_tests::app::FOREIGN;
use assent_tests::client::Client;
use assent_tests::engine::Engine;
use assent_tests::{link, marks, story};
use tonic::transport::Channel;

use crate::faults::channel;
use crate::serve::keys::keys;

/// Whom every tenant knows.
pub(super) const PEOPLE: [&str; 4] = ["anna", "bruno", "chloe", "dario"];

/// An email and an SMS message that people asked for: an open of the first may be exempt.
pub(super) const LETTER: &str = "letter";
pub(super) const TEXT: &str = "text";

/// Every role that a caller needs.
const ROLES: &str = "record,plan,consent,read,settings";

/// The words of the tenants, what stands in the texts of each, and their policies: two erase what was recorded before
/// a withdrawal, and one of them exempts the day of the last open from consent; the third permits what nobody spoke of, and
/// keeps what was recorded.
const TENANTS: [(&str, &str, &str); 3] =
    [("ours", "ours", "strict"), ("theirs", FOREIGN, "fr-cnil-2026"), (KEEPING, KEEPING, "legacy")];

/// The word of the tenant that keeps what was recorded before a withdrawal.
pub(super) const KEEPING: &str = "keeping";

/// How far the machine's clock may go from the run's before nothing can be said of dates any more.
const MOST_SLACK: i64 = 200_000;

/// A tenant and what its callers need.
pub(super) struct Tenant {
    pub(super) word: &'static str,
    key: String,
    /// What only another tenant's texts hold.
    foreign: Option<&'static str>,
    /// The text that people were shown.
    pub(super) notice: Vec<u8>,
    /// For each person a token to withdraw by, and one of the preference centre.
    pub(super) tokens: Vec<(&'static str, String, String)>,
}

/// All that callers share.
pub(super) struct Ground {
    engine: Engine,
    clock: SystemClock,
    /// What the machine's clock said when the run's began.
    epoch: i64,
    tenants: Vec<Tenant>,
    replicas: Mutex<Vec<Channel>>,
    /// How many calls were answered so far.
    answered: AtomicUsize,
    ended: AtomicBool,
}

impl Ground {
    /// Gives every tenant its settings, and tokens of everybody.
    pub(super) async fn settle(engine: Engine, url: &str, addresses: &[String]) -> Self {
        let clock = SystemClock::new();
        let epoch = clock.now().micros();
        let mut tenants = Vec::new();
        for (word, words, policy) in TENANTS {
            let id = marks::id(word);
            let made = ["make", "--tenant", id.as_str(), "--roles", ROLES];
            let key = keys(url, &made).expect("a key");
            marks::keep_secret(key.rsplit('_').next().expect("a key ends with its secret"));
            let foreign = (words != FOREIGN).then_some(FOREIGN);
            let client = Client::new(channel(&addresses[0]), engine, Some(&key), foreign).once();
            let notice = settle(&client, words, policy).await;
            let mut tokens = Vec::new();
            for who in PEOPLE {
                let leaving = link::withdrawing(who, story::everything());
                let made = link::tokens(&client, vec![leaving, link::choosing(who)]).await;
                let [leaving, choosing] = <[String; 2]>::try_from(made).expect("two tokens");
                tokens.push((who, leaving, choosing));
            }
            tenants.push(Tenant { word, key, foreign, notice, tokens });
        }
        let replicas = Mutex::default();
        let (answered, ended) = (AtomicUsize::new(0), AtomicBool::new(false));
        let ground = Self { engine, clock, epoch, tenants, replicas, answered, ended };
        ground.listen(addresses);
        ground
    }

    pub(super) const fn tenants(&self) -> usize {
        self.tenants.len()
    }

    pub(super) fn tenant(&self, number: usize) -> &Tenant {
        &self.tenants[number]
    }

    /// Says where the replicas listen from now on.
    pub(super) fn listen(&self, addresses: &[String]) {
        *self.replicas.lock().expect("no panic while held") =
            addresses.iter().map(|at| channel(at)).collect();
    }

    /// How many replicas there are.
    pub(super) fn replicas(&self) -> u64 {
        self.replicas.lock().expect("no panic while held").len() as u64
    }

    /// A replica, and a client of it.
    pub(super) fn client(&self, tenant: usize, chance: u64) -> (usize, Client) {
        let replicas = self.replicas.lock().expect("no panic while held");
        let replica = usize::try_from(chance).expect("a small number") % replicas.len();
        let Tenant { key, foreign, .. } = &self.tenants[tenant];
        let client = Client::new(replicas[replica].clone(), self.engine, Some(key), *foreign);
        (replica, client.once())
    }

    /// Microseconds by a clock that never goes back, and began where the machine's stood.
    pub(super) fn now(&self) -> i64 {
        self.epoch + i64::try_from(self.clock.monotonic().as_micros()).expect("a short run")
    }

    /// How far the machine's clock may be from it, at most: what it has gone by now, twice, and a little.
    pub(super) fn slack(&self) -> i64 {
        let gone = (self.clock.now().micros() - self.now()).abs();
        let slack = 2 * gone + 1_000;
        assert!(slack < MOST_SLACK, "somebody set the machine's clock: the run says nothing");
        slack
    }

    pub(super) async fn pause(&self, millis: u64) {
        self.clock.sleep(Duration::from_millis(millis)).await;
    }

    pub(super) fn heard(&self) {
        self.answered.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until so many more calls were answered.
    pub(super) async fn wait_for(&self, more: u64) {
        let wanted = self.answered.load(Ordering::SeqCst) + usize::try_from(more).expect("a small number");
        for _ in 0..12_000 {
            if self.answered.load(Ordering::SeqCst) >= wanted {
                return;
            }
            self.pause(10).await;
        }
        panic!("the service does not serve its callers any more");
    }

    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
    }

    pub(super) fn goes_on(&self) -> bool {
        !self.ended.load(Ordering::SeqCst)
    }
}

/// The word of the tenant of that id.
pub(super) fn word_of(id: &str) -> String {
    let word = TENANTS.into_iter().map(|(word, ..)| word).find(|word| marks::id(word) == id);
    word.expect("one of the tenants").to_owned()
}

/// A tenant's table, text and messages; gives the text's id.
async fn settle(client: &Client, words: &str, policy: &str) -> Vec<u8> {
    let mut table = story::profile_table(story::people(), words);
    table.policy_id = Some(policy.to_owned());
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    client.settings().put_profile_table(put).await.expect("a table is stored");
    for (id, medium) in [(LETTER, Medium::Email), (TEXT, Medium::Sms)] {
        let message = v1::Message {
            id: marks::id(id),
            channel: medium.into(),
            class: MessageClass::Marketing.into(),
            basis: SendingBasis::RequestedService.into(),
            ceiling: v1::Ceiling::Default.into(),
            ..v1::Message::default()
        };
        let put = v1::PutMessageRequest { message: Some(message) };
        client.settings().put_message(put).await.expect("a message is stored");
    }
    let put = v1::PutNoticeRequest { text: story::notice_text(words) };
    let stored = client.consents().put_notice(put).await.expect("a text is stored").into_inner();
    stored.notice.expect("the text").id
}
