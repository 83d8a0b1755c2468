//! What every verb may use: the store, the time, randomness, keys and limits.

use std::sync::Arc;

use assent_domain::policy::Rulebook;
use assent_store::{BatchSequencer, Sequencer, Store};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::caller::Call;
use crate::clock::SharedClock;
use crate::config::{Feed, Imports, Interactions, Limits};
use crate::entropy::SharedEntropy;
use crate::feed::looks::Looks;
use crate::feed::news::News;
use crate::lane::Traffic;
use crate::privacy::journal::Journal;
use crate::seal::Seals;
use crate::wire::request_hash::RequestHasher;
use crate::wire::token::Tokens;

/// What every verb may use.
pub struct Context {
    /// What is remembered.
    pub store: Store,
    /// Numbers records; a verb that reads the ledger lets it catch up first.
    pub sequencer: Sequencer,
    /// Numbers batches of interactions, likewise.
    pub batch_sequencer: BatchSequencer,
    /// Tells the time and waits.
    pub clock: SharedClock,
    /// Makes ids, salts and keys.
    pub entropy: SharedEntropy,
    /// Makes and opens cursors and page tokens.
    pub tokens: Tokens,
    /// Seals and opens the tokens of links.
    pub(crate) seals: Seals,
    /// Where erasures are written down beside the database; absent: nowhere.
    pub(crate) journal: Option<Arc<Journal>>,
    /// Hashes requests, to tell a repeated `request_id` from a reused one.
    pub requests: RequestHasher,
    /// How much is taken on at once.
    pub limits: Limits,
    /// How much of that imports may take.
    pub imports: Imports,
    /// What bounds streams that record.
    pub interactions: Interactions,
    /// How the feed of changes is kept.
    pub feed: Feed,
    /// The built-in policies, and the one of a profile table that names none.
    pub rulebook: Rulebook,
    /// Tells readers that wait for changes when there may be some.
    pub news: News,
    /// Tells readers that wait for interactions.
    pub interaction_news: News,
    /// The looks of those who are told together.
    pub(crate) looks: Looks,
    /// Cancelled when the service stops: a read that waits for changes ends with its cursor.
    pub stopping: CancellationToken,
    /// When calls came that write, for what should not stand in their way.
    pub traffic: Traffic,
    /// The tasks that write for several calls at once; who stops the service waits for them.
    pub writers: TaskTracker,
}

/// A context that many calls hold.
pub type SharedContext = Arc<Context>;

impl Context {
    /// The store for a call: what it is asked ends when the call's caller stops waiting.
    #[must_use]
    pub fn store_for(&self, call: &Call) -> Store {
        self.store.until(call.deadline.0)
    }
}
