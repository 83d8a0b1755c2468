//! Facts of a profile.

use assent_domain::command::FactsSent;
use assent_domain::record::Country;
use assent_proto::v1;

use super::{Misfit, evidence, time};

/// Facts to set.
///
/// # Errors
/// When a field is none the domain takes.
pub fn sent(facts: &v1::ProfileFacts) -> Result<FactsSent, Misfit> {
    let collected_on =
        facts.collected_on.as_ref().map(|day| time::day(day).ok_or(Misfit::of("collected_on")));
    let jurisdiction =
        facts.jurisdiction.as_deref().map(|code| Country::new(code).ok_or(Misfit::of("jurisdiction")));
    Ok(FactsSent {
        collected_on: collected_on.transpose()?,
        jurisdiction: jurisdiction.transpose()?,
        source: facts.source.as_ref().map(evidence::source).transpose()?,
    })
}
