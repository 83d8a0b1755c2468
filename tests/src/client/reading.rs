//! What an answer says, read through the contract's descriptors, so that every method is read alike.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use assent_proto::google::rpc;
use prost_reflect::prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage, Value};
use tonic::Code;
use tonic_types::StatusExt;

use super::wire::Answer;

/// An answer as two of them are compared.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// How the call ended, with the text of the error.
    code: Code,
    error: String,
    /// The messages, readable.
    pub(super) text: String,
    /// The details of the items' errors, in order.
    details: Vec<String>,
    /// The reasons of the call's error and of those of its items.
    pub(super) reasons: BTreeSet<String>,
    /// Whether the call or an item was refused for what it says.
    pub(super) invalid: bool,
    /// Whether another try may end otherwise.
    pub(super) transient: bool,
}

/// The contract's descriptors, read once: every answer of every test is read by them.
fn contract() -> &'static DescriptorPool {
    static CONTRACT: OnceLock<DescriptorPool> = OnceLock::new();
    CONTRACT.get_or_init(|| {
        DescriptorPool::decode(assent_proto::FILE_DESCRIPTOR_SET).expect("the contract's descriptors")
    })
}

impl Said {
    pub(super) fn of(method: &str, answer: &Answer) -> Self {
        let status = answer.status();
        let transient = [Code::Unavailable, Code::Aborted, Code::DeadlineExceeded, Code::ResourceExhausted];
        let mut said = Self {
            code: status.code(),
            error: status.message().to_owned(),
            text: String::new(),
            details: Vec::new(),
            reasons: BTreeSet::new(),
            invalid: status.code() == Code::InvalidArgument,
            transient: transient.contains(&status.code()),
        };
        said.reasons.extend(status.get_details_error_info().map(|info| info.reason));
        let pool = contract();
        let Some(output) = method.rsplit_once('/').and_then(|(service, name)| {
            pool.get_service_by_name(service)?.methods().find(|method| method.name() == name)
        }) else {
            return said;
        };
        for bytes in answer.messages() {
            let mut message =
                DynamicMessage::decode(output.output(), bytes).expect("an answer of the contract");
            said.items(&mut message);
            said.text += &format!("{message}\n");
        }
        said
    }

    /// Finds the errors of items, however deep they stand, and moves their details out of the message: the call's
    /// own number differs between two calls that are answered alike, and a packed map has no order.
    fn items(&mut self, message: &mut DynamicMessage) {
        if message.descriptor().full_name() == "google.rpc.Status" {
            let status = rpc::Status::decode(message.encode_to_vec().as_slice()).expect("the same message");
            self.invalid |= status.code == Code::InvalidArgument as i32;
            message.clear_field_by_name("details");
            for detail in &status.details {
                self.detail(detail);
            }
            return;
        }
        // An import that comes again goes on after itself, and says so.
        match message.descriptor().name() {
            "ImportOpened" | "ImportEnded" => message.clear(),
            "ChunkAcknowledged" => {
                message.clear_field_by_name("repeated");
                message.clear_field_by_name("totals");
            }
            _ => {}
        }
        message.fields_mut().for_each(|(_, value)| self.within(value));
    }

    fn detail(&mut self, detail: &prost_types::Any) {
        match detail.type_url.rsplit('/').next() {
            Some("google.rpc.RequestInfo") => {}
            Some("google.rpc.ErrorInfo") => {
                let info =
                    rpc::ErrorInfo::decode(detail.value.as_slice()).expect("a detail is what it says it is");
                let facts: BTreeMap<_, _> = info.metadata.into_iter().collect();
                self.details.push(format!("{} {facts:?}", info.reason));
                self.reasons.insert(info.reason);
            }
            other => self.details.push(format!("{other:?} {:?}", detail.value)),
        }
    }

    fn within(&mut self, value: &mut Value) {
        match value {
            Value::Message(message) => self.items(message),
            Value::List(values) => values.iter_mut().for_each(|value| self.within(value)),
            Value::Map(values) => values.values_mut().for_each(|value| self.within(value)),
            _ => {}
        }
    }
}
