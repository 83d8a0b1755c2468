//! What a message says that tells or asks, as it is kept. What is not said is not there.

use assent_domain::id::NoticeId;
use assent_domain::message::Statement;
use assent_domain::scope::{Coverage, Scope, ScopeSet, TrackingCoverage};
use serde::{Deserialize, Serialize};

use super::Unreadable;

const UNREADABLE: Unreadable = Unreadable { setting: "message" };
const MARKETING: &str = "MARKETING";
/// All of it, whatever scopes later releases add.
const TRACKING: &str = "TRACKING";

/// A statement in the body of a message.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredStatement {
    /// `MARKETING`, `TRACKING` and names of scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Vec<String>>,
    /// Hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions_unchanged: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawal_offered: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
}

impl StoredStatement {
    /// The form of a statement; `None` for one that says nothing.
    pub(super) fn write(statement: &Statement) -> Option<Self> {
        let Statement { coverage, text, conditions_unchanged, withdrawal_offered, justification } =
            statement.clone();
        (*statement != Statement::default()).then(|| Self {
            coverage: coverage.map(names),
            text: text.map(|id| hex::encode(id.0)),
            conditions_unchanged,
            withdrawal_offered,
            justification,
        })
    }

    /// The statement.
    pub(super) fn read(self) -> Result<Statement, Unreadable> {
        let text = self.text.map(|text| {
            let mut id = [0; 32];
            hex::decode_to_slice(text, &mut id).map(|()| NoticeId(id)).map_err(|_| UNREADABLE)
        });
        Ok(Statement {
            coverage: self.coverage.map(|names| coverage(&names).ok_or(UNREADABLE)).transpose()?,
            text: text.transpose()?,
            conditions_unchanged: self.conditions_unchanged,
            withdrawal_offered: self.withdrawal_offered,
            justification: self.justification,
        })
    }
}

fn names(coverage: Coverage) -> Vec<String> {
    let marketing = coverage.marketing().then_some(MARKETING);
    let tracking = match coverage.tracking() {
        TrackingCoverage::None => Vec::new(),
        TrackingCoverage::All => vec![TRACKING],
        TrackingCoverage::Scopes(scopes) => scopes.iter().map(Scope::name).collect(),
    };
    marketing.into_iter().chain(tracking).map(str::to_owned).collect()
}

/// What those names cover; `None`: nothing, or a name that nobody knows.
fn coverage(names: &[String]) -> Option<Coverage> {
    let (mut marketing, mut all, mut scopes) = (false, false, ScopeSet::NONE);
    for name in names {
        match name.as_str() {
            MARKETING => marketing = true,
            TRACKING => all = true,
            scope => scopes = scopes.with(Scope::named(scope)?),
        }
    }
    let tracking = if all { TrackingCoverage::All } else { TrackingCoverage::Scopes(scopes) };
    Coverage::new(marketing, tracking)
}
