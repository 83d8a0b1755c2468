//! Everything that callers are answered who ask for others.

use std::time::Duration;

use assent_domain::time::{Instant, Zone};
use assent_proto::google::Date;
use assent_proto::v1::{
    self, CursorEdge, InteractionKind, engagement_question, read_interactions_request,
    watch_interactions_request,
};
use prost_reflect::prost::Message;

use super::caller::{Caller, patiently};
use super::ground::Ground;
use super::world::{CAMPAIGNS, TABLES, World, now};

/// How long nothing may come of a stream until that was all.
const A_MOMENT: Duration = Duration::from_millis(500);

/// Somebody of a table.
pub(super) type Asked = (&'static str, String);

/// Those of [`super::world`], under `strict`.
const KNOWN: [&str; 5] = ["gina", "rita", "wim", "olga", "dora"];

/// Asks for all that can be had of others, and keeps what is answered.
pub(super) async fn for_everything(ground: &mut Ground, world: &World, people: &[Asked]) {
    for_interactions(ground, world, people).await;
    let caller = ground.caller(&world.shop);
    consent_changes(&caller, &mut ground.exports).await;
    let known = KNOWN.map(|who| ("strict", who.to_owned()));
    for (table, id) in known.iter().chain(people) {
        let (profile_table, profile) = ((*table).to_owned(), Some(v1::ProfileKey { id: id.clone() }));
        let asked = v1::ListConsentRecordsRequest {
            profile_table: profile_table.clone(),
            profile: profile.clone(),
            ..v1::ListConsentRecordsRequest::default()
        };
        let records = patiently(async || caller.consents().list_consent_records(asked.clone()).await);
        let records = records.await.into_inner();
        ground.exports.push(records.encode_to_vec());
        for record in records.records {
            let asked = v1::GetConsentReceiptRequest {
                profile_table: profile_table.clone(),
                profile: profile.clone(),
                record_id: record.id,
            };
            // What says nothing, and what was erased, has none.
            if let Ok(receipt) = caller.consents().get_consent_receipt(asked).await {
                ground.exports.push(receipt.into_inner().encode_to_vec());
            }
        }
        let asked = v1::CheckAskableRequest {
            profile_table: profile_table.clone(),
            profiles: profile.clone().into_iter().collect(),
        };
        let askable = patiently(async || caller.consents().check_askable(asked.clone()).await);
        ground.exports.push(askable.await.into_inner().encode_to_vec());
        let asked = v1::AccessProfileRequest { profile_table, profile };
        let told = patiently(async || caller.privacy().access_profile(asked.clone()).await);
        let mut told = told.await.into_inner();
        while let Some(piece) = told.message().await.expect("a piece") {
            ground.exports.push(piece.encode_to_vec());
        }
    }
}

/// Asks for all that is told of interactions, and keeps what is answered. The person alone may see more of it: what a withdrawal
/// took is theirs until it is gone from disk.
pub(super) async fn for_interactions(ground: &mut Ground, world: &World, people: &[Asked]) {
    let caller = ground.caller(&world.shop);
    let mut exports = Vec::new();
    pages(&caller, &mut exports).await;
    stream(&caller, &mut exports).await;
    let known = KNOWN.map(|who| ("strict", who.to_owned()));
    for (table, id) in known.iter().chain(people) {
        let asked = v1::GetProfileActivityRequest {
            profile_table: (*table).to_owned(),
            profile: Some(v1::ProfileKey { id: id.clone() }),
            ..v1::GetProfileActivityRequest::default()
        };
        let activity = patiently(async || caller.interactions().get_profile_activity(asked.clone()).await);
        exports.push(activity.await.into_inner().encode_to_vec());
        let answer = engaged(&caller, table, id, "spring").await;
        exports.push(answer.encode_to_vec());
    }
    for table in TABLES {
        inactive(&caller, table, &mut exports).await;
    }
    let (first_day, last_day) = (Some(day(now() - 30 * super::world::DAY)), Some(day(now())));
    for campaign in CAMPAIGNS {
        let days = Some(v1::ReportDays { first_day, last_day });
        let asked = v1::GetCampaignReportRequest { campaign_id: campaign.to_owned(), days };
        let report = patiently(async || caller.interactions().get_campaign_report(asked.clone()).await);
        exports.push(report.await.into_inner().encode_to_vec());
    }
    ground.exports = exports;
}

/// Whether somebody visited or reached something for that campaign.
pub(super) async fn engaged(caller: &Caller, table: &str, id: &str, campaign: &str) -> v1::Engagement {
    let question = v1::EngagementQuestion {
        r#ref: "question".to_owned(),
        profile: Some(v1::ProfileKey { id: id.to_owned() }),
        target: Some(engagement_question::Target::CampaignId(campaign.to_owned())),
        kinds: vec![InteractionKind::WebsiteVisit.into(), InteractionKind::TransactionGoal.into()],
        ..v1::EngagementQuestion::default()
    };
    let asked = v1::QueryEngagementRequest { profile_table: table.to_owned(), questions: vec![question] };
    let told = patiently(async || caller.audience().query_engagement(asked.clone()).await).await;
    match told.into_inner().results.remove(0).result {
        Some(v1::query_engagement_result::Result::Engagement(told)) => told,
        other => panic!("a question is answered: {other:?}"),
    }
}

async fn pages(caller: &Caller, exports: &mut Vec<Vec<u8>>) {
    let mut position = read_interactions_request::Position::Edge(CursorEdge::Earliest.into());
    loop {
        let read = v1::ReadInteractionsRequest {
            position: Some(position.clone()),
            page_size: 1_000,
            ..v1::ReadInteractionsRequest::default()
        };
        let page = patiently(async || caller.interactions().read_interactions(read.clone()).await)
            .await
            .into_inner();
        exports.push(page.encode_to_vec());
        if page.caught_up {
            break;
        }
        position = read_interactions_request::Position::Cursor(page.next_cursor);
    }
}

async fn stream(caller: &Caller, exports: &mut Vec<Vec<u8>>) {
    let position = watch_interactions_request::Position::Edge(CursorEdge::Earliest.into());
    let watch =
        v1::WatchInteractionsRequest { position: Some(position), ..v1::WatchInteractionsRequest::default() };
    let told = patiently(async || caller.interactions().watch_interactions(watch.clone()).await).await;
    let mut told = told.into_inner();
    while let Ok(next) = tokio::time::timeout(A_MOMENT, told.message()).await {
        let next = next.expect("a stream goes on").expect("and does not end");
        exports.push(next.encode_to_vec());
    }
}

async fn inactive(caller: &Caller, table: &str, exports: &mut Vec<Vec<u8>>) {
    let mut page_token = None;
    loop {
        let asked = v1::FindInactiveRequest {
            profile_table: table.to_owned(),
            inactive_since: Some(day(now())),
            r#use: v1::InactivityUse::Exclude.into(),
            page_size: 1_000,
            page_token,
        };
        let page =
            patiently(async || caller.audience().find_inactive(asked.clone()).await).await.into_inner();
        exports.push(page.encode_to_vec());
        page_token = page.next_page_token;
        if page_token.is_none() {
            break;
        }
    }
}

async fn consent_changes(caller: &Caller, exports: &mut Vec<Vec<u8>>) {
    let start = Some(v1::get_cursor_request::Start::Edge(CursorEdge::Earliest.into()));
    let start = v1::GetCursorRequest { start, filter: None };
    let mut cursor =
        patiently(async || caller.changes().get_cursor(start.clone()).await).await.into_inner().cursor;
    loop {
        let read = v1::ReadConsentChangesRequest { cursor, ..v1::ReadConsentChangesRequest::default() };
        let page =
            patiently(async || caller.changes().read_consent_changes(read.clone()).await).await.into_inner();
        exports.push(page.encode_to_vec());
        cursor = page.next_cursor;
        if page.caught_up {
            break;
        }
    }
    let snapshot = v1::SnapshotConsentsRequest::default();
    let told = patiently(async || caller.changes().snapshot_consents(snapshot.clone()).await).await;
    let mut told = told.into_inner();
    while let Some(piece) = told.message().await.expect("a snapshot goes on") {
        exports.push(piece.encode_to_vec());
    }
}

fn day(at: i64) -> Date {
    let instant = Instant::from_micros(at).expect("an instant");
    let (year, month, day) = instant.day_in(&Zone::utc()).ymd();
    Date { year: year.into(), month: month.into(), day: day.into() }
}
