//! EvaluateWaitBlocks.

use assent_proto::v1::wait_block::{End, Start, Target};
use assent_proto::v1::wait_block_service_client::WaitBlockServiceClient;
use assent_proto::v1::{self, evaluate_wait_blocks_result};
use assent_tests::story::timestamp;

use super::{Caller, TABLE, micros, profile};

/// What is asked of everybody: whether they clicked in that message within that window.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) message: String,
    pub(crate) start: i64,
    pub(crate) deadline: i64,
}

/// The window of [`Asking::lately`], and how long it is over, in microseconds: the service waits ten minutes for what is reported late.
const HOUR: i64 = 3_600_000_000;
pub(crate) const OVER: i64 = 660_000_000;

impl Asking {
    /// About the last hour, but for what may still be on its way.
    pub(crate) fn lately(message: &str) -> Self {
        let deadline = micros() - OVER;
        Self { message: message.to_owned(), start: deadline - HOUR, deadline }
    }
}

impl Caller {
    /// One call about those people. Gives the places of those who did.
    pub(crate) async fn wait(&self, number: usize, people: &[u64], asking: &Asking) -> Vec<usize> {
        let blocks = people.iter().map(|person| v1::WaitBlock {
            r#ref: "block".to_owned(),
            profile: Some(v1::ProfileKey { id: profile(*person) }),
            target: Some(Target::MessageId(asking.message.clone())),
            kinds: vec![v1::InteractionKind::EmailClick.into()],
            start: Some(Start::StartsAt(timestamp(asking.start))),
            end: Some(End::Deadline(timestamp(asking.deadline))),
            ..v1::WaitBlock::default()
        });
        let request = v1::EvaluateWaitBlocksRequest {
            profile_table: TABLE.to_owned(),
            blocks: blocks.collect(),
            as_of: None,
        };
        let client = WaitBlockServiceClient::new(self.channel(number));
        let answer = { client }.evaluate_wait_blocks(self.with_key(request)).await;
        let results = answer.expect("a call is answered").into_inner().results;
        assert_eq!(results.len(), people.len(), "each block is answered");
        let matched = results.into_iter().enumerate().filter(|(_, result)| match &result.result {
            Some(evaluate_wait_blocks_result::Result::Outcome(told)) => match told.reason() {
                v1::WaitReason::Matched => true,
                v1::WaitReason::Timeout => false,
                _ => panic!("a window that is over, of somebody who granted: {told:?}"),
            },
            _ => panic!("a block is evaluated: {result:?}"),
        });
        matched.map(|(place, _)| place).collect()
    }
}
