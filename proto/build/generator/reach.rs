//! Which messages a request can hold.

use std::collections::BTreeMap;

use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

/// The request messages of every method of `package`.
pub(super) fn requests(pool: &DescriptorPool, package: &str) -> Vec<MessageDescriptor> {
    let services = pool.services().filter(|service| service.package_name() == package);
    services.flat_map(|service| service.methods().map(|method| method.input()).collect::<Vec<_>>()).collect()
}

/// Those and every message of `package` inside them, each once, in the order of their names.
pub(crate) fn from_requests(pool: &DescriptorPool, package: &str) -> Vec<MessageDescriptor> {
    let mut found = BTreeMap::new();
    let mut waiting = requests(pool, package);
    while let Some(message) = waiting.pop() {
        if message.package_name() != package || found.contains_key(message.full_name()) {
            continue;
        }
        // A map is refused as such; its entry is no message of the contract's.
        for field in message.fields().filter(|field| !field.is_map()) {
            if let Kind::Message(inner) = field.kind() {
                waiting.push(inner);
            }
        }
        found.insert(message.full_name().to_owned(), message);
    }
    found.into_values().collect()
}
