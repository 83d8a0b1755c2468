//! UpsertConsents.

use assent_proto::v1::consent_service_client::ConsentServiceClient;
use assent_proto::v1::{self, get_consents_result, upsert_consents_result};

use super::{Caller, TABLE, micros, profile, uuid};

impl Caller {
    /// One call with a fully proven grant of each of so many people, decided now.
    pub(crate) async fn grant_some(self, number: usize, items: u64) -> u64 {
        self.upsert(number, self.somebody(items), micros()).await;
        items
    }

    /// One call with a grant of somebody, sent under that name.
    pub(crate) async fn grant_named(self, number: usize, origin: &str) {
        self.upsert_as(origin, number, self.somebody(1), micros()).await;
    }

    pub(super) async fn upsert(&self, number: usize, people: Vec<u64>, decided_at: i64) {
        self.upsert_as("bench", number, people, decided_at).await;
    }

    async fn upsert_as(&self, origin: &str, number: usize, people: Vec<u64>, decided_at: i64) {
        let request = v1::UpsertConsentsRequest {
            profile_table: TABLE.to_owned(),
            items: people.into_iter().map(|person| self.grant(person, decided_at)).collect(),
            request_id: uuid(self.random() & !0xf000 | 0x4000, self.random()),
            validate_only: false,
            origin: Some(origin.to_owned()),
        };
        let client = ConsentServiceClient::new(self.channel(number));
        let answer = { client }.upsert_consents(self.with_key(request)).await;
        for result in answer.expect("a call is answered").into_inner().results {
            let stored = matches!(result.result, Some(upsert_consents_result::Result::Outcome(_)));
            assert!(stored, "a proven grant is stored: {result:?}");
        }
    }

    /// One call that asks what is on record of those people.
    pub(crate) async fn read_consents(&self, number: usize, people: &[u64]) {
        let request = v1::GetConsentsRequest {
            profile_table: TABLE.to_owned(),
            profiles: people.iter().map(|person| v1::ProfileKey { id: profile(*person) }).collect(),
            as_of: None,
            known_at: None,
        };
        let client = ConsentServiceClient::new(self.channel(number)).max_decoding_message_size(16 << 20);
        let answer = { client }.get_consents(self.with_key(request)).await;
        let results = answer.expect("a call is answered").into_inner().results;
        assert_eq!(results.len(), people.len(), "each profile is answered");
        let known = results.iter().all(|result| match &result.result {
            Some(get_consents_result::Result::Consents(consents)) => !consents.standings.is_empty(),
            _ => false,
        });
        assert!(known, "everybody granted");
    }

    fn grant(&self, person: u64, at: i64) -> v1::UpsertConsentsItem {
        let evidence = v1::Evidence {
            method: Some("checkbox".to_owned()),
            source: Some(v1::Source {
                kind: v1::SourceKind::Form.into(),
                name: Some("newsletter form".to_owned()),
                version: Some("3".to_owned()),
            }),
            notice_id: Some(self.notice.clone()),
            language: Some("fr-BE".to_owned()),
            actor: Some("web user".to_owned()),
            proof_reference: None,
        };
        let given = v1::AnswerGiven {
            answer: v1::Answer::Grant.into(),
            coverage: assent_tests::story::tracking(),
            decided_at: Some(assent_tests::story::timestamp(at)),
            basis: v1::Basis::Explicit.into(),
            evidence: Some(evidence),
        };
        v1::UpsertConsentsItem {
            profile: Some(v1::ProfileKey { id: profile(person) }),
            facts: None,
            event: Some(v1::upsert_consents_item::Event::Answer(given)),
        }
    }
}
