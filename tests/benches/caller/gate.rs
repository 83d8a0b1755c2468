//! PlanTracking, QueryEngagement and GetCampaignReport.

use assent_proto::v1::audience_service_client::AudienceServiceClient;
use assent_proto::v1::engagement_question::Target;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{self, plan_tracking_result, query_engagement_result};
use assent_tests::story::timestamp;

use super::{Asking, Caller, TABLE, profile, uuid};

impl Caller {
    /// Declares a campaign, and a message of it that everybody may be tracked by who granted.
    pub(crate) async fn declare_campaign(&self, campaign: &str, message: &str) {
        let mut settings = SettingsServiceClient::new(self.channel(0));
        let declared = v1::Campaign { id: campaign.to_owned(), ..v1::Campaign::default() };
        let request = self.with_key(v1::PutCampaignRequest { campaign: Some(declared) });
        settings.put_campaign(request).await.expect("a campaign is stored");
        let message = v1::Message {
            id: message.to_owned(),
            campaign_id: Some(campaign.to_owned()),
            channel: v1::Channel::Email.into(),
            class: v1::MessageClass::Marketing.into(),
            basis: v1::SendingBasis::Consent.into(),
            ..v1::Message::default()
        };
        let request = self.with_key(v1::PutMessageRequest { message: Some(message) });
        settings.put_message(request).await.expect("a message is stored");
    }

    /// One call that plans a message to those people, and records its sends if asked to.
    pub(crate) async fn plan(&self, number: usize, people: &[u64], message: &str, records: bool) {
        let recipient = |person: &u64| v1::PlanRecipient {
            profile: Some(v1::ProfileKey { id: profile(*person) }),
            ..v1::PlanRecipient::default()
        };
        let recording = || v1::SendRecording { request_id: uuid(self.random(), self.random()) };
        let request = v1::PlanTrackingRequest {
            profile_table: TABLE.to_owned(),
            message_id: message.to_owned(),
            recipients: people.iter().map(recipient).collect(),
            record_sends: records.then(recording),
        };
        let client = InteractionServiceClient::new(self.channel(number));
        let answer = { client }.plan_tracking(self.with_key(request)).await;
        let results = answer.expect("a call is answered").into_inner().results;
        assert_eq!(results.len(), people.len(), "each recipient is answered");
        let planned = results.iter().all(|result| match &result.result {
            Some(plan_tracking_result::Result::Plan(plan)) => {
                plan.pixel.as_ref().is_some_and(|pixel| pixel.mode() == v1::PixelMode::Identified)
            }
            _ => false,
        });
        assert!(planned, "everybody granted");
    }

    /// One call that asks of those people whether they clicked in that message within that window.
    pub(crate) async fn engagement(&self, number: usize, people: &[u64], asking: &Asking) {
        let question = |person: &u64| v1::EngagementQuestion {
            r#ref: "question".to_owned(),
            profile: Some(v1::ProfileKey { id: profile(*person) }),
            target: Some(Target::MessageId(asking.message.clone())),
            kinds: vec![v1::InteractionKind::EmailClick.into()],
            occurred_from: Some(timestamp(asking.start)),
            occurred_before: Some(timestamp(asking.deadline)),
            ..v1::EngagementQuestion::default()
        };
        let request = v1::QueryEngagementRequest {
            profile_table: TABLE.to_owned(),
            questions: people.iter().map(question).collect(),
        };
        let client = AudienceServiceClient::new(self.channel(number));
        let answer = { client }.query_engagement(self.with_key(request)).await;
        let results = answer.expect("a call is answered").into_inner().results;
        assert_eq!(results.len(), people.len(), "each question is answered");
        let answered = results.iter().all(|result| match &result.result {
            Some(query_engagement_result::Result::Engagement(told)) => {
                told.answer() != v1::EngagementAnswer::NotKnown
            }
            _ => false,
        });
        assert!(answered, "everybody could be seen");
    }

    /// One call for a campaign's figures.
    pub(crate) async fn report(&self, number: usize, campaign: &str) {
        let request = v1::GetCampaignReportRequest { campaign_id: campaign.to_owned(), days: None };
        let client = InteractionServiceClient::new(self.channel(number));
        let answer = { client }.get_campaign_report(self.with_key(request)).await;
        let total = answer.expect("a call is answered").into_inner().total.expect("a total");
        assert!(total.sends > 0, "something was sent");
    }
}
