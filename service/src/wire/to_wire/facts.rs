//! Facts of a profile.

use assent_domain::history::Facts;
use assent_domain::record::{Country, FactsChanged};
use assent_proto::v1;

use super::{evidence, time};

/// What is known.
#[must_use]
pub fn known(facts: Facts) -> v1::KnownFacts {
    v1::KnownFacts {
        collected_on: facts.collected_on.map(time::day),
        jurisdiction: facts.jurisdiction.map(code),
    }
}

/// What was set or changed.
#[must_use]
pub fn changed(changed: &FactsChanged) -> v1::FactsChanged {
    v1::FactsChanged {
        collected_on: changed.collected_on.map(time::day),
        jurisdiction: changed.jurisdiction.map(code),
        source: Some(evidence::source(&changed.source)),
    }
}

fn code(country: Country) -> String {
    country.code().to_owned()
}
