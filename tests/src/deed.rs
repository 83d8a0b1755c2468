//! Words to tell what people did: opens, clicks, visits, goals, and what was sent to them.

use assent_proto::v1::{self, interaction::What, record_interactions_result::Result as Told};

use crate::client::Client;
use crate::{marks, story};

/// Something that a person did, at an instant (microseconds since 1970), with an id of its own.
#[must_use]
pub fn deed(who: &str, at: i64, what: What) -> v1::Interaction {
    v1::Interaction {
        interaction_id: marks::uuid(),
        occurred_at: Some(story::timestamp(at)),
        profile: story::person(who),
        what: Some(what),
        ..v1::Interaction::default()
    }
}

/// An opened email.
#[must_use]
pub fn open(who: &str, at: i64, message: &str) -> v1::Interaction {
    deed(who, at, What::EmailOpen(v1::EmailOpen { message_id: marks::id(message) }))
}

/// A click on a link of an email.
#[must_use]
pub fn click(who: &str, at: i64, message: &str, link: &str) -> v1::Interaction {
    let click =
        v1::EmailClick { message_id: marks::id(message), link_id: Some(marks::id(link)), website_id: None };
    deed(who, at, What::EmailClick(click))
}

/// A click on a link of an SMS message.
#[must_use]
pub fn sms_click(who: &str, at: i64, message: &str) -> v1::Interaction {
    let click = v1::SmsClick { message_id: marks::id(message), link_id: None, website_id: None };
    deed(who, at, What::SmsClick(click))
}

/// A visit.
#[must_use]
pub fn visit(who: &str, at: i64, website: &str) -> v1::Interaction {
    deed(who, at, What::WebsiteVisit(v1::WebsiteVisit { website_id: marks::id(website), message_id: None }))
}

/// A goal that was reached, worth some cents.
#[must_use]
pub fn goal(who: &str, at: i64, goal: &str, cents: i64) -> v1::Interaction {
    let reached = v1::TransactionGoal {
        goal_id: marks::id(goal),
        amount: Some(v1::Money { minor_units: cents, currency_code: "EUR".to_owned() }),
        order_id: Some(marks::id("order")),
        website_id: None,
        message_id: None,
    };
    deed(who, at, What::TransactionGoal(reached))
}

/// A message that was sent.
#[must_use]
pub fn send(who: &str, at: i64, message: &str, pixel: v1::PixelMode, links: v1::LinkMode) -> v1::Interaction {
    let sent = v1::MessageSent { message_id: marks::id(message), pixel: pixel.into(), links: links.into() };
    deed(who, at, What::Send(sent))
}

/// Hands interactions of the table [`story::people`] to the service; what became of each.
///
/// # Panics
/// When the call fails.
pub async fn record(client: &Client, interactions: Vec<v1::Interaction>) -> Vec<Told> {
    let request = v1::RecordInteractionsRequest { profile_table: story::people(), interactions };
    let answer = client.interactions().record_interactions(request).await.expect("a batch is answered");
    answer.into_inner().results.into_iter().filter_map(|result| result.result).collect()
}

/// What became of one, by the contract's words: `RECORDED GRANTED`; an error by its code.
#[must_use]
pub fn words(told: &Told) -> String {
    match told {
        Told::Outcome(outcome) => {
            let disposition = outcome.disposition().as_str_name().trim_start_matches("DISPOSITION_");
            let reason = outcome.reason().as_str_name().trim_start_matches("VERDICT_REASON_");
            format!("{disposition} {reason}")
        }
        Told::Error(status) => format!("error {}", status.code),
    }
}

/// What became of each, by [`words`].
pub async fn fates(client: &Client, interactions: Vec<v1::Interaction>) -> Vec<String> {
    record(client, interactions).await.iter().map(words).collect()
}
