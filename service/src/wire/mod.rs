//! Between the contract and the domain: the only files that know both protobuf and what it stands for.

pub mod etag;
pub mod from_wire;
pub mod not_admitted;
pub mod refusal;
pub mod request_hash;
pub mod status;
pub mod to_wire;
pub mod token;
mod violation;
