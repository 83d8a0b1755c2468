//! Plans with nothing wrong in them, and their renewal.

use assent_proto::v1;
use assent_tests::app::START;
use assent_tests::{marks, story};
use prost_reflect::{DynamicMessage, Value};

use super::valid::{Valid, valid};

/// A plan that records its sends, and one that does not.
pub(super) fn plans() -> [Valid; 2] {
    let recipient = v1::PlanRecipient {
        profile: story::person("anna"),
        pixel: v1::PixelMode::None.into(),
        links: v1::LinkMode::Plain.into(),
        interaction_id: None,
        sent_at: None,
    };
    let sent = v1::PlanRecipient {
        interaction_id: Some(marks::uuid()),
        sent_at: Some(story::timestamp(START)),
        ..recipient.clone()
    };
    let whole = v1::PlanTrackingRequest {
        profile_table: story::people(),
        message_id: marks::id("spring"),
        recipients: vec![sent.clone(), v1::PlanRecipient { interaction_id: Some(marks::uuid()), ..sent }],
        record_sends: Some(v1::SendRecording { request_id: marks::uuid() }),
    };
    let asked = v1::PlanTrackingRequest { recipients: vec![recipient], record_sends: None, ..whole.clone() };
    [whole, asked].map(|request| valid("InteractionService.PlanTracking", &request))
}

/// Gives a request that records sends an id of its own, since each way to break it is another content.
pub(super) fn renew(request: &mut DynamicMessage) {
    let Some(Value::Message(mut recording)) = request
        .get_field_by_name("record_sends")
        .filter(|_| request.has_field_by_name("record_sends"))
        .map(std::borrow::Cow::into_owned)
    else {
        return;
    };
    recording.set_field_by_name("request_id", Value::String(marks::uuid()));
    request.set_field_by_name("record_sends", Value::Message(recording));
}
