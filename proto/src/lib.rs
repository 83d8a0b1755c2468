//! The contract: every call, message and error of Assent, for servers and clients.
//!
//! Everything is written from `assent/v1/*.proto`: the types, the descriptors for reflection ([`FILE_DESCRIPTOR_SET`]),
//! who may call what ([`access`]) and the limits of requests ([`validate`]). Nothing here knows the domain or the
//! database.

pub mod access;
pub mod codec;
pub mod validate;

/// The messages and services of package `assent.v1`.
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, reason = "generated")]
pub mod v1 {
    tonic::include_proto!("assent.v1");
}

/// What [`v1::consent_change_service_server`] answers, with changes that are written already: each is the bytes of a
/// [`v1::ConsentChange`].
#[cfg(feature = "server")]
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, reason = "generated")]
pub mod written {
    include!(concat!(env!("OUT_DIR"), "/written/assent.v1.rs"));
}

/// What the contract takes from Google's packages: statuses with their details, and calendar days.
#[allow(missing_docs, unreachable_pub, unused_qualifications, clippy::all, reason = "generated")]
#[allow(rustdoc::broken_intra_doc_links, reason = "the comments name what is not vendored")]
pub mod google {
    /// `google.rpc`: the status of an item and the details of errors.
    pub use tonic_types::pb as rpc;

    tonic::include_proto!("google.r#type");
}

/// The descriptors of the whole contract, with its comments: an encoded `google.protobuf.FileDescriptorSet`.
pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("assent");

/// The generator of the validators, part of the build; here so that its tests run with the others.
#[cfg(test)]
#[path = "../build/generator/mod.rs"]
mod generator;

#[cfg(test)]
mod tests;
