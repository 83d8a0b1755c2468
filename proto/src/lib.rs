//! The contract: every call, message and error of Assent, for servers and clients.

/// The messages and services of package `assent.v1`.
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, reason = "generated")]
pub mod v1 {
    tonic::include_proto!("assent.v1");
}

/// What the contract takes from Google's packages: statuses with their details, and calendar days.
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, reason = "generated")]
pub mod google {
    /// `google.rpc`: the status of an item and the details of errors.
    pub use tonic_types::pb as rpc;

    tonic::include_proto!("google.r#type");
}

/// The descriptors of the whole contract, with its comments: an encoded `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("assent");
