//! Batches of interactions, as the service sees them.

mod follow;

use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{
    Disposition, Instant, Interaction, InteractionOutcome, Reason, RecordInteractions, VerdictReason,
};

fn opens(count: usize) -> Vec<Interaction> {
    let at = Instant::from_micros(1_795_253_400_000_000);
    (0..count).map(|turn| Interaction::email_open(format!("p{turn}"), at, "m")).collect()
}

async fn record(service: &Scripted, opens: &[Interaction]) -> Vec<crate::Result<InteractionOutcome>> {
    let batch = RecordInteractions::into_table("t").interactions(opens.to_vec());
    service.client().interactions().record(batch).await.unwrap()
}

#[tokio::test]
async fn a_large_batch_goes_out_in_parts_and_comes_back_in_order() {
    let service = Scripted::start().await;
    let opens = opens(2500);
    let told = record(&service, &opens).await;
    let parts: Vec<usize> = service.seen().iter().map(|seen| seen.profiles.len()).collect();
    assert_eq!(parts, [1000, 1000, 500]);
    for (open, told) in opens.iter().zip(told) {
        let told = told.unwrap();
        assert_eq!((told.disposition, told.reason), (Disposition::Recorded, Some(VerdictReason::Granted)));
        assert_eq!(told.policy.unwrap().id, open.id.to_string());
    }
}

#[tokio::test]
async fn an_interaction_that_is_sent_again_keeps_its_id() {
    let service = Scripted::start().await;
    service.fail([failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new())]);
    let open = opens(1);
    let told = record(&service, &open).await.remove(0).unwrap();
    assert_eq!(service.seen().len(), 2);
    assert_eq!(told.policy.unwrap().id, open[0].id.to_string());
}

#[tokio::test]
async fn a_wrong_one_is_named_by_its_place_and_stops_no_other() {
    let service = Scripted::start().await;
    service.refuse_item(3);
    let told = record(&service, &opens(1010)).await;
    let path = |at: usize| told[at].as_ref().unwrap_err().violations()[0].path.clone();
    assert_eq!(path(3), "interactions[3].occurred_at");
    assert_eq!(path(1003), "interactions[1003].occurred_at");
    assert_eq!(told.iter().filter(|told| told.is_err()).count(), 2);
}

#[tokio::test]
async fn a_failed_part_tells_how_far_the_batch_got() {
    let service = Scripted::start().await;
    service.answer();
    service.fail([failure(Code::NotFound, "PROFILE_TABLE_UNKNOWN", ErrorDetails::new())]);
    let batch = RecordInteractions::into_table("t").interactions(opens(1001));
    let error = service.client().interactions().record(batch).await.unwrap_err();
    assert_eq!((error.reason(), error.items_answered()), (Some(Reason::ProfileTableUnknown), 1000));
}
