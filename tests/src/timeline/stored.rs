//! What the database holds of what was reported, held against what callers were told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use assent_proto::v1::Disposition;

use super::{Breach, Call, Deed, Person, Said, Timeline, What, Whose};

/// What a row is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The tenant.
    pub tenant: String,
    /// The id of the interaction in hexadecimal digits.
    pub id: String,
    /// When it occurred.
    pub occurred_at: i64,
}

/// A row that should not be there, or should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disagreement {
    /// It was told recorded, and no later denial can have taken it away.
    Lost {
        /// Whose it was.
        whose: Whose,
        /// What.
        deed: Deed,
        /// The last call that was told so.
        call: Call,
    },
    /// It is there, and every call that reported it was told that it is not recorded.
    NotTaken {
        /// Whose it is.
        whose: Whose,
        /// What.
        deed: Deed,
        /// What the first of those calls was told.
        told: Disposition,
    },
    /// It is there, and no call that was told recorded, or never answered, could have stored it.
    Bound(Box<Breach>),
    /// Nobody ever reported it.
    Unreported(Key),
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { whose, deed, call } => {
                let what = What::Reported { deed: deed.clone(), told: Some(Disposition::Recorded) };
                write!(
                    f,
                    "{whose}: {what}, by the call {call}; it is lost, and no withdrawal can have taken it away"
                )
            }
            Self::NotTaken { whose, deed, told } => {
                let what = What::Reported { deed: deed.clone(), told: Some(*told) };
                write!(f, "{whose}: {what}; it is stored all the same")
            }
            Self::Bound(breach) => write!(f, "stored by a call without an answer: {breach}"),
            Self::Unreported(Key { tenant, id, occurred_at }) => {
                write!(f, "{tenant}: {id} of {occurred_at} is stored, and nobody reported it")
            }
        }
    }
}

/// One call that reported a deed, and what it was told of it.
type Attempt<'a> = (Call, Option<Disposition>, &'a What);

impl Timeline {
    /// Where the rows that are stored in the end and what callers were told do not go together. What a withdrawal takes
    /// away may still be there: it goes a while later.
    #[must_use]
    pub fn disagreements(&self, stored: &BTreeSet<Key>) -> Vec<Disagreement> {
        let mut reported = BTreeSet::new();
        let mut found = Vec::new();
        for (whose, person) in &self.people {
            let mut deeds: BTreeMap<Key, (&Deed, Vec<Attempt<'_>>)> = BTreeMap::new();
            for (call, what) in &person.told {
                let What::Reported { deed, told } = what else { continue };
                let (tenant, id) = (whose.tenant.to_owned(), deed.id.clone());
                let key = Key { tenant, id, occurred_at: deed.occurred_at };
                deeds.entry(key).or_insert_with(|| (deed, Vec::new())).1.push((*call, *told, what));
            }
            for (key, (deed, attempts)) in deeds {
                found.extend(if stored.contains(&key) {
                    person.should_be_gone(*whose, deed, &attempts, self.slack)
                } else {
                    person.should_be_there(*whose, deed, &attempts, self.slack)
                });
                reported.insert(key);
            }
        }
        found.extend(stored.difference(&reported).cloned().map(Disagreement::Unreported));
        found
    }
}

impl Person {
    /// Of a row that is there.
    fn should_be_gone(
        &self,
        whose: Whose,
        deed: &Deed,
        attempts: &[Attempt<'_>],
        slack: i64,
    ) -> Option<Disagreement> {
        let stores = |told: Option<Disposition>| matches!(told, None | Some(Disposition::Recorded));
        let mut stored_by = attempts.iter().filter(|(_, told, _)| stores(*told)).peekable();
        if stored_by.peek().is_none() {
            let told = attempts.iter().find_map(|(_, told, _)| *told)?;
            return Some(Disagreement::NotTaken { whose, deed: deed.clone(), told });
        }
        let breaches = stored_by.map(|(call, told, what)| (told, self.breach(whose, *call, what, slack)));
        let mut all = Vec::new();
        for (told, breach) in breaches {
            // What an answered call was told is named as a breach already.
            if told.is_some() {
                return None;
            }
            all.push(breach?);
        }
        all.into_iter().next().map(|breach| Disagreement::Bound(Box::new(breach)))
    }

    /// Of a row that is not there.
    fn should_be_there(
        &self,
        whose: Whose,
        deed: &Deed,
        attempts: &[Attempt<'_>],
        slack: i64,
    ) -> Option<Disagreement> {
        let is_there =
            |told: Option<Disposition>| matches!(told, Some(Disposition::Recorded | Disposition::Duplicate));
        let there = attempts.iter().filter(|(_, told, _)| is_there(*told));
        let (call, ..) = there.max_by_key(|(call, ..)| call.began)?;
        let takes = |denied: &Said| {
            deed.series.is_some_and(|series| self.may_take(denied, *call, series, deed, slack))
        };
        let lost = Disagreement::Lost { whose, deed: deed.clone(), call: *call };
        (!self.denials.iter().any(takes)).then_some(lost)
    }

    /// Whether a denial may have taken away what was there by that call: it may have been recorded after it, and no
    /// grant that surely stood by then counts from between the denial and the deed. Where history is kept it takes only what
    /// occurred after it.
    fn may_take(
        &self,
        denied: &Said,
        call: Call,
        series: assent_proto::v1::Series,
        deed: &Deed,
        slack: i64,
    ) -> bool {
        let later = denied.call.answered.is_none_or(|answered| answered >= call.began);
        let passed_by = self.grants.iter().filter(|grant| grant.covers(series)).any(|grant| {
            let stood = grant.call.answered.is_some_and(|answered| answered < denied.call.began);
            let after = grant.earliest() > denied.latest().saturating_add(slack);
            stood && after && grant.latest().saturating_add(slack) < deed.occurred_at
        });
        let takes = !self.keeps || denied.earliest() <= deed.occurred_at.saturating_add(slack);
        later && takes && denied.covers(series) && !passed_by
    }
}
