//! Scopes, series and coverage.

use assent_domain::scope::{Coverage, Scope, Series, TrackingCoverage};
use assent_proto::v1::{self, coverage::Tracking};

/// One scope.
#[must_use]
pub const fn scope(scope: Scope) -> v1::Scope {
    match scope {
        Scope::EmailOpen => v1::Scope::EmailOpen,
        Scope::EmailClick => v1::Scope::EmailClick,
        Scope::SmsClick => v1::Scope::SmsClick,
        Scope::WebsiteVisit => v1::Scope::WebsiteVisit,
        Scope::TransactionGoal => v1::Scope::TransactionGoal,
        Scope::Device => v1::Scope::Device,
    }
}

/// One series.
#[must_use]
pub const fn series(series: Series) -> v1::Series {
    match series {
        Series::Marketing => v1::Series::Marketing,
        Series::Tracking(Scope::EmailOpen) => v1::Series::EmailOpen,
        Series::Tracking(Scope::EmailClick) => v1::Series::EmailClick,
        Series::Tracking(Scope::SmsClick) => v1::Series::SmsClick,
        Series::Tracking(Scope::WebsiteVisit) => v1::Series::WebsiteVisit,
        Series::Tracking(Scope::TransactionGoal) => v1::Series::TransactionGoal,
        Series::Tracking(Scope::Device) => v1::Series::Device,
    }
}

/// What an answer, notice or request covers.
#[must_use]
pub fn coverage(coverage: Coverage) -> v1::Coverage {
    let tracking = match coverage.tracking() {
        TrackingCoverage::None => None,
        TrackingCoverage::All => Some(Tracking::AllScopes(v1::AllScopes {})),
        TrackingCoverage::Scopes(scopes) => {
            let scopes = scopes.iter().map(|one| scope(one).into()).collect();
            Some(Tracking::Scopes(v1::ScopeList { scopes }))
        }
    };
    v1::Coverage { marketing: coverage.marketing(), tracking }
}
