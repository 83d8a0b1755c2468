//! Every method the service answers: its name in metrics and spans, and who may call it.
//!
//! The contract says so in each method's options; a method without them stops the service from starting,
//! and one that is not here is not answered at all.

use std::collections::HashMap;
use std::sync::Arc;

use assent_proto::access::{self, MissingAccess, descriptor_pool, method_access};
use assent_proto::v1;
use prost_reflect::DescriptorPool;

use crate::caller::{Role, Roles};

/// Who may call a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: it tells nothing about people.
    Public,
    /// Whoever has one of these roles.
    Roles(Roles),
}

/// One method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// `assent.v1.ConsentService/UpsertConsents`.
    pub name: Arc<str>,
    /// Who may call it.
    pub access: Access,
    /// Whether it answers with a stream.
    pub streams: bool,
}

/// The methods by their path.
#[derive(Clone, Debug, Default)]
pub struct Methods(Arc<HashMap<Arc<str>, Arc<Method>>>);

/// What tells nothing about people and is open to every caller: whether the service lives, and its contract.
const PUBLIC: [(&str, bool); 4] = [
    ("grpc.health.v1.Health/Check", false),
    ("grpc.health.v1.Health/Watch", true),
    ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", true),
    ("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", true),
];

impl Methods {
    /// The public methods and those of the contract.
    ///
    /// # Errors
    /// When a method of the contract does not say who may call it; all of them are named.
    pub fn of_the_contract() -> Result<Self, MissingAccess> {
        let mut methods = HashMap::new();
        let mut add = |path: String, access, streams| {
            let name = Arc::from(path.trim_start_matches('/'));
            methods.insert(Arc::from(path), Arc::new(Method { name, access, streams }));
        };
        for (name, streams) in PUBLIC {
            add(format!("/{name}"), Access::Public, streams);
        }
        let pool = descriptor_pool()?;
        for (path, stated) in method_access()? {
            let access = match stated {
                access::Access::Public => Access::Public,
                access::Access::AnyOf(roles) => Access::Roles(roles.into_iter().filter_map(role).collect()),
            };
            add(path.clone(), access, streams(&pool, &path));
        }
        Ok(Self(Arc::new(methods)))
    }

    /// The method at that path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Arc<Method>> {
        self.0.get(path)
    }
}

/// The services of the contract, by their full names.
///
/// # Errors
/// When the descriptors that were built in cannot be read.
pub(crate) fn services() -> Result<Vec<String>, MissingAccess> {
    let mut names: Vec<String> = Vec::new();
    for path in method_access()?.keys() {
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if names.last().is_none_or(|last| last != name) {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

fn streams(pool: &DescriptorPool, path: &str) -> bool {
    let Some((service, method)) = path.trim_start_matches('/').split_once('/') else { return false };
    let service = pool.get_service_by_name(service);
    service.is_some_and(|service| {
        service.methods().any(|found| found.name() == method && found.is_server_streaming())
    })
}

/// A role by the contract's word. What is not said opens nothing.
const fn role(role: v1::Role) -> Option<Role> {
    match role {
        v1::Role::Unspecified => None,
        v1::Role::Record => Some(Role::Record),
        v1::Role::Plan => Some(Role::Plan),
        v1::Role::Consent => Some(Role::Consent),
        v1::Role::Read => Some(Role::Read),
        v1::Role::Settings => Some(Role::Settings),
        v1::Role::Privacy => Some(Role::Privacy),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_may_be_called_by_the_roles_that_the_contract_names() {
        let methods = Methods::of_the_contract().unwrap();
        let upsert = methods.at("/assent.v1.ConsentService/UpsertConsents").unwrap();
        assert_eq!(upsert.access, Access::Roles(std::iter::once(Role::Consent).collect()));
        assert!(!upsert.streams);
        assert!(methods.at("/assent.v1.ConsentService/VerifyHistory").unwrap().streams);
        assert_eq!(methods.at("/grpc.health.v1.Health/Check").unwrap().access, Access::Public);
        assert!(methods.at("/assent.v1.ConsentService/Other").is_none());
    }

    #[test]
    fn no_method_of_the_contract_is_public_or_closed_to_every_role() {
        let methods = Methods::of_the_contract().unwrap();
        let ours = methods.0.values().filter(|method| method.name.starts_with("assent."));
        assert!(ours.clone().count() > 10);
        for method in ours {
            assert!(matches!(method.access, Access::Roles(roles) if !roles.is_empty()), "{}", method.name);
        }
    }

    #[test]
    fn every_service_of_the_contract_is_named_once() {
        let expected = [
            "AudienceService",
            "ConsentChangeService",
            "ConsentService",
            "InteractionService",
            "PrivacyService",
            "SettingsService",
            "WaitBlockService",
        ];
        assert_eq!(services().unwrap(), expected.map(|name| format!("assent.v1.{name}")));
    }
}
