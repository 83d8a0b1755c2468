//! Who may call what: the `access` option that each method of the contract states.
//! Whether a credential holds a role is not known here.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, Value};

use crate::v1::Role;

/// The package whose methods must say who may call them. Health and reflection stand in packages of their own.
const PACKAGE: &str = "assent.v1";

/// Who may call a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody, without a credential.
    Public,
    /// Whoever has one of these roles; never empty.
    AnyOf(BTreeSet<Role>),
}

/// The contract does not say who may call a method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingAccess {
    /// The descriptors that were built in cannot be read.
    #[error("the descriptors of the contract cannot be read: {0}")]
    Descriptors(String),
    /// These methods state no access, or one that names no role.
    #[error("no access is stated by {}", .0.join(", "))]
    Methods(Vec<String>),
}

/// The descriptors of the whole contract.
///
/// # Errors
/// When those built in cannot be read.
pub fn descriptor_pool() -> Result<DescriptorPool, MissingAccess> {
    DescriptorPool::decode(crate::FILE_DESCRIPTOR_SET)
        .map_err(|error| MissingAccess::Descriptors(error.to_string()))
}

/// Who may call each method of the contract, by the path that HTTP/2 names it with
/// (`/assent.v1.ConsentService/UpsertConsents`).
///
/// # Errors
/// Names every method that does not say.
pub fn method_access() -> Result<BTreeMap<String, Access>, MissingAccess> {
    stated_in(&descriptor_pool()?)
}

fn stated_in(pool: &DescriptorPool) -> Result<BTreeMap<String, Access>, MissingAccess> {
    let mut stated = BTreeMap::new();
    let mut missing = Vec::new();
    for service in pool.services().filter(|service| service.package_name() == PACKAGE) {
        for method in service.methods() {
            let path = format!("/{}/{}", service.full_name(), method.name());
            match of_method(pool, &method) {
                Some(access) => {
                    stated.insert(path, access);
                }
                None => missing.push(path),
            }
        }
    }
    if missing.is_empty() { Ok(stated) } else { Err(MissingAccess::Methods(missing)) }
}

fn of_method(pool: &DescriptorPool, method: &MethodDescriptor) -> Option<Access> {
    let option = pool.get_extension_by_name(&format!("{PACKAGE}.access"))?;
    let options: DynamicMessage = method.options();
    let access = options.get_extension(&option);
    let access = access.as_message()?;
    if access.get_field_by_name("public").and_then(|public| public.as_bool()) == Some(true) {
        return Some(Access::Public);
    }
    let roles = access.get_field_by_name("roles")?;
    let numbers = roles.as_list()?.iter().filter_map(Value::as_enum_number);
    let roles: BTreeSet<Role> = numbers
        .filter_map(|number| Role::try_from(number).ok())
        .filter(|role| *role != Role::Unspecified)
        .collect();
    (!roles.is_empty()).then_some(Access::AnyOf(roles))
}

#[cfg(test)]
mod tests;
