//! The canaries of a run: a word for every field of everything that is told, known by its label.

use std::collections::BTreeSet;

use assent_tests::canary::{self, Sought};

/// What has to become of a canary, and how its label begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lot {
    /// May be in the database, and nowhere else.
    Kept,
    /// May never have been anywhere.
    Forbidden,
    /// Was told in a consent write that stored nothing: may lie in pages that the database has not cleared away.
    Undone,
    /// Was in the database and may be nowhere.
    Erased,
    /// The id of an interaction of somebody erased; see [`super::erased`].
    ErasedKey,
    /// Was in the database until a withdrawal took it, and may be nowhere.
    Withdrawn,
    /// The id of an interaction that a withdrawal took: as with somebody erased.
    WithdrawnKey,
}

impl Lot {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Forbidden => "forbidden",
            Self::Undone => "undone",
            Self::Erased => "erased",
            Self::ErasedKey => "key of the erased",
            Self::Withdrawn => "withdrawn",
            Self::WithdrawnKey => "key of the withdrawn",
        }
    }

    /// Of which lot a label is.
    pub(super) fn is_of(self, label: &str) -> bool {
        label.split_once(": ").is_some_and(|(lot, _)| lot == self.word())
    }
}

/// All canaries so far.
#[derive(Debug, Default)]
pub(super) struct Flock {
    seed: u64,
    known: BTreeSet<String>,
    sought: Sought,
}

impl Flock {
    pub(super) fn seeded(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// What is to be sought.
    pub(super) const fn sought(&self) -> &Sought {
        &self.sought
    }

    /// Every label of a lot.
    pub(super) fn labels(&self, lot: Lot) -> Vec<&str> {
        self.known.iter().map(String::as_str).filter(|label| lot.is_of(label)).collect()
    }

    /// The word of a label: always the same.
    pub(super) fn word(&mut self, lot: Lot, what: &str) -> String {
        let label = format!("{}: {what}", lot.word());
        let word = canary::word(self.seed, &label);
        if self.known.insert(label.clone()) {
            self.sought.word(&label, &word);
        }
        word
    }

    /// Something that the service made: another each time, of one label.
    pub(super) fn made(&mut self, lot: Lot, what: &str, made: &str) {
        let label = format!("{}: {what}", lot.word());
        self.sought.word(&label, made);
        self.known.insert(label);
    }

    /// The id of somebody of that table.
    pub(super) fn person(&mut self, lot: Lot, table: &str, what: &str) -> String {
        let label = format!("{}: {what}", lot.word());
        let word = canary::word(self.seed, &label);
        if self.known.insert(label.clone()) {
            self.sought.person(&label, table, &word);
        }
        word
    }

    /// A UUID.
    pub(super) fn uuid(&mut self, lot: Lot, what: &str) -> String {
        let label = format!("{}: {what}", lot.word());
        let uuid = canary::uuid(self.seed, &label);
        if self.known.insert(label.clone()) {
            self.sought.uuid(&label, &uuid);
        }
        uuid
    }

    /// An instant, in microseconds, down to the last of which nothing else happened.
    pub(super) fn instant(&mut self, lot: Lot, what: &str, at: i64) {
        let label = format!("{}: {what}", lot.word());
        if self.known.insert(label.clone()) {
            self.sought.number(&label, at);
        }
    }

    /// A number.
    pub(super) fn number(&mut self, lot: Lot, what: &str) -> i64 {
        let label = format!("{}: {what}", lot.word());
        let number = canary::number(self.seed, &label);
        if self.known.insert(label.clone()) {
            self.sought.number(&label, number);
        }
        number
    }
}
