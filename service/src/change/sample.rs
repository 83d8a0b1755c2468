//! Positions of a ledger as tests need them.

use assent_domain::answer::{Answer, State};
use assent_domain::change::{Change, Effect, Line};
use assent_domain::evidence::Evidence;
use assent_domain::id::{NoticeId, ProfileId, RecordId, TableId};
use assent_domain::ledger::{ChainHash, Salt};
use assent_domain::record::{AnswerGiven, Body, Record};
use assent_domain::scope::{Coverage, Series};
use assent_domain::time::Instant;
use assent_store::{Held, LedgerEntry};

/// A withdrawal of marketing at that position; its evidence names a method of that many letters.
pub(super) fn stored(position: u64, letters: usize) -> LedgerEntry {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&position.to_be_bytes());
    let record = Record {
        id: RecordId(id),
        table: TableId::new("people").unwrap(),
        profile: ProfileId::new("anna").unwrap(),
        profile_version: position,
        recorded_at: Instant::MIN,
        origin: None,
        policies: Vec::new(),
        body: Body::Answer(AnswerGiven {
            answer: Answer::Withdraw,
            coverage: Coverage::MARKETING,
            decided_at: None,
            basis: None,
            evidence: Evidence {
                method: Some("m".repeat(letters)),
                notice: Some(NoticeId([1; 32])),
                ..Evidence::default()
            },
        }),
    };
    let (series, effect) = (Series::Marketing, Effect::Withdrawn);
    let line = Line { series, effect, old: State::Unknown, new: State::Withdrawn };
    let change = Change { record: record.id, profile_version: position, lines: vec![line] };
    let held = Some(Held { record, change: Some(change), salt: Salt([0; 32]) });
    LedgerEntry { position, chain: ChainHash([0; 32]), record_id: RecordId(id), held }
}
