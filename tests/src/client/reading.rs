//! What an answer says, read through the contract's descriptors, so that every method is read alike.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The reasons of the call's error and of those of its items.
    pub(super) reasons: BTreeSet<String>,
    /// Whether the call or an item was refused for what it says.
    pub(super) invalid: bool,
    /// Whether another try may end otherwise.
    pub(super) transient: bool,
}

impl Said {
    pub(super) fn of(method: &str, answer: &Answer) -> Self {
        let status = answer.status();
        let transient = [Code::Unavailable, Code::Aborted, Code::DeadlineExceeded, Code::ResourceExhausted];
        let mut said = Self {
            code: status.code(),
            error: status.message().to_owned(),
            text: String::new(),
            reasons: BTreeSet::new(),
            invalid: status.code() == Code::InvalidArgument,
            transient: transient.contains(&status.code()),
        };
        said.reasons.extend(status.get_details_error_info().map(|info| info.reason));
        let pool =
            DescriptorPool::decode(assent_proto::FILE_DESCRIPTOR_SET).expect("the contract's descriptors");
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

    /// Finds the errors of items, however deep they stand, and takes the call's own number out of them:
    /// it alone differs between two calls that are answered alike.
    fn items(&mut self, message: &mut DynamicMessage) {
        if message.descriptor().full_name() == "google.rpc.Status" {
            let mut status =
                rpc::Status::decode(message.encode_to_vec().as_slice()).expect("the same message");
            self.invalid |= status.code == Code::InvalidArgument as i32;
            status.details.retain(|detail| !detail.type_url.ends_with("/google.rpc.RequestInfo"));
            for detail in
                status.details.iter_mut().filter(|detail| detail.type_url.ends_with("/google.rpc.ErrorInfo"))
            {
                let mut info =
                    rpc::ErrorInfo::decode(detail.value.as_slice()).expect("a detail is what it says it is");
                // Metadata has no order on the wire, so that it is compared by itself.
                let metadata: BTreeMap<_, _> = std::mem::take(&mut info.metadata).into_iter().collect();
                self.text += &format!("{metadata:?}\n");
                detail.value = info.encode_to_vec();
                self.reasons.insert(info.reason);
            }
            message.clear_field_by_name("details");
            message.merge(status.encode_to_vec().as_slice()).expect("the same message");
            return;
        }
        message.fields_mut().for_each(|(_, value)| self.within(value));
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
