//! Everything that the service holds, counted through its own calls and held against what the writers were told.

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::v1::consent_change_service_client::ConsentChangeServiceClient;
use assent_proto::v1::{
    self, consent_record, get_consents_result, upsert_consents_item::Event, verify_history_response,
};
use assent_tests::story;
use tonic::transport::Channel;

use super::consents;
use super::writers::Sent;

/// What stands on record.
pub(super) struct Census {
    /// The position of each item's record, by the token that it was sent with.
    positions: BTreeMap<String, u64>,
    /// The ledger's last position.
    pub(super) head: u64,
}

impl Census {
    /// Counts all that was ever sent.
    ///
    /// # Panics
    /// When a record is there twice, a position is missing or given twice, or the feed misses or repeats a change.
    pub(super) async fn take(channel: &Channel, sent: &[Sent]) -> Self {
        let (feed, head) = read_feed(channel).await;
        let people: BTreeSet<String> = sent.iter().flat_map(items).map(|(who, _)| who).collect();
        let (shared, own): (Vec<_>, Vec<_>) = people.into_iter().partition(|who| who.contains("shared"));
        let mut positions = BTreeMap::new();
        for batch in own.chunks(1_000) {
            for (who, record) in first_records(channel, batch).await {
                let position = *feed.get(&record).expect("the first no of a person is a change in the feed");
                // A person of one writer alone has the token as its id.
                positions.insert(who, position);
            }
        }
        let mut changes = positions.len();
        for who in &shared {
            for record in records(channel, who).await {
                let position = feed.get(&record.id);
                assert_eq!(
                    position.is_some(),
                    !record.changes.is_empty(),
                    "a change, if and only if in the feed"
                );
                assert!(
                    position.is_none_or(|position| *position == record.position),
                    "two positions of one record"
                );
                changes += usize::from(position.is_some());
                let token = token_of(&record);
                assert!(positions.insert(token, record.position).is_none(), "one item was recorded twice");
            }
        }
        assert_eq!(feed.len(), changes, "the feed holds changes of nobody");
        let given: BTreeSet<u64> = positions.values().copied().collect();
        assert!(given.iter().copied().eq(1..=head), "positions {given:?} are not 1 to {head} without a gap");
        assert_eq!(given.len(), positions.len(), "two records share a position");
        Self { positions, head }
    }

    /// Holds it against what the writers were told.
    ///
    /// # Panics
    /// When an acknowledged item is not there, or part of a request that was not.
    pub(super) fn hold_against(&self, sent: &[Sent]) {
        for sent in sent {
            let there: Vec<bool> =
                items(sent).map(|(_, token)| self.positions.contains_key(&token)).collect();
            let whole = there.iter().all(|there| *there);
            if sent.acknowledged() {
                assert!(whole, "an acknowledged item was lost: {there:?}");
            } else {
                assert!(whole || !there.contains(&true), "half of a request is there: {there:?}");
            }
        }
    }

    /// Whether a request was stored.
    pub(super) fn holds(&self, sent: &Sent) -> bool {
        items(sent).all(|(_, token)| self.positions.contains_key(&token))
    }
}

/// Person and token of each item of a request.
fn items(sent: &Sent) -> impl Iterator<Item = (String, String)> {
    sent.request.items.iter().map(|item| {
        let Some(Event::Answer(given)) = &item.event else { panic!("an answer") };
        let actor = given.evidence.as_ref().and_then(|evidence| evidence.actor.clone());
        let who = item.profile.as_ref().expect("a person").id.clone();
        (who, actor.expect("a token"))
    })
}

fn token_of(record: &v1::ConsentRecord) -> String {
    let Some(consent_record::Body::Answer(given)) = &record.body else { panic!("an answer") };
    given.evidence.as_ref().and_then(|evidence| evidence.actor.clone()).expect("a token")
}

/// The whole feed: the position of each record that changed something, and the ledger's last position.
async fn read_feed(channel: &Channel) -> (BTreeMap<String, u64>, u64) {
    let mut client = ConsentChangeServiceClient::new(channel.clone());
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Earliest.into()));
    let found = client.get_cursor(v1::GetCursorRequest { start, filter: None }).await.expect("a cursor");
    let mut cursor = found.into_inner().cursor;
    let (mut feed, mut covered, mut last) = (BTreeMap::new(), 0, 0);
    loop {
        let request = v1::ReadConsentChangesRequest {
            cursor,
            page_size: 700,
            ..v1::ReadConsentChangesRequest::default()
        };
        let page = client.read_consent_changes(request).await.expect("a page").into_inner();
        assert_eq!(page.covered_after, covered, "a gap between two pages");
        for change in page.changes {
            assert!(change.position > last, "position {} after {last}", change.position);
            last = change.position;
            assert!(feed.insert(change.record_id, last).is_none(), "position {last} repeats a change");
        }
        (cursor, covered) = (page.next_cursor, page.covered_through);
        if page.caught_up {
            return (feed, page.head_position);
        }
    }
}

/// Those of `people` of whom something is on record, with the record: one each, since they were written about once.
async fn first_records(channel: &Channel, people: &[String]) -> Vec<(String, String)> {
    let profiles = people.iter().map(|who| v1::ProfileKey { id: who.clone() }).collect();
    let request =
        v1::GetConsentsRequest { profile_table: story::people(), profiles, as_of: None, known_at: None };
    let answer = consents(channel).get_consents(request).await.expect("states are told").into_inner();
    let told = people.iter().zip(answer.results).filter_map(|(who, result)| {
        let Some(get_consents_result::Result::Consents(told)) = result.result else { panic!("{result:?}") };
        let records: BTreeSet<_> = told.standings.iter().map(|standing| &standing.record_id).collect();
        assert_eq!(records.len(), 1, "one record covers every series");
        assert!(told.profile_version <= 1, "one item was recorded twice");
        let record = told.standings.first().and_then(|standing| standing.record_id.clone());
        assert_eq!(record.is_some(), told.profile_version == 1);
        Some((who.clone(), record?))
    });
    told.collect()
}

/// Everything on record of one person.
async fn records(channel: &Channel, who: &str) -> Vec<v1::ConsentRecord> {
    let mut all: Vec<v1::ConsentRecord> = Vec::new();
    let mut page_token = None;
    loop {
        let request = v1::ListConsentRecordsRequest {
            profile_table: story::people(),
            profile: Some(v1::ProfileKey { id: who.to_owned() }),
            page_size: 200,
            page_token,
        };
        let page = consents(channel).list_consent_records(request).await.expect("a history").into_inner();
        all.extend(page.records);
        page_token = page.next_page_token;
        if page_token.is_none() {
            break;
        }
    }
    for (record, version) in all.iter().zip(1..) {
        assert_eq!(record.profile_version, version, "a version of a person is missing or there twice");
    }
    assert!(all.is_sorted_by(|one, next| one.position < next.position), "a person's records out of order");
    all
}

/// Has the service walk its ledger, which must be whole up to `head`.
pub(super) async fn verify(channel: &Channel, head: u64) {
    let request = v1::VerifyHistoryRequest { known_head: None };
    let mut walk = consents(channel).verify_history(request).await.expect("a walk begins").into_inner();
    let mut last = None;
    while let Some(told) = walk.message().await.expect("a walk goes on") {
        last = told.event;
    }
    let Some(verify_history_response::Event::Whole(whole)) = last else { panic!("{last:?}") };
    assert_eq!((whole.verified, whole.redacted), (head, 0));
}
