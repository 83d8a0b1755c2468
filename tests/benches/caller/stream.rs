//! StreamInteractions.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use assent_proto::v1::{self, record_interactions_result};
use assent_tests::streamed::Streamed;

use super::{Called, Caller, TABLE, micros};

impl Caller {
    /// Streams batches for that long, `streams` at once, each with as much on its way as the service lets it. A batch counts when it is
    /// acknowledged, and took as long as that.
    pub(crate) async fn stream(&self, streams: usize, time: Duration, items: u64) -> Called {
        let begun = Instant::now();
        let mut streaming = tokio::task::JoinSet::new();
        for number in 0..streams {
            streaming.spawn(self.clone().stream_one(number, begun, time, items));
        }
        let mut calls = Vec::new();
        for took in streaming.join_all().await {
            calls.extend(took);
        }
        let batches = u64::try_from(calls.len()).expect("few batches");
        Called { items: batches * items, elapsed: begun.elapsed(), calls }
    }

    async fn stream_one(self, number: usize, begun: Instant, time: Duration, items: u64) -> Vec<Duration> {
        let key = self.key.to_str().ok().and_then(|key| key.strip_prefix("Bearer "));
        let mut stream = Streamed::open(self.channel(number), key).await.expect("a stream begins");
        let (mut took, mut under_way) = (Vec::new(), VecDeque::new());
        for seq in 1.. {
            if begun.elapsed() >= time {
                break;
            }
            let batch = self.batch(seq, items);
            under_way.push_back(Instant::now());
            assert!(stream.send(batch).await, "a stream is shorter than its service lets it be");
            if under_way.len() >= stream.window {
                took.extend(heard(&mut stream, &mut under_way).await);
            }
        }
        stream.half_close();
        while let Some(one) = heard(&mut stream, &mut under_way).await {
            took.push(one);
        }
        assert!(under_way.is_empty(), "each batch is acknowledged");
        took
    }

    fn batch(&self, seq: u64, items: u64) -> v1::StreamInteractionsRequest {
        let at = micros();
        let people = self.somebody(items).into_iter().enumerate();
        let interactions =
            people.map(|(place, person)| self.done(person, "m1", place % 2 == 1, at)).collect();
        v1::StreamInteractionsRequest { seq, profile_table: TABLE.to_owned(), interactions }
    }
}

/// How long the next batch took until it was acknowledged; `None`: the stream has ended.
async fn heard(stream: &mut Streamed, under_way: &mut VecDeque<Instant>) -> Option<Duration> {
    let told = stream.hear().await.expect("the stream goes on")?;
    let sent = under_way.pop_front().expect("only what was sent is acknowledged");
    for result in &told.results {
        let Some(record_interactions_result::Result::Outcome(outcome)) = &result.result else {
            panic!("an interaction is judged: {result:?}");
        };
        assert_eq!(outcome.disposition(), v1::Disposition::Recorded, "a grant permits: {result:?}");
    }
    assert!(told.error.is_none(), "a batch is judged");
    Some(sent.elapsed())
}
