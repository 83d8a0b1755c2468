//! The error of one item of an answer, as a call's, so that one pair of eyes reads both.

use assent_proto::google::rpc;
use prost_reflect::prost::Message;
use tonic::{Code, Status};

/// The item's error as the error of a call with this one item.
#[must_use]
pub fn status(error: &rpc::Status) -> Status {
    let details = error.encode_to_vec().into();
    Status::with_details(Code::from_i32(error.code), error.message.clone(), details)
}
