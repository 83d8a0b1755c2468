//! Batches that are known by their numbers, whoever sends them, so that one that was cut off can be sent again.

use std::io::Write;

use assent_proto::v1::{self, Disposition, Interaction, record_interactions_result::Result as Told};
use tonic::Status;
use tonic::transport::Endpoint;

use super::{Streamed, batch};
use crate::app::START;
use crate::deed;

/// How many interactions each has.
pub const EACH: u64 = 10;

/// How many people they are about.
const PEOPLE: u64 = 40;

/// The interactions of a batch: visits, of which no two are at the same instant.
///
/// # Panics
/// When the number is too great for a date.
#[must_use]
pub fn interactions(number: u64) -> Vec<Interaction> {
    let visit = |nth| {
        let at = START - 86_400_000_000 + i64::try_from(nth).expect("a small number");
        let interaction_id = id(nth);
        Interaction { interaction_id, ..deed::visit(&format!("p{}", nth % PEOPLE), at, "shop") }
    };
    (number * EACH..(number + 1) * EACH).map(visit).collect()
}

/// The id of the interaction of that number.
#[must_use]
pub fn id(nth: u64) -> String {
    format!("5ec2e7ed-0000-4000-a000-{nth:012x}")
}

/// Streams the batches of those numbers, and prints the number of each, how many were recorded and how many were known, when it is
/// acknowledged; goes on by another stream when one ends in order.
///
/// # Errors
/// What a stream ends with.
///
/// # Panics
/// When an acknowledgement is not the one that comes next, or tells anything else.
pub async fn stream(address: &str, mut next: u64, to: u64) -> Result<(), Status> {
    let channel = Endpoint::from_shared(format!("http://{address}")).expect("an address").connect_lazy();
    while next <= to {
        let mut stream = Streamed::open(channel.clone(), None).await?;
        let window = u64::try_from(stream.window).expect("a small number");
        let (first, mut sent) = (next, next);
        loop {
            while sent <= to && sent - next < window {
                // Of one that has ended is heard why.
                let _ = stream.send(batch(sent - first + 1, interactions(sent))).await;
                sent += 1;
            }
            if next > to {
                stream.half_close();
            }
            let Some(told) = stream.hear().await? else { break };
            assert_eq!(told.through_seq, next - first + 1);
            tell(next, &told);
            next += 1;
        }
    }
    Ok(())
}

/// What nobody hears who has killed this process before was never acknowledged.
#[expect(clippy::print_stdout, reason = "whoever started this program listens")]
fn tell(number: u64, told: &v1::InteractionsAcknowledged) {
    let count = |wanted: Disposition| {
        let results = told.results.iter().filter(
            |one| matches!(&one.result, Some(Told::Outcome(outcome)) if outcome.disposition() == wanted),
        );
        results.count()
    };
    println!("{number} {} {}", count(Disposition::Recorded), count(Disposition::Duplicate));
    std::io::stdout().flush().expect("somebody listens");
}
