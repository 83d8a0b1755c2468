//! Every method the service answers: its name in metrics and spans, and who may call it.
//!
//! The contract says so in each method's options; a method without them stops the service from starting,
//! and one that is not here is not answered at all.

use std::collections::HashMap;
use std::sync::Arc;

use crate::caller::Roles;

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

/// Why the methods cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the contract does not say who may call {}", .0.join(", "))]
pub struct AccessMissing(pub Vec<String>);

/// What tells nothing about people and is open to every caller: whether the service lives, and its contract.
const PUBLIC: [(&str, bool); 4] = [
    ("grpc.health.v1.Health/Check", false),
    ("grpc.health.v1.Health/Watch", true),
    ("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", true),
    ("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", true),
];

impl Methods {
    /// The public methods and those of the contract, each with what its options say (`None`: nothing).
    ///
    /// # Errors
    /// When a method does not say who may call it; all of them are named.
    pub fn new(
        contract: impl IntoIterator<Item = (String, Option<Access>, bool)>,
    ) -> Result<Self, AccessMissing> {
        let public = PUBLIC.map(|(name, streams)| (name.to_owned(), Some(Access::Public), streams));
        let mut methods = HashMap::new();
        let mut missing = Vec::new();
        for (name, access, streams) in public.into_iter().chain(contract) {
            match access {
                Some(Access::Roles(roles)) if roles.is_empty() => missing.push(name),
                None => missing.push(name),
                Some(access) => {
                    let method = Method { name: Arc::from(name.as_str()), access, streams };
                    methods.insert(Arc::from(format!("/{name}")), Arc::new(method));
                }
            }
        }
        if missing.is_empty() { Ok(Self(Arc::new(methods))) } else { Err(AccessMissing(missing)) }
    }

    /// The method at that path.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&Arc<Method>> {
        self.0.get(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Role;

    #[test]
    fn a_method_that_names_no_role_stops_the_start_and_is_named() {
        let read = Access::Roles(std::iter::once(Role::Read).collect());
        let none = Access::Roles(Roles::default());
        let method = |name: &str, access| (name.to_owned(), access, false);
        let contract = [method("a.A/Read", Some(read)), method("a.A/B", None), method("a.A/C", Some(none))];
        let missing = Methods::new(contract.clone()).unwrap_err();
        assert_eq!(missing.to_string(), "the contract does not say who may call a.A/B, a.A/C");

        let [first, ..] = contract;
        let methods = Methods::new([first]).unwrap();
        assert_eq!(methods.at("/a.A/Read").unwrap().access, read);
        assert_eq!(methods.at("/grpc.health.v1.Health/Check").unwrap().access, Access::Public);
        assert!(methods.at("/a.A/Other").is_none());
    }
}
