//! What happened in one course of the suite, as plain data: what writers sent and were told, what followers were
//! handed, and what the ledger holds at the end. Nothing here asks a service or a database anything.

use std::collections::BTreeMap;

/// All of it.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) tenant: String,
    pub(super) calls: Vec<Call>,
    pub(super) erasures: Vec<Erasure>,
    /// The ledger, in the order of its positions.
    pub(super) entries: Vec<Entry>,
    /// Records that have no position, each by its person's version.
    pub(super) unnumbered: Vec<u64>,
    /// How many records each person's own row counts.
    pub(super) versions: BTreeMap<String, u64>,
    pub(super) walked: Walked,
    pub(super) followers: Vec<Follower>,
    /// Errors that no fault of the suite explains.
    pub(super) oddities: Vec<String>,
}

/// Answers that were sent together.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) writer: usize,
    pub(super) number: usize,
    pub(super) items: Vec<Item>,
    /// By one count that rises whenever any call begins or ends.
    pub(super) began: u64,
    pub(super) ended: u64,
    pub(super) told: Told,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) who: String,
    /// By which its record is known again.
    pub(super) token: String,
}

/// What a writer knows of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Acknowledged,
    /// Failed without an answer: it may be there or not, but never by half.
    Unknown,
    /// It was acknowledged, and a restore of an older copy took it away.
    TakenAway,
}

/// Somebody was to be erased; of one whose erasure failed without an answer nobody knows.
#[derive(Clone, Debug)]
pub(super) struct Erasure {
    pub(super) who: String,
    pub(super) told: Told,
}

/// One position of the ledger with its record.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) position: u64,
    pub(super) record: String,
    pub(super) chain: Vec<u8>,
    pub(super) leaf: Vec<u8>,
    /// Salt and canonical bytes; absent: redacted.
    pub(super) opened: Option<(Vec<u8>, Vec<u8>)>,
    /// Absent: redacted.
    pub(super) who: Option<String>,
    pub(super) version: u64,
    /// Whether it changed something.
    pub(super) changed: bool,
    /// The item it was made of. Absent: redacted, or an erasure's own record.
    pub(super) token: Option<String>,
}

/// How the service's own walk over the ledger ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    pub(super) verified: u64,
    pub(super) redacted: u64,
    pub(super) chain: Vec<u8>,
}

/// A reader of the changes, and what befell it in order.
#[derive(Clone, Debug)]
pub(super) struct Follower {
    pub(super) name: String,
    pub(super) events: Vec<Event>,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    /// It took a cursor, having none.
    Began {
        after: u64,
    },
    /// It took a snapshot, of each person the version, and goes on from that position.
    HandedOver {
        after: u64,
        people: BTreeMap<String, u64>,
    },
    Page(Page),
    /// It saved its cursor.
    Saved,
    /// It was killed, and went on from what it had saved.
    Resumed,
    /// It was told that it cannot go on, by that reason.
    Told(String),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) after: u64,
    pub(super) through: u64,
    pub(super) changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) position: u64,
    pub(super) record: String,
    pub(super) who: String,
    pub(super) version: u64,
}
