//! RecordInteractions.

use assent_proto::v1::interaction::What;
use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::{self, record_interactions_result};
use assent_tests::story::timestamp;

use super::{Caller, TABLE, micros, profile, uuid};

/// How many ids in the order of time fit into a millisecond.
const IDS_AT_ONCE: u64 = 1 << 12;

impl Caller {
    /// One call that says that so many people did something now, every other one a click.
    pub(crate) async fn record_some(self, number: usize, items: u64) -> u64 {
        let at = micros();
        let people = self.somebody(items).into_iter().enumerate();
        let done = people.map(|(place, person)| self.done(person, "m1", place % 2 == 1, at)).collect();
        self.record(number, done).await;
        items
    }

    /// That a person opened a message, or clicked a link in it.
    pub(crate) fn done(&self, person: u64, message: &str, click: bool, at: i64) -> v1::Interaction {
        let message_id = message.to_owned();
        let what = if click {
            let link_id = Some("l1".to_owned());
            What::EmailClick(v1::EmailClick { message_id, link_id, website_id: None })
        } else {
            What::EmailOpen(v1::EmailOpen { message_id })
        };
        v1::Interaction {
            interaction_id: self.interaction_id(at),
            occurred_at: Some(timestamp(at)),
            profile: Some(v1::ProfileKey { id: profile(person) }),
            what: Some(what),
            ..v1::Interaction::default()
        }
    }

    /// One call with those interactions, all of which are recorded.
    pub(crate) async fn record(&self, number: usize, interactions: Vec<v1::Interaction>) {
        let request = v1::RecordInteractionsRequest { profile_table: TABLE.to_owned(), interactions };
        let client = InteractionServiceClient::new(self.channel(number));
        let answer = { client }.record_interactions(self.with_key(request)).await;
        for result in answer.expect("a call is answered").into_inner().results {
            let Some(record_interactions_result::Result::Outcome(outcome)) = &result.result else {
                panic!("an interaction is judged: {result:?}");
            };
            assert_eq!(outcome.disposition(), v1::Disposition::Recorded, "a grant permits: {result:?}");
        }
    }

    /// As UUID version 7 has it: milliseconds first, then chance; or chance alone.
    fn interaction_id(&self, at: i64) -> String {
        let (one, other) = (self.random(), self.random());
        if self.ordered_ids {
            let millis = at.unsigned_abs() / 1_000;
            uuid((millis << 16) | 0x7000 | (one % IDS_AT_ONCE), other)
        } else {
            uuid(one & !0xf000 | 0x4000, other)
        }
    }
}
