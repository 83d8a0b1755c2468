//! Between the contract and the domain: the only files that know both protobuf and what it stands for.

pub mod refusal;
pub mod request_hash;
pub mod status;
pub mod token;
mod violation;
