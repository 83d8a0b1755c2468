//! Words to plan a send with, and to tell what was planned.

use assent_proto::v1::{self, plan_tracking_result::Result as Told};
use tonic_types::StatusExt;

use crate::client::Client;
use crate::{fault, marks, story};

/// A message to those people of the table [`story::people`]; nothing is asked for, nothing recorded.
#[must_use]
pub fn to(people: &[&str], message: &str) -> v1::PlanTrackingRequest {
    let recipient = |who: &&str| v1::PlanRecipient { profile: story::person(who), ..Default::default() };
    v1::PlanTrackingRequest {
        profile_table: story::people(),
        message_id: marks::id(message),
        recipients: people.iter().map(recipient).collect(),
        record_sends: None,
    }
}

/// The same, with its sends recorded under an id of its own.
#[must_use]
pub fn recording(request: v1::PlanTrackingRequest) -> v1::PlanTrackingRequest {
    v1::PlanTrackingRequest { record_sends: Some(v1::SendRecording { request_id: marks::uuid() }), ..request }
}

/// The same, with those modes asked for of everybody.
#[must_use]
pub fn asking(
    mut request: v1::PlanTrackingRequest,
    pixel: v1::PixelMode,
    links: v1::LinkMode,
) -> v1::PlanTrackingRequest {
    for recipient in &mut request.recipients {
        (recipient.pixel, recipient.links) = (pixel.into(), links.into());
    }
    request
}

/// What was planned for each.
///
/// # Panics
/// When the call fails.
pub async fn plan(client: &Client, request: v1::PlanTrackingRequest) -> Vec<Told> {
    let answer = client.interactions().plan_tracking(request).await.expect("a plan is answered");
    answer.into_inner().results.into_iter().filter_map(|result| result.result).collect()
}

/// What was planned for each, by the contract's words: `IDENTIFIED GRANTED, TRACKED GRANTED, RECORDED`, without the last
/// where nothing is recorded; an error by its reason and metadata.
pub async fn words(client: &Client, request: v1::PlanTrackingRequest) -> Vec<String> {
    plan(client, request).await.iter().map(word).collect()
}

/// [`words`] of one.
///
/// # Panics
/// When the answer lacks something.
#[must_use]
pub fn word(told: &Told) -> String {
    let plan = match told {
        Told::Plan(plan) => plan,
        Told::Error(error) => return error_word(error),
    };
    let (pixel, links) = (plan.pixel.as_ref().expect("a pixel"), plan.links.as_ref().expect("links"));
    let why =
        |reason: v1::VerdictReason| reason.as_str_name().trim_start_matches("VERDICT_REASON_").to_owned();
    let pixel_mode = pixel.mode().as_str_name().trim_start_matches("PIXEL_MODE_");
    let links_mode = links.mode().as_str_name().trim_start_matches("LINK_MODE_");
    let send = match plan.send() {
        v1::Disposition::Unspecified => String::new(),
        send => format!(", {}", send.as_str_name().trim_start_matches("DISPOSITION_")),
    };
    format!("{pixel_mode} {}, {links_mode} {}{send}", why(pixel.reason()), why(links.reason()))
}

fn error_word(error: &assent_proto::google::rpc::Status) -> String {
    let info = fault::status(error).get_details_error_info().expect("every error has a reason");
    let mut facts: Vec<String> = info.metadata.iter().map(|(key, fact)| format!(" {key}={fact}")).collect();
    facts.sort_unstable();
    info.reason + &facts.concat()
}
