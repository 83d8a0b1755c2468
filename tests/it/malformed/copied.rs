//! A snapshot that goes on.

use assent_proto::v1::snapshot_consents_response::Event;
use assent_proto::v1::{ChangeFilter, SnapshotConsentsRequest};
use assent_tests::app::TestApp;

use super::valid::{Valid, valid};

/// From where another one was cut.
pub(super) async fn snapshot(app: &TestApp, filter: Option<ChangeFilter>) -> Valid {
    let begun = SnapshotConsentsRequest { filter, resume_token: None, page_size: 10 };
    let told =
        app.client().changes().snapshot_consents(begun.clone()).await.expect("a snapshot").into_inner();
    let told = { told }.message().await.expect("it begins").and_then(|told| told.event);
    let Some(Event::Page(page)) = told else { panic!("{told:?}") };
    let resumed = SnapshotConsentsRequest { resume_token: Some(page.resume_token), ..begun };
    valid("ConsentChangeService.SnapshotConsents", &resumed)
}
