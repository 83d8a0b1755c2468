//! Calls that name one thing: what is wrong with the name is told by its field.

use assent_tests::{apply, every_app, marks};

use super::*;

/// The wrong fields of a call that must fail for them.
fn wrong<T>(answer: Result<Response<T>, Status>) -> Vec<String> {
    let details = failed(answer, Code::InvalidArgument, "FIELD_INVALID");
    let wrong = details.bad_request().expect("the fields are named").field_violations.clone();
    wrong.into_iter().map(|wrong| wrong.field).collect()
}

#[apply(every_app)]
async fn an_id_that_nothing_can_have_is_no_unknown_one(app: &TestApp) {
    for id in [String::new(), "x".repeat(200), "a\nb".to_owned()] {
        let mut settings = app.client().settings();
        let get = v1::GetProfileTableRequest { id: id.clone() };
        assert_eq!(wrong(settings.get_profile_table(get).await), ["id"]);
        let get = v1::GetPolicyOverrideRequest { id: id.clone() };
        assert_eq!(wrong(settings.get_policy_override(get).await), ["id"]);
        let get = v1::GetPolicyRequest { id, version: Some(0) };
        let mut fields = wrong(settings.get_policy(get).await);
        fields.sort_unstable();
        assert_eq!(fields, ["id", "version"]);
    }
}

#[apply(every_app)]
async fn a_known_head_is_a_place_and_a_hash(app: &TestApp) {
    let known_head = Some(v1::LedgerHead { position: 1, chain: vec![7; 31] });
    let request = v1::VerifyHistoryRequest { known_head };
    assert_eq!(wrong(app.client().consents().verify_history(request).await), ["known_head.chain"]);
}

#[apply(every_app)]
async fn facts_are_sent_for_a_table_under_a_request_id(app: &TestApp) {
    let request = v1::UpsertProfilesRequest {
        request_id: marks::id("no uuid"),
        ..v1::UpsertProfilesRequest::default()
    };
    let mut fields = wrong(app.client().consents().upsert_profiles(request).await);
    fields.sort_unstable();
    assert_eq!(fields, ["items", "profile_table", "request_id"]);
}
