//! What people did, and what is planned and reported of it, from the script.

use std::pin::Pin;

use assent_proto::v1;
use assent_proto::v1::interaction_service_server::InteractionService;
use tonic::{Request, Response, Status};

use super::{Answer, Served, Watched, edge, refusal};

#[tonic::async_trait]
impl InteractionService for Served {
    /// Tells of each the id that it was sent under, in place of a policy, so that tests see the order.
    async fn record_interactions(
        &self,
        request: Request<v1::RecordInteractionsRequest>,
    ) -> Answer<v1::RecordInteractionsResponse> {
        let sent = request.get_ref().interactions.clone();
        let profiles = sent.iter().map(|one| one.profile.clone().map_or_else(String::new, |key| key.id));
        let refuse = self.see(&request, "", profiles.collect(), "")?;
        let result = |(at, one): (usize, &v1::Interaction)| {
            use v1::record_interactions_result::Result as Wire;
            let outcome = v1::InteractionOutcome {
                disposition: v1::Disposition::Recorded.into(),
                reason: v1::VerdictReason::Granted.into(),
                policy: Some(v1::PolicyVersion { id: one.interaction_id.clone(), version: 1 }),
            };
            let result = if refuse.contains(&at) {
                Wire::Error(refusal(&format!("interactions[{at}].occurred_at")))
            } else {
                Wire::Outcome(outcome)
            };
            v1::RecordInteractionsResult { result: Some(result) }
        };
        Ok(Response::new(v1::RecordInteractionsResponse {
            results: sent.iter().enumerate().map(result).collect(),
        }))
    }

    type StreamInteractionsStream = tonic::Streaming<v1::StreamInteractionsResponse>;

    async fn stream_interactions(
        &self,
        _: Request<tonic::Streaming<v1::StreamInteractionsRequest>>,
    ) -> Answer<Self::StreamInteractionsStream> {
        Err(Status::unimplemented("not scripted"))
    }

    /// Tells of each the profile that it was for, in place of a policy, so that tests see the order.
    async fn plan_tracking(
        &self,
        request: Request<v1::PlanTrackingRequest>,
    ) -> Answer<v1::PlanTrackingResponse> {
        let asked = request.get_ref().clone();
        let id = asked.record_sends.as_ref().map_or_else(String::new, |sends| sends.request_id.clone());
        let profiles: Vec<String> =
            asked.recipients.iter().map(|one| one.profile.clone().unwrap_or_default().id).collect();
        let refuse = self.see(&request, &id, profiles.clone(), "")?;
        let result = |(at, one): (usize, &v1::PlanRecipient)| {
            use v1::plan_tracking_result::Result as Wire;
            let reason = v1::VerdictReason::Refused.into();
            let policy = Some(v1::PolicyVersion { id: profiles[at].clone(), version: 1 });
            let plan = v1::TrackingPlan {
                pixel: Some(v1::PlannedPixel { mode: one.pixel, reason, policy: policy.clone() }),
                links: Some(v1::PlannedLinks { mode: one.links, reason, policy }),
                send: if id.is_empty() { 0 } else { v1::Disposition::Recorded.into() },
            };
            let result = if refuse.contains(&at) {
                Wire::Error(refusal(&format!("recipients[{at}].pixel")))
            } else {
                Wire::Plan(plan)
            };
            v1::PlanTrackingResult { result: Some(result) }
        };
        Ok(Response::new(v1::PlanTrackingResponse {
            results: asked.recipients.iter().enumerate().map(result).collect(),
        }))
    }

    /// The campaign's id is how often was sent; the days asked for are told as they were asked for.
    async fn get_campaign_report(
        &self,
        request: Request<v1::GetCampaignReportRequest>,
    ) -> Answer<v1::GetCampaignReportResponse> {
        let asked = request.get_ref().clone();
        self.see(&request, "", Vec::new(), &asked.campaign_id)?;
        let rate = v1::RateFigures { trackable: 8, not_trackable: 2, human: 2, automated: 1 };
        let figures = v1::CampaignFigures {
            sends: asked.campaign_id.parse().unwrap(),
            email_opens: Some(rate),
            revenue: vec![v1::Money { minor_units: 4_990, currency_code: "EUR".to_owned() }],
            ..v1::CampaignFigures::default()
        };
        let days = asked.days.unwrap_or_default();
        let day =
            days.first_day.map(|day| v1::CampaignDay { day: Some(day), figures: Some(figures.clone()) });
        let period = v1::AnonymousPeriod { first_day: days.first_day, last_day: days.last_day, count: 12 };
        let counts = v1::AnonymousCounts {
            kind: v1::InteractionKind::EmailOpen.into(),
            total: 12,
            periods: days.first_day.map(|_| period).into_iter().collect(),
        };
        Ok(Response::new(v1::GetCampaignReportResponse {
            total: Some(figures),
            days: day.into_iter().collect(),
            anonymous: vec![counts],
        }))
    }

    async fn get_profile_activity(
        &self,
        _: Request<v1::GetProfileActivityRequest>,
    ) -> Answer<v1::GetProfileActivityResponse> {
        Err(Status::unimplemented("not scripted"))
    }

    /// One empty page after each cursor, which are numbers, counted up; it tells in place of what it left out where it
    /// began.
    async fn read_interactions(
        &self,
        request: Request<v1::ReadInteractionsRequest>,
    ) -> Answer<v1::ReadInteractionsResponse> {
        use v1::read_interactions_request::Position;
        let (seen, begun) = match request.get_ref().position.clone().unwrap() {
            Position::Cursor(cursor) => (cursor.clone(), cursor.parse::<u32>().unwrap()),
            Position::Edge(edge) => {
                let name = v1::CursorEdge::try_from(edge).unwrap().as_str_name();
                (name.trim_start_matches("CURSOR_EDGE_").to_owned(), 0)
            }
        };
        self.see(&request, "", Vec::new(), &seen)?;
        Ok(Response::new(v1::ReadInteractionsResponse {
            next_cursor: (begun + 1).to_string(),
            caught_up: true,
            left_out: Some(begun),
            ..v1::ReadInteractionsResponse::default()
        }))
    }

    type WatchInteractionsStream = Pin<Box<dyn tokio_stream::Stream<Item = Watched> + Send>>;

    async fn watch_interactions(
        &self,
        request: Request<v1::WatchInteractionsRequest>,
    ) -> Answer<Self::WatchInteractionsStream> {
        use v1::watch_interactions_request::Position;
        let seen = match request.get_ref().position.clone().unwrap() {
            Position::Cursor(cursor) => cursor,
            Position::Edge(number) => edge(number),
        };
        self.see(&request, "", Vec::new(), &seen)?;
        let told = self.0.lock().unwrap().streams.pop_front().unwrap_or_default();
        Ok(Response::new(Box::pin(tokio_stream::iter(told))))
    }
}
