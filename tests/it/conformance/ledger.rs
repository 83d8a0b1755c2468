//! The ledger as the database holds it, read past the service, and the service's own walk over it.

use std::collections::BTreeMap;

use assent_proto::v1::verify_history_response::Event as Walk;
use assent_proto::v1::{VerifyHistoryRequest, verify_history_response};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::marks;
use tonic::transport::Channel;

use super::history::{Entry, History, Walked};
use super::write::TOKEN;
use crate::faults::consents;

/// Fills in what is there at the end.
pub(super) async fn read_into(history: &mut History, engine: Engine, url: &str, replica: &Channel) {
    let mut look = Look::at(url).await.expect("the database opens");
    let tenant = &history.tenant;
    let hex = |column: &str| match engine {
        Engine::Sqlite => format!("CASE WHEN {column} IS NULL THEN NULL ELSE lower(hex({column})) END"),
        Engine::Postgres => format!("encode({column}, 'hex')"),
    };
    let [record, chain, leaf, salt, body] = ["l.record_id", "l.chain", "r.leaf", "r.salt", "r.body"].map(hex);
    let whole = format!(
        "SELECT CAST(l.position AS TEXT), {record}, {chain}, {leaf}, {salt}, {body}, r.profile, \
         CAST(r.profile_version AS TEXT), CAST(length(r.effects) AS TEXT) \
         FROM ledger AS l LEFT JOIN record AS r ON r.tenant = l.tenant AND r.id = l.record_id \
         WHERE l.tenant = '{tenant}' ORDER BY l.position"
    );
    history.entries = look.rows(&whole).await.expect("a ledger").iter().map(|row| entry(row)).collect();
    let unnumbered = format!(
        "SELECT CAST(r.profile_version AS TEXT) FROM record AS r WHERE r.tenant = '{tenant}' AND NOT EXISTS \
         (SELECT 1 FROM ledger AS l WHERE l.tenant = r.tenant AND l.record_id = r.id)"
    );
    let unnumbered = look.column(&unnumbered).await.expect("records");
    history.unnumbered = unnumbered.iter().map(|version| number(version)).collect();
    let people = format!("SELECT profile, CAST(version AS TEXT) FROM profile WHERE tenant = '{tenant}'");
    let people = look.rows(&people).await.expect("people");
    let row = |row: &Vec<Option<String>>| {
        (row[0].clone().expect("a person"), number(row[1].as_deref().expect("a version")))
    };
    history.versions = people.iter().map(row).collect::<BTreeMap<_, _>>();
    history.walked = walk(replica).await;
}

fn entry(row: &[Option<String>]) -> Entry {
    let bytes = |place: usize| row[place].as_ref().map(|text| hex::decode(text).expect("hexadecimal digits"));
    let count = |place: usize| row[place].as_deref().map_or(0, number);
    let opened = bytes(4).zip(bytes(5));
    let token = opened.as_ref().and_then(|(_, body)| token_in(body));
    Entry {
        position: count(0),
        record: row[1].clone().expect("a record's id"),
        chain: bytes(2).expect("a chain"),
        leaf: bytes(3).unwrap_or_default(),
        opened,
        who: row[6].clone(),
        version: count(7),
        changed: count(8) > 0,
        token,
    }
}

/// A token as it stands in a record's canonical bytes: text, from the mark to the full stop.
fn token_in(body: &[u8]) -> Option<String> {
    let begin = marks::id(TOKEN);
    let start = body.windows(begin.len()).position(|window| window == begin.as_bytes())?;
    let end = start + body[start..].iter().position(|byte| *byte == b'.')?;
    String::from_utf8(body[start..=end].to_vec()).ok()
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

/// VerifyHistory to its end; what it found broken stands for no position at all.
async fn walk(replica: &Channel) -> Walked {
    let request = VerifyHistoryRequest { known_head: None };
    let mut walk = consents(replica).verify_history(request).await.expect("a walk begins").into_inner();
    let mut last: Option<verify_history_response::Event> = None;
    while let Some(told) = walk.message().await.expect("a walk goes on") {
        last = told.event;
    }
    match last {
        Some(Walk::Whole(whole)) => Walked {
            verified: whole.verified,
            redacted: whole.redacted,
            chain: whole.head.map(|head| head.chain).unwrap_or_default(),
        },
        _ => Walked::default(),
    }
}
