//! Sound requests about forms, about asking again, and about receipts.

use assent_proto::v1::{self, describe_opt_ins_request::Place};
use assent_tests::app::TestApp;
use assent_tests::{marks, story};

use super::valid::{Valid, valid};

/// What a setting can declare: a text for each box, the joint one in two languages.
pub(super) fn texts(notice: &[u8]) -> Vec<v1::OptInText> {
    use v1::OptInBox::{Joint, Marketing, Tracking};
    let text = |(of, language): (v1::OptInBox, &str)| v1::OptInText {
        r#box: of.into(),
        language: language.to_owned(),
        notice_id: notice.to_vec(),
    };
    [(Marketing, "fr"), (Tracking, "fr"), (Joint, "fr"), (Joint, "zh-Hant")].map(text).to_vec()
}

pub(super) async fn requests(app: &TestApp) -> Vec<Valid> {
    let form = |place| v1::DescribeOptInsRequest {
        profile_table: story::people(),
        place: Some(place),
        jurisdiction: Some("FR".to_owned()),
        languages: vec!["fr".to_owned(), "nl-BE".to_owned()],
    };
    let profiles = ["anna", "bruno"].into_iter().filter_map(story::person).collect();
    let askable = v1::CheckAskableRequest { profile_table: story::people(), profiles };
    let history = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        ..v1::ListConsentRecordsRequest::default()
    };
    let records = app.client().consents().list_consent_records(history).await.expect("a history");
    let receipt = v1::GetConsentReceiptRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        record_id: records.into_inner().records.remove(0).id,
    };
    vec![
        valid("ConsentService.DescribeOptIns", &form(Place::WebsiteId(marks::id("worded")))),
        valid("ConsentService.DescribeOptIns", &form(Place::CampaignId(marks::id("worded")))),
        valid("ConsentService.CheckAskable", &askable),
        valid("ConsentService.GetConsentReceipt", &receipt),
    ]
}
