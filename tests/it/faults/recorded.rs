//! Every interaction that the service holds: read through its own calls, looked at in the database itself, and held
//! against what the writers were told.

use std::collections::{BTreeMap, BTreeSet};

use assent_proto::v1::interaction_service_client::InteractionServiceClient;
use assent_proto::v1::read_interactions_request::Position;
use assent_proto::v1::{
    self, Disposition, Interaction, RecordInteractionsRequest, record_interactions_result::Result as Told,
};
use assent_tests::look::Look;
use assent_tests::story;
use tonic::transport::Channel;

use super::recorders::{is_own, is_permitted};
use super::writers::Sent;

/// What an interaction is known by: its id in hexadecimal digits, and when it occurred.
type Key = (String, i64);

/// The number of the kind that is a send.
const SEND: &str = "6";

/// What is on record.
pub(super) struct Recorded {
    keys: BTreeSet<Key>,
}

impl Recorded {
    /// Counts all that is there.
    ///
    /// # Panics
    /// When the feed misses a row or tells one twice, or a row lacks its batch, its send or its person's index.
    pub(super) async fn take(channel: &Channel, url: &str, sent: &[Sent<RecordInteractionsRequest>]) -> Self {
        let fed = read_feed(channel).await;
        let mut look = Look::at(url).await.expect("the database answers");
        let rows = rows(&mut look).await;
        let keys: BTreeSet<Key> = rows.iter().map(|row| row.key.clone()).collect();
        assert_eq!(keys.len(), rows.len(), "a row is there twice");
        assert_eq!(fed, keys, "the feed, read from its start, is not what is there");
        in_batches(&mut look, &rows).await;
        with_sends(&mut look, &rows).await;
        let mut of_people: BTreeMap<&str, BTreeSet<Key>> = BTreeMap::new();
        for row in &rows {
            of_people.entry(&row.profile).or_default().insert(row.key.clone());
        }
        for (who, keys) in of_people {
            let (seen, device) = activity(channel, who).await;
            assert_eq!(seen, keys, "the index of a person is not what is there of them");
            assert_eq!(device, newest_device(sent, who, &keys), "the last device is not the newest row's");
        }
        Self { keys }
    }

    /// Holds it against what the writers were told.
    ///
    /// # Panics
    /// When something acknowledged is not there, part of a call is there and another is not, or what may not be
    /// recorded was.
    pub(super) fn hold_against(&self, sent: &[Sent<RecordInteractionsRequest>]) {
        let mut first_told: BTreeSet<Key> = BTreeSet::new();
        for Sent { request, told } in sent {
            let items = &request.interactions;
            for item in items.iter().filter(|item| !is_permitted(item)) {
                assert!(!self.keys.contains(&key(item)), "what was refused is on record");
            }
            let Ok(told) = told else {
                let own = items.iter().filter(|item| is_own(item) && is_permitted(item));
                let there: BTreeSet<bool> = own.map(|item| self.keys.contains(&key(item))).collect();
                assert_eq!(there.len(), 1, "half of a call is there");
                continue;
            };
            assert_eq!(told.results.len(), items.len());
            for (item, told) in items.iter().zip(&told.results) {
                let disposition = disposition(told);
                assert_eq!(disposition != Disposition::Discarded, is_permitted(item), "{disposition:?}");
                if is_permitted(item) {
                    assert!(
                        self.keys.contains(&key(item)),
                        "what was acknowledged as {disposition:?} is lost"
                    );
                }
                if disposition == Disposition::Recorded {
                    assert!(first_told.insert(key(item)), "one interaction was told recorded twice");
                } else if is_own(item) && is_permitted(item) {
                    panic!("nobody else reported it, and it was told {disposition:?}");
                }
            }
        }
    }

    /// What a call has to be told that is sent once more.
    ///
    /// # Panics
    /// When it was told otherwise.
    pub(super) fn hold_replay(
        &self,
        request: &RecordInteractionsRequest,
        told: &v1::RecordInteractionsResponse,
    ) {
        for (item, told) in request.interactions.iter().zip(&told.results) {
            let expected = match (is_permitted(item), self.keys.contains(&key(item))) {
                (false, _) => Disposition::Discarded,
                (true, true) => Disposition::Duplicate,
                (true, false) => Disposition::Recorded,
            };
            // Another that was sent once more may have brought it by now.
            let brought = !is_own(item) && disposition(told) == Disposition::Duplicate;
            assert!(disposition(told) == expected || brought, "{:?}, not {expected:?}", disposition(told));
        }
    }

    /// Whether a call was stored.
    pub(super) fn holds(&self, request: &RecordInteractionsRequest) -> bool {
        request
            .interactions
            .iter()
            .filter(|item| is_permitted(item))
            .all(|item| self.keys.contains(&key(item)))
    }

    /// How many rows there are.
    pub(super) fn count(&self) -> usize {
        self.keys.len()
    }
}

/// Everything that was ever to be recorded.
pub(super) fn wanted(sent: &[Sent<RecordInteractionsRequest>]) -> usize {
    let items = sent.iter().flat_map(|sent| &sent.request.interactions);
    items.filter(|item| is_permitted(item)).map(key).collect::<BTreeSet<_>>().len()
}

fn disposition(told: &v1::RecordInteractionsResult) -> Disposition {
    match &told.result {
        Some(Told::Outcome(outcome)) => outcome.disposition(),
        other => panic!("an interaction was not judged: {other:?}"),
    }
}

fn key(interaction: &Interaction) -> Key {
    let at = interaction.occurred_at.expect("an instant");
    let micros = at.seconds * 1_000_000 + i64::from(at.nanos) / 1_000;
    (interaction.interaction_id.replace('-', ""), micros)
}

/// The whole feed, in which nothing may come twice.
async fn read_feed(channel: &Channel) -> BTreeSet<Key> {
    let mut client = InteractionServiceClient::new(channel.clone());
    let mut position = Some(Position::Edge(v1::CursorEdge::Earliest.into()));
    let mut fed = BTreeSet::new();
    loop {
        let request =
            v1::ReadInteractionsRequest { position, page_size: 97, ..v1::ReadInteractionsRequest::default() };
        let page = client.read_interactions(request).await.expect("a page").into_inner();
        assert_eq!(page.left_out, None, "what is recorded here may be shown");
        for row in &page.interactions {
            assert!(
                fed.insert(key(row.interaction.as_ref().expect("an interaction"))),
                "a row is told twice"
            );
        }
        position = Some(Position::Cursor(page.next_cursor));
        if page.caught_up {
            return fed;
        }
    }
}

/// One row, and what the tables around it know it by.
struct Row {
    key: Key,
    recorded_at: String,
    kind: String,
    profile: String,
    /// Person, message, instant and id, as the table of sends has them.
    send: Vec<Option<String>>,
}

/// The hexadecimal digits of a column, in either engine's words.
fn hex(look: &Look, column: &str) -> String {
    match look {
        Look::Sqlite(_) => format!("lower(hex({column}))"),
        Look::Postgres(_) => format!("encode({column}, 'hex')"),
    }
}

async fn rows(look: &mut Look) -> Vec<Row> {
    let sql = format!(
        "SELECT {}, CAST(occurred_at AS TEXT), CAST(recorded_at AS TEXT), CAST(kind AS TEXT), \
         CAST(person AS TEXT), message, profile FROM interaction",
        hex(look, "interaction_id")
    );
    let row = |row: Vec<Option<String>>| {
        let [id, at, recorded_at, kind, person, message, profile]: [Option<String>; 7] =
            row.try_into().expect("seven columns");
        let text = |column: &Option<String>| column.clone().expect("a column that is never empty");
        Row {
            key: (text(&id), text(&at).parse().expect("a number")),
            recorded_at: text(&recorded_at),
            kind: text(&kind),
            profile: text(&profile),
            send: vec![person, message, at, id],
        }
    };
    look.rows(&sql).await.expect("the rows").into_iter().map(row).collect()
}

/// Every row is in exactly one batch, every key of a batch is a row's, and every batch has exactly one position.
async fn in_batches(look: &mut Look, rows: &[Row]) {
    let waiting = look.column("SELECT CAST(count(*) AS TEXT) FROM interaction_pending").await;
    assert_eq!(waiting.expect("a count"), ["0"], "the feed was read to its end, and a batch waits");
    let feed = format!(
        "SELECT CAST(position AS TEXT), {}, CAST(recorded_at AS TEXT) FROM interaction_feed AS f ORDER BY f.position",
        hex(look, "batch_id")
    );
    let batches = format!(
        "SELECT {}, CAST(recorded_at AS TEXT), {} FROM interaction_batch",
        hex(look, "batch_id"),
        hex(look, "keys")
    );
    let mut positions = BTreeMap::new();
    let feed = look.rows(&feed).await.expect("the feed");
    for (row, position) in feed.iter().zip(1..) {
        let [Some(at), Some(batch), Some(recorded_at)] = row.as_slice() else { panic!("an empty column") };
        assert_eq!(*at, format!("{position}"), "positions have a gap");
        assert!(positions.insert(batch.clone(), recorded_at.clone()).is_none(), "a batch has two positions");
    }
    let head = look.column("SELECT CAST(position AS TEXT) FROM interaction_head").await.expect("the head");
    assert_eq!(head, [feed.len().to_string()]);
    let mut of_rows: BTreeMap<&Key, &str> =
        rows.iter().map(|row| (&row.key, row.recorded_at.as_str())).collect();
    for row in look.rows(&batches).await.expect("the batches") {
        let [Some(batch), Some(recorded_at), Some(keys)] = row.as_slice() else { panic!("an empty column") };
        assert_eq!(positions.remove(batch).as_ref(), Some(recorded_at), "a batch without its position");
        assert!(!keys.is_empty() && keys.len().is_multiple_of(48), "a batch of whole keys");
        for digits in keys.as_bytes().chunks(48) {
            let digits = std::str::from_utf8(digits).expect("digits");
            let at = u64::from_str_radix(&digits[32..], 16).expect("digits").cast_signed();
            let row = of_rows.remove(&(digits[..32].to_owned(), at));
            assert_eq!(row, Some(recorded_at.as_str()), "a key whose row is not there, or in two batches");
        }
    }
    assert!(positions.is_empty(), "a position without its batch");
    assert!(of_rows.is_empty(), "{} rows in no batch", of_rows.len());
}

/// Every row of a send is in the table of sends, which has no other.
async fn with_sends(look: &mut Look, rows: &[Row]) {
    let sql = format!(
        "SELECT CAST(person AS TEXT), message, CAST(occurred_at AS TEXT), {} FROM send",
        hex(look, "interaction_id")
    );
    let there: BTreeSet<_> = look.rows(&sql).await.expect("the sends").into_iter().collect();
    let wanted: BTreeSet<_> =
        rows.iter().filter(|row| row.kind == SEND).map(|row| row.send.clone()).collect();
    assert_eq!(there, wanted, "sends and their rows are not the same");
}

/// What is found by a person's index, and their last device.
async fn activity(channel: &Channel, who: &str) -> (BTreeSet<Key>, Option<String>) {
    let mut client = InteractionServiceClient::new(channel.clone());
    let mut seen = BTreeSet::new();
    let (mut page_token, mut device) = (None, None);
    loop {
        let request = v1::GetProfileActivityRequest {
            profile_table: story::people(),
            profile: Some(v1::ProfileKey { id: who.to_owned() }),
            page_size: 200,
            page_token,
        };
        let page = client.get_profile_activity(request).await.expect("a page").into_inner();
        device = page.last_device.and_then(|device| device.device).or(device);
        for row in &page.interactions {
            assert!(
                seen.insert(key(row.interaction.as_ref().expect("an interaction"))),
                "a row is shown twice"
            );
        }
        page_token = page.next_page_token;
        if page_token.is_none() {
            return (seen, device);
        }
    }
}

/// The device of the newest interaction of a person that told one, of those `there`.
fn newest_device(
    sent: &[Sent<RecordInteractionsRequest>],
    who: &str,
    there: &BTreeSet<Key>,
) -> Option<String> {
    let items = sent.iter().flat_map(|sent| &sent.request.interactions);
    let theirs = items.filter(|item| item.profile.as_ref().is_some_and(|profile| profile.id == who));
    let told = theirs.filter(|item| item.device.is_some() && there.contains(&key(item)));
    told.max_by_key(|item| key(item).1).and_then(|item| item.device.clone())
}
