//! Scopes and coverage.

use assent_domain::scope::{Coverage, Scope, TrackingCoverage};
use assent_proto::v1;

use super::Misfit;

/// One scope.
#[must_use]
pub const fn scope(scope: v1::Scope) -> Option<Scope> {
    match scope {
        v1::Scope::Unspecified => None,
        v1::Scope::EmailOpen => Some(Scope::EmailOpen),
        v1::Scope::EmailClick => Some(Scope::EmailClick),
        v1::Scope::SmsClick => Some(Scope::SmsClick),
        v1::Scope::WebsiteVisit => Some(Scope::WebsiteVisit),
        v1::Scope::TransactionGoal => Some(Scope::TransactionGoal),
        v1::Scope::Device => Some(Scope::Device),
    }
}

/// What an answer, notice or request covers.
///
/// # Errors
/// When it covers nothing, or a scope that nobody knows.
pub fn coverage(coverage: Option<&v1::Coverage>) -> Result<Coverage, Misfit> {
    let covered = coverage.ok_or(Misfit::of("coverage"))?;
    let tracking = match &covered.tracking {
        None => TrackingCoverage::None,
        Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})) => TrackingCoverage::All,
        Some(v1::coverage::Tracking::Scopes(list)) => {
            let known = |number: &i32| v1::Scope::try_from(*number).ok().and_then(scope);
            let scopes: Option<_> = list.scopes.iter().map(known).collect();
            TrackingCoverage::Scopes(scopes.ok_or(Misfit::of("coverage.scopes"))?)
        }
    };
    Coverage::new(covered.marketing, tracking).ok_or(Misfit::of("coverage"))
}
