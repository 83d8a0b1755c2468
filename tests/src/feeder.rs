//! Interactions that a process of its own records one by one, which can be killed: what a customer's program does with the SDK's
//! recorder.

use std::io::Write;
use std::time::Duration;

use assent_sdk::recorder::{RecorderOptions, Ticket};
use assent_sdk::{Client, Disposition, Instant, Interaction, InteractionId, Options, Retry};
use tokio::sync::mpsc;

use crate::marks;

/// When the first of them occurred: 1 August 2026, 00:00 UTC, in microseconds since 1970.
const OCCURRED: i64 = 1_785_542_400_000_000;

/// What is recorded, and where.
#[derive(Clone, Debug)]
pub struct Feeder {
    /// Where the service listens.
    pub address: String,
    /// The profile table.
    pub table: String,
    /// How many interactions there are.
    pub interactions: u64,
    /// How many of them make a batch.
    pub batch: usize,
}

impl Feeder {
    /// The one that those words describe, in the order of the fields.
    #[must_use]
    pub fn of_words(words: &[String]) -> Option<Self> {
        let [address, table, interactions, batch] = words else { return None };
        Some(Self {
            address: address.clone(),
            table: table.clone(),
            interactions: interactions.parse().ok()?,
            batch: batch.parse().ok()?,
        })
    }

    /// The words that describe it.
    #[must_use]
    pub fn words(&self) -> [String; 4] {
        [self.address.clone(), self.table.clone(), self.interactions.to_string(), self.batch.to_string()]
    }

    /// The interaction of that number: the same for the same number, always.
    #[must_use]
    pub fn interaction(number: u64) -> Interaction {
        let at = Instant::from_micros(OCCURRED + i64::try_from(number).unwrap_or(0) * 1_000);
        let id = InteractionId::of_event(at, "feeder", &[&number.to_string()]);
        Interaction::email_open(marks::id(&format!("p{}", number % 97)), at, marks::id("spring")).id(id)
    }

    /// Records all of them, and tells each that is on record as a line of standard output; the last line has the counts.
    ///
    /// # Panics
    /// When something becomes of one that was not to be.
    pub async fn record(&self) {
        let patient = Retry::default().base(Duration::from_millis(50)).max_wait(Duration::from_millis(200));
        let options = Options::new(format!("http://{}", self.address)).retry(patient);
        let client = Client::connect_lazily(options).expect("options that fit");
        let options = RecorderOptions::default().max_items(self.batch * 10).batch_items(self.batch);
        let recorder = client.interactions().recorder(options);
        // As many as there is room for: who tells late holds nobody up for long.
        let (tickets, to_tell) = mpsc::channel(self.batch * 20);
        let teller = tokio::spawn(tell(to_tell));
        for number in 1..=self.interactions {
            let ticket = recorder.record(&self.table, Self::interaction(number)).await.expect("it is taken");
            tickets.send((number, ticket)).await.expect("somebody tells it");
        }
        drop(tickets);
        teller.await.expect("everything is on record");
        let end = recorder.shutdown(Duration::from_secs(60)).await;
        assert!(end.is_complete() && end.report.taken == end.report.accounted(), "{end:?}");
        let counts = [end.report.taken, end.report.recorded, end.report.duplicate];
        say(&format!("ended {}", counts.map(|count| count.to_string()).join(",")));
    }
}

async fn tell(mut tickets: mpsc::Receiver<(u64, Ticket)>) {
    while let Some((number, ticket)) = tickets.recv().await {
        let judged = ticket.await.expect("it is judged");
        let there = [Disposition::Recorded, Disposition::Duplicate].contains(&judged.outcome.disposition);
        assert!(there, "{judged:?}");
        say(&format!("there {number}"));
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let told = writeln!(out, "{line}").and_then(|()| out.flush());
    told.expect("standard output is read");
}
