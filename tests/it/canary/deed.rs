//! What people do, with a canary in every field.

use assent_proto::v1::{self, interaction::What};
use assent_tests::story;

use super::flock::{Flock, Lot};

/// A kind of what people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Click,
    SmsClick,
    Visit,
    Goal,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Open, Self::Click, Self::SmsClick, Self::Visit, Self::Goal];

    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Click => "click",
            Self::SmsClick => "SMS click",
            Self::Visit => "visit",
            Self::Goal => "goal",
        }
    }
}

/// What stands in a field instead of a canary, because it is declared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Declared {
    pub(super) message: Option<&'static str>,
    pub(super) link: Option<&'static str>,
    pub(super) website: Option<&'static str>,
    pub(super) campaign: Option<&'static str>,
}

/// Something that somebody does at that instant; everything else in it is a canary of the lot, labelled by `story`, the kind
/// and the field. Asked again it is the same.
pub(super) fn done(
    flock: &mut Flock,
    lot: Lot,
    story: &str,
    kind: Kind,
    who: Option<&str>,
    at: i64,
    declared: Declared,
) -> v1::Interaction {
    let what = |field: &str| format!("{story}, {}, {field}", kind.word());
    let mut field = |name: &str, instead: Option<&str>| {
        instead.map_or_else(|| flock.word(lot, &what(name)), str::to_owned)
    };
    let message = field("message", declared.message);
    // An open tells no website.
    let website = if kind == Kind::Open { String::new() } else { field("website", declared.website) };
    let campaign_id = Some(field("campaign", declared.campaign));
    let did = match kind {
        Kind::Open => What::EmailOpen(v1::EmailOpen { message_id: message }),
        Kind::Click => What::EmailClick(v1::EmailClick {
            message_id: message,
            link_id: Some(field("link", declared.link)),
            website_id: Some(website),
        }),
        Kind::SmsClick => What::SmsClick(v1::SmsClick {
            message_id: message,
            link_id: Some(field("link", declared.link)),
            website_id: Some(website),
        }),
        Kind::Visit => {
            What::WebsiteVisit(v1::WebsiteVisit { website_id: website, message_id: Some(message) })
        }
        Kind::Goal => {
            let (goal_id, order_id) = (field("goal", None), Some(field("order", None)));
            let minor_units = flock.number(lot, &what("amount"));
            What::TransactionGoal(v1::TransactionGoal {
                goal_id,
                order_id,
                amount: Some(v1::Money { minor_units, currency_code: "EUR".to_owned() }),
                website_id: Some(website),
                message_id: Some(message),
            })
        }
    };
    // They have a lot of their own.
    let ids = match lot {
        Lot::Erased => Lot::ErasedKey,
        Lot::Withdrawn => Lot::WithdrawnKey,
        _ => lot,
    };
    v1::Interaction {
        interaction_id: flock.uuid(ids, &what("interaction")),
        occurred_at: Some(story::timestamp(at)),
        profile: who.map(|id| v1::ProfileKey { id: id.to_owned() }),
        what: Some(did),
        campaign_id,
        automated: false,
        device: Some(flock.word(lot, &what("device"))),
        user_agent: Some(format!("Mozilla/5.0 ({})", flock.word(lot, &what("user agent")))),
    }
}
