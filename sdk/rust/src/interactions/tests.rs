//! Batches of interactions, as the service sees them.

mod follow;
mod watch;

use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{
    CampaignReportQuery, Day, Disposition, Instant, Interaction, InteractionOutcome, LinkMode, Money,
    PixelMode, PlanTracking, Reason, Recipient, RecordInteractions, RequestId, VerdictReason,
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

fn plan(count: usize) -> PlanTracking {
    let recipient = |turn| Recipient::new(format!("p{turn}")).pixel(PixelMode::Shared).links(LinkMode::Plain);
    PlanTracking::of_message("m").in_table("t").recipients((0..count).map(recipient))
}

#[tokio::test]
async fn a_plan_for_many_goes_out_in_parts_and_records_nothing_unless_asked() {
    let service = Scripted::start().await;
    let told = service.client().interactions().plan(plan(1500)).await.unwrap();
    let seen = service.seen();
    assert_eq!(seen.iter().map(|seen| seen.profiles.len()).collect::<Vec<_>>(), [1000, 500]);
    assert!(seen.iter().all(|seen| seen.request_id.is_empty()));
    for (turn, told) in told.into_iter().enumerate() {
        let told = told.unwrap();
        assert_eq!((told.pixel.mode, told.links.mode), (PixelMode::Shared, LinkMode::Plain));
        assert_eq!((told.pixel.reason, told.send), (VerdictReason::Refused, None));
        assert_eq!(told.links.policy.unwrap().id, format!("p{turn}"));
    }
}

#[tokio::test]
async fn sends_are_recorded_under_one_id_that_is_kept_when_sent_again() {
    let service = Scripted::start().await;
    service.fail([failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new())]);
    let told = service.client().interactions().plan(plan(1).record_sends()).await.unwrap().remove(0).unwrap();
    assert_eq!(told.send, Some(Disposition::Recorded));
    let seen = service.seen();
    assert_eq!(seen.len(), 2);
    assert!(!seen[0].request_id.is_empty());
    assert_eq!(seen[0].request_id, seen[1].request_id);

    let id = RequestId::new();
    service.client().interactions().plan(plan(1).record_sends_as(id)).await.unwrap();
    assert_eq!(service.seen()[2].request_id, id.to_string());
}

#[tokio::test]
async fn a_recipient_that_is_refused_is_named_by_its_place_and_stops_no_other() {
    let service = Scripted::start().await;
    service.refuse_item(2);
    let told = service.client().interactions().plan(plan(4)).await.unwrap();
    assert_eq!(told[2].as_ref().unwrap_err().violations()[0].path, "recipients[2].pixel");
    assert_eq!(told.iter().filter(|told| told.is_err()).count(), 1);
}

#[tokio::test]
async fn a_report_tells_figures_with_their_base_and_days_where_they_are_asked_for() {
    let service = Scripted::start().await;
    let client = service.client();
    let told = client.interactions().report("10").await.unwrap();
    assert_eq!((told.total.sends, told.total.email_opens.rate()), (10, Some(0.25)));
    assert_eq!((told.total.email_clicks.rate(), told.days.len()), (None, 0));
    assert_eq!(told.total.revenue, [Money::new(4_990, "EUR")]);
    let (first, last): (Day, Day) = ("2026-09-01".parse().unwrap(), "2026-09-30".parse().unwrap());
    let told = client.interactions().report(CampaignReportQuery::of("10").days(first, last)).await.unwrap();
    assert_eq!(told.days[0].0, first);
    let period = told.anonymous[0].periods[0];
    assert_eq!((period.first_day, period.last_day, period.count), (first, last, 12));
    assert_eq!(service.seen().len(), 2);
}
