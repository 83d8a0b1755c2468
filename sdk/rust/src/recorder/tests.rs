//! The recorder against a service from the script.

mod account;
mod aside;
mod batches;
mod breaks;
mod end;
mod for_good;
mod property;
mod room;
mod weight;

use std::time::Duration;

use tonic::Code;
use tonic_types::ErrorDetails;

use super::{InteractionRecorder, NotRecorded, RecorderOptions, RecorderReport, Ticket};
use crate::scripted::{Scripted, failure};
use crate::{Client, Instant, Interaction, Retry};

/// Longer than any test lasts.
const NEVER: Duration = Duration::from_secs(3600);

const AT: Instant = Instant::from_micros(1_795_253_400_000_000);

fn open(profile: impl Into<String>) -> Interaction {
    Interaction::email_open(profile, AT, "m")
}

fn options() -> RecorderOptions {
    RecorderOptions::default().linger(NEVER)
}

/// A recorder whose client leaves the service alone for that long after a failure.
fn resting(service: &Scripted, rest: Duration, options: RecorderOptions) -> InteractionRecorder {
    let retry = Retry::default().base(rest).max_wait(rest);
    let client = Client::connect_lazily(service.options().retry(retry)).unwrap();
    client.interactions().recorder(options)
}

/// A recorder that a failure would hold up for longer than the test lasts.
fn unfailing(service: &Scripted, options: RecorderOptions) -> InteractionRecorder {
    resting(service, NEVER, options)
}

/// A recorder that tries again at once.
fn eager(service: &Scripted, options: RecorderOptions) -> InteractionRecorder {
    resting(service, Duration::from_millis(1), options)
}

async fn take(recorder: &InteractionRecorder, profiles: &[&str]) -> Vec<Ticket> {
    let mut tickets = Vec::new();
    for profile in profiles {
        tickets.push(recorder.record("t", open(*profile)).await.unwrap());
    }
    tickets
}

fn take_now(recorder: &InteractionRecorder, profiles: &[&str]) -> Vec<Ticket> {
    profiles.iter().map(|profile| recorder.try_record("t", open(*profile)).unwrap()).collect()
}

/// Waits until something is so.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        crate::ambient::wait(Duration::from_millis(1)).await;
    }
}

/// Waits until so many batches came.
async fn came(service: &Scripted, batches: usize) -> Vec<Vec<String>> {
    until(|| service.came().len() >= batches).await;
    service.came()
}

fn whole(report: &RecorderReport) {
    assert_eq!(report.taken, report.accounted(), "{report:?}");
}

/// What a ticket tells, in a word.
async fn word(ticket: Ticket) -> String {
    match ticket.await {
        Ok(judged) => {
            format!("{}{}", judged.outcome.disposition, if judged.resent { " RESENT" } else { "" })
        }
        Err(NotRecorded::Refused { .. }) => "refused".to_owned(),
        Err(NotRecorded::Failed { .. }) => "failed".to_owned(),
        Err(NotRecorded::InShutdownReport { .. }) => "handed back".to_owned(),
        Err(NotRecorded::Abandoned) => "abandoned".to_owned(),
    }
}

async fn words(tickets: Vec<Ticket>) -> Vec<String> {
    let mut words = Vec::new();
    for ticket in tickets {
        words.push(word(ticket).await);
    }
    words
}

fn unavailable() -> tonic::Status {
    failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new())
}
