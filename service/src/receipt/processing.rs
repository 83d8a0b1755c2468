//! The section `processing`: for what, of which data, under which notice.

use assent_domain::answer::Answer;
use assent_domain::evidence::{Basis, Controller};
use assent_domain::id::NoticeId;
use assent_domain::record::Body;
use assent_domain::scope::{Purpose, Scope, Series};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::{CONTROLLER, Receipted, Said, days};

#[derive(Serialize)]
pub(super) struct Processing<'a> {
    privacy_notice: Option<Notice>,
    language: Option<&'a str>,
    purposes: Vec<Treated<'a>>,
}

#[derive(Serialize)]
struct Notice {
    /// In hexadecimal: the id under which GetNotice gives the text.
    sha256: String,
    /// The same as a URI (RFC 6920).
    reference: String,
}

#[derive(Serialize)]
struct Treated<'a> {
    purpose: &'static str,
    lawful_basis: Option<&'static str>,
    pii_information: Vec<Pii>,
    pii_controllers: Vec<&'static str>,
    collection_method: Option<&'a str>,
    /// Known to the controller, not to the service.
    storage_locations: Option<&'static str>,
    retention_period: Option<String>,
    jurisdiction: Option<String>,
    /// Known to the controller, not to the service.
    recipient_third_parties: Option<&'static str>,
    /// Where the person takes it back.
    withdrawal_method: Option<&'a str>,
}

#[derive(Serialize)]
struct Pii {
    pii_type: &'static str,
    /// A choice is free: nothing else depends on it.
    pii_optional: bool,
}

impl<'a> Processing<'a> {
    pub(super) fn of(said: &Said<'a>, controller: Option<&'a Controller>, receipted: &Receipted<'_>) -> Self {
        let text = match said.body {
            Body::Answer(given) => given.evidence.notice,
            Body::Notice(given) => given.text,
            Body::Request(made) => made.text,
            Body::Expiry(_) | Body::Facts(_) | Body::Erasure => None,
        };
        let treated = |purpose| {
            let data = data(purpose, said);
            (!data.is_empty()).then(|| Treated {
                purpose: name(purpose),
                lawful_basis: lawful_basis(said.body),
                pii_information: data,
                pii_controllers: controller.map(|_| CONTROLLER).into_iter().collect(),
                collection_method: said.evidence.and_then(|evidence| evidence.method.as_deref()),
                storage_locations: None,
                retention_period: retention(purpose, receipted),
                jurisdiction: receipted.jurisdiction.map(|country| country.code().to_owned()),
                recipient_third_parties: None,
                withdrawal_method: controller.map(|controller| controller.contact.as_str()),
            })
        };
        Self {
            privacy_notice: text.map(notice),
            language: said.evidence.and_then(|evidence| evidence.language.as_deref()),
            purposes: [Purpose::Marketing, Purpose::Tracking].into_iter().filter_map(treated).collect(),
        }
    }
}

fn notice(id: NoticeId) -> Notice {
    let reference = format!("ni:///sha-256;{}", URL_SAFE_NO_PAD.encode(id.0));
    Notice { sha256: hex::encode(id.0), reference }
}

const fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Marketing => "MARKETING",
        Purpose::Tracking => "TRACKING",
    }
}

/// What is covered of that purpose: of marketing the address written to, of tracking each scope.
fn data(purpose: Purpose, said: &Said<'_>) -> Vec<Pii> {
    let covered = match purpose {
        Purpose::Marketing => {
            said.coverage.covers(Series::Marketing).then_some("CONTACT").into_iter().collect()
        }
        Purpose::Tracking => {
            let covered = |scope: &Scope| said.coverage.covers(Series::Tracking(*scope));
            Scope::ALL.into_iter().filter(covered).map(Scope::name).collect::<Vec<_>>()
        }
    };
    covered.into_iter().map(|pii_type| Pii { pii_type, pii_optional: true }).collect()
}

/// Consent, where it is given, asked for, refused or taken back. What a controller assumed is none, and a notice rests on
/// something else, which the service does not know.
fn lawful_basis(body: &Body) -> Option<&'static str> {
    let consent = match body {
        Body::Answer(given) => given.basis != Some(Basis::Assumed) && given.answer != Answer::Object,
        Body::Request(_) | Body::Expiry(_) => true,
        Body::Notice(_) | Body::Facts(_) | Body::Erasure => false,
    };
    consent.then_some("consent")
}

/// How long what is recorded under it is kept: the shortest that a policy says.
fn retention(purpose: Purpose, receipted: &Receipted<'_>) -> Option<String> {
    if purpose == Purpose::Marketing {
        return None;
    }
    receipted.policies.iter().filter_map(|policy| policy.interactions_kept_days).min().map(days)
}
