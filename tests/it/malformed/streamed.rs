//! Batches of a stream: each the first one, of what a call reports too.

use assent_proto::v1;
use prost_reflect::prost::Message;

use super::valid::{Valid, valid};

/// The same as those calls, by streams.
pub(super) fn batches(calls: &[Valid]) -> Vec<Valid> {
    let batch = |(_, bytes): &Valid| {
        let call = v1::RecordInteractionsRequest::decode(bytes.as_slice()).expect("a call that records");
        let v1::RecordInteractionsRequest { profile_table, interactions } = call;
        let batch = v1::StreamInteractionsRequest { seq: 1, profile_table, interactions };
        valid("InteractionService.StreamInteractions", &batch)
    };
    calls.iter().map(batch).collect()
}
