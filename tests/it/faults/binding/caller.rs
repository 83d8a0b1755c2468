//! One caller: whom it asks, and what it notes.

use std::sync::Arc;

use assent_proto::v1::Series;
use assent_tests::client::Client;
use assent_tests::timeline::{Call, Event, What, Whose};
use tonic::{Code, Status};

use super::ground::{Ground, PEOPLE, Tenant};
use crate::faults::chance::Chance;

/// Whoever calls for one tenant.
pub(super) struct Caller {
    ground: Arc<Ground>,
    tenant: usize,
    pub(super) chance: Chance,
    pub(super) noted: Vec<Event>,
}

impl Caller {
    pub(super) fn new(ground: &Arc<Ground>, tenant: usize, chance: Chance) -> Self {
        Self { ground: Arc::clone(ground), tenant, chance, noted: Vec::new() }
    }

    pub(super) fn tenant(&self) -> &Tenant {
        self.ground.tenant(self.tenant)
    }

    /// A replica by chance, and a client of it.
    pub(super) fn client(&mut self) -> (usize, Client) {
        let chance = self.chance.below(1_000);
        self.ground.client(self.tenant, chance)
    }

    /// Each replica, and a client of it.
    pub(super) fn clients(&self) -> Vec<(usize, Client)> {
        (0..self.ground.replicas()).map(|replica| self.ground.client(self.tenant, replica)).collect()
    }

    pub(super) fn now(&self) -> i64 {
        self.ground.now()
    }

    pub(super) fn goes_on(&self) -> bool {
        self.ground.goes_on()
    }

    /// Lets some time pass, below so many milliseconds.
    pub(super) async fn pause(&mut self, below: u64) {
        let millis = self.chance.below(below);
        self.ground.pause(millis).await;
    }

    /// A number below `end`, of small things.
    pub(super) fn one_of(&mut self, end: usize) -> usize {
        usize::try_from(self.chance.below(end as u64)).expect("a small number")
    }

    /// A time of so many microseconds at most before another.
    pub(super) fn before(&mut self, at: i64, below: u64) -> i64 {
        at - i64::try_from(self.chance.below(below)).expect("a small number")
    }

    pub(super) fn somebody(&mut self) -> &'static str {
        PEOPLE[self.one_of(PEOPLE.len())]
    }

    /// An answer has come; when.
    pub(super) fn heard(&self) -> i64 {
        self.ground.heard();
        self.now()
    }

    /// None has come, and nobody knows what became of the call.
    ///
    /// # Panics
    /// When it was refused: then it is known, and the run sends what it should not.
    pub(super) async fn missed(&mut self, status: &Status) {
        let nothing_said = matches!(
            status.code(),
            Code::Unavailable
                | Code::Unknown
                | Code::Cancelled
                | Code::DeadlineExceeded
                | Code::Aborted
                | Code::Internal
        );
        assert!(nothing_said, "a call of the run was refused: {status:?}");
        self.ground.pause(20 + self.chance.below(60)).await;
    }

    pub(super) fn note(&mut self, who: &'static str, call: Call, what: What) {
        let whose = Whose { tenant: self.tenant().word, who };
        self.noted.push(Event { whose, call, what });
    }
}

/// The scopes of tracking, in the order of their series.
pub(super) const TRACKING: [Series; 6] = [
    Series::EmailOpen,
    Series::EmailClick,
    Series::SmsClick,
    Series::WebsiteVisit,
    Series::TransactionGoal,
    Series::Device,
];
