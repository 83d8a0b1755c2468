//! What callers noticed of people's answers and of what was recorded, planned and shown of them, and whether it could
//! have happened so.
//!
//! A history is what callers noticed themselves: when each call began, when it was answered, and what it was told.
//! The service may let a call take effect at any instant between the two, and a call that was never answered at any
//! instant after it began, or never. So a call that overlaps a withdrawal may go either way; what
//! [`Timeline::breaches`] names could not have gone that way, whatever the service did. What the database holds in the
//! end is held against the same history by [`Timeline::disagreements`].
//!
//! It reads a history by the rules of a policy that erases what was recorded before a withdrawal, or where that is said
//! ([`Timeline::keeping`]) keeps it, and that counts nothing of a request that names somebody. What a policy permits while
//! nobody has answered does not matter to it: it looks at what was denied.
//!
//! Deliberately not here: who makes the calls. All instants are of one clock that never goes back, in microseconds.
//! What callers claim (when something occurred or was decided) and when the service says that something took effect are
//! read from the machine's clock, which may differ from it by the history's `slack`.

use std::collections::BTreeMap;
use std::fmt;

use assent_proto::v1::{Disposition, LinkMode, PixelMode, Series};

mod stored;
#[cfg(test)]
mod tests;

pub use stored::{Disagreement, Key};

/// When a call began, when it was answered, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Before it was sent for the first time.
    pub began: i64,
    /// After it was answered; absent: it never was, and may take effect at any later instant.
    pub answered: Option<i64>,
    /// The replica that was asked last.
    pub replica: usize,
}

/// Whose part in a call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whose {
    /// The tenant.
    pub tenant: &'static str,
    /// The person: another one in another tenant.
    pub who: &'static str,
}

/// Something that was reported: what the person did, or what was sent to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// Its id in hexadecimal digits.
    pub id: String,
    /// When it occurred, as was claimed.
    pub occurred_at: i64,
    /// The series that has to permit it; absent: none, since it is a send.
    pub series: Option<Series>,
}

/// What a call said or was told of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The person granted these series.
    Granted {
        /// Which.
        series: Vec<Series>,
        /// When, as was claimed; absent: when it was recorded.
        decided_at: Option<i64>,
    },
    /// The person refused, withdrew or objected to these series.
    Denied {
        /// Which.
        series: Vec<Series>,
        /// Whether it was an objection.
        objects: bool,
        /// When, as an imported list claims; absent: it was said directly, and is in force when it is recorded.
        listed_at: Option<i64>,
    },
    /// Something was reported.
    Reported {
        /// What.
        deed: Deed,
        /// What became of it; absent: the call was not answered.
        told: Option<Disposition>,
    },
    /// A pixel was planned for a message.
    Pixel(PixelMode),
    /// Links were planned for a message, whose clicks are of that series.
    Links(Series, LinkMode),
    /// Something recorded of that series and instant was shown.
    Shown(Series, i64),
    /// A wait block matched something recorded of that series and instant.
    Matched(Series, i64),
}

/// One person's part in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose.
    pub whose: Whose,
    /// When.
    pub call: Call,
    /// What.
    pub what: What,
}

/// Why something could not have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It occurred before a denial that was acknowledged when its call began: nothing brings it back.
    OccurredBefore,
    /// A denial was acknowledged when its call began, and no grant could have lifted it for what occurred then.
    NotLifted,
}

/// What could not have happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Whose it is.
    pub whose: Whose,
    /// The denial that binds it.
    pub denied: Call,
    /// Whether that denial is an objection.
    pub objected: bool,
    /// The call that it binds.
    pub call: Call,
    /// What the call was told.
    pub what: What,
    /// Why not.
    pub why: Why,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answered = self.answered.map_or_else(|| "never".to_owned(), |at| at.to_string());
        write!(f, "[{}, {answered}] at replica {}", self.began, self.replica)
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.who)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted { series, decided_at } => write!(f, "grant of {series:?} dated {decided_at:?}"),
            Self::Denied { series, listed_at, .. } => write!(f, "denial of {series:?} dated {listed_at:?}"),
            Self::Reported { deed: Deed { series, occurred_at, .. }, told } => {
                let kind = series.map_or("SEND", |series| series.as_str_name());
                let told = told.map_or("not answered", |told| told.as_str_name());
                write!(f, "{kind} of {occurred_at}: {told}")
            }
            Self::Pixel(mode) => write!(f, "planned {}", mode.as_str_name()),
            Self::Links(series, mode) => {
                write!(f, "planned {} for {}", mode.as_str_name(), series.as_str_name())
            }
            Self::Shown(series, at) => write!(f, "{} of {at}: shown", series.as_str_name()),
            Self::Matched(series, at) => write!(f, "{} of {at}: matched", series.as_str_name()),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whose, denied, objected, call, what, why } = self;
        let denial = if *objected { "objection" } else { "refusal or withdrawal" };
        write!(f, "{whose}: {what}, by the call {call}; ")?;
        match why {
            Why::OccurredBefore => {
                write!(
                    f,
                    "it occurred before the {denial} {denied}, which was acknowledged before the call began"
                )
            }
            Why::NotLifted => {
                write!(
                    f,
                    "the {denial} {denied} was acknowledged before the call began, and no grant could have lifted it"
                )
            }
        }
    }
}

/// The histories of some people.
#[derive(Debug, Default)]
pub struct Timeline {
    people: BTreeMap<Whose, Person>,
    slack: i64,
}

/// How much of a history proves something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// What was reported or planned by calls that a denial bound: they began after it was acknowledged and were answered
    /// before any grant could have lifted it.
    pub bound: usize,
    /// Those of them that asked another replica than the one that had acknowledged the denial.
    pub elsewhere: usize,
}

#[derive(Debug, Default)]
struct Person {
    grants: Vec<Said>,
    denials: Vec<Said>,
    told: Vec<(Call, What)>,
    /// Whether what was recorded before a withdrawal stays.
    keeps: bool,
}

/// A grant or a denial.
#[derive(Debug)]
struct Said {
    call: Call,
    series: Vec<Series>,
    objects: bool,
    /// The date that counts where it is earlier than when it was recorded.
    dated: Option<i64>,
}

/// What has to permit something, and how.
struct Need {
    series: Series,
    /// Whether only an objection stands in its way.
    objections: bool,
    /// When the deed occurred that needs it; absent: it is needed as of now.
    occurred_at: Option<i64>,
    /// Whether only what was denied when the deed occurred stands in its way.
    kept: bool,
}

impl Timeline {
    /// The timeline of what happened, in any order; `slack` is how far the machine's clock may be from that of the
    /// history, in microseconds.
    #[must_use]
    pub fn of(events: impl IntoIterator<Item = Event>, slack: i64) -> Self {
        let mut timeline = Self { slack, ..Self::default() };
        for Event { whose, call, what } in events {
            let person = timeline.people.entry(whose).or_default();
            match what {
                What::Granted { series, decided_at } => {
                    person.grants.push(Said { call, series, objects: false, dated: decided_at });
                }
                What::Denied { series, objects, listed_at } => {
                    person.denials.push(Said { call, series, objects, dated: listed_at });
                }
                told => person.told.push((call, told)),
            }
        }
        timeline
    }

    /// The same, of tenants one of which keeps what was recorded before a withdrawal.
    #[must_use]
    pub fn keeping(mut self, tenant: &str) -> Self {
        let of_it = self.people.iter_mut().filter(|(whose, _)| whose.tenant == tenant);
        of_it.for_each(|(_, person)| person.keeps = true);
        self
    }

    /// Everything that callers were told and that could not have happened.
    #[must_use]
    pub fn breaches(&self) -> Vec<Breach> {
        let of = |(whose, person): (&Whose, &Person)| -> Vec<Breach> {
            let told =
                person.told.iter().filter(|(_, what)| !matches!(what, What::Reported { told: None, .. }));
            told.filter_map(|(call, what)| person.breach(*whose, *call, what, self.slack)).collect()
        };
        self.people.iter().flat_map(of).collect()
    }

    /// How much was put to the proof. A history without any proves nothing.
    #[must_use]
    pub fn proof(&self) -> Proof {
        let mut proof = Proof::default();
        for person in self.people.values() {
            for (call, what) in &person.told {
                let Some(series) = what.asked() else { continue };
                let need = Need { series, objections: false, occurred_at: None, kept: false };
                let Some(denied) = person.bound(*call, &need, self.slack) else { continue };
                proof.bound += 1;
                proof.elsewhere += usize::from(denied.call.replica != call.replica);
            }
        }
        proof
    }
}

impl What {
    /// The series that was asked about, whatever the answer.
    const fn asked(&self) -> Option<Series> {
        match self {
            Self::Reported { deed, .. } => deed.series,
            Self::Pixel(_) => Some(Series::EmailOpen),
            Self::Links(series, _) => Some(*series),
            Self::Granted { .. } | Self::Denied { .. } | Self::Shown(..) | Self::Matched(..) => None,
        }
    }

    /// All that has to permit it. What an exemption writes goes on after a refusal or withdrawal of tracking, and ends
    /// with an objection to it, or with any no to marketing. Where history is kept it is shown whatever is denied since, and
    /// a wait block looks at what is permitted now.
    fn needs(&self, keeps: bool) -> Vec<Need> {
        let need = |series, occurred_at| Need { series, objections: false, occurred_at, kept: false };
        let permitted = |series, occurred_at| vec![need(series, occurred_at)];
        let kept = |series, at| Need { kept: true, ..need(series, Some(at)) };
        let exempt =
            |series| vec![Need { objections: true, ..need(series, None) }, need(Series::Marketing, None)];
        match self {
            Self::Reported { deed: Deed { series: Some(series), occurred_at, .. }, told } => match told {
                None | Some(Disposition::Recorded | Disposition::Duplicate) => {
                    permitted(*series, Some(*occurred_at))
                }
                Some(Disposition::Exempted) => exempt(*series),
                Some(Disposition::Discarded | Disposition::Unspecified) => Vec::new(),
            },
            Self::Pixel(PixelMode::Identified) => permitted(Series::EmailOpen, None),
            Self::Pixel(PixelMode::ExemptLastOpen) => exempt(Series::EmailOpen),
            Self::Links(series, LinkMode::Tracked) => permitted(*series, None),
            Self::Shown(series, at) if keeps => vec![kept(*series, *at)],
            Self::Matched(series, at) if keeps => vec![need(*series, None), kept(*series, *at)],
            Self::Shown(series, at) | Self::Matched(series, at) => permitted(*series, Some(*at)),
            _ => Vec::new(),
        }
    }
}

impl Said {
    fn covers(&self, series: Series) -> bool {
        self.series.contains(&series)
    }

    /// The earliest instant at which it may have begun to count.
    fn earliest(&self) -> i64 {
        self.dated.map_or(self.call.began, |dated| dated.min(self.call.began))
    }

    /// The latest one.
    fn latest(&self) -> i64 {
        self.dated.unwrap_or(i64::MAX).min(self.call.answered.unwrap_or(i64::MAX))
    }
}

impl Person {
    fn breach(&self, whose: Whose, call: Call, what: &What, slack: i64) -> Option<Breach> {
        what.needs(self.keeps).iter().find_map(|need| {
            let denied = self.denied_before(call, need, slack)?;
            let why = if need.occurred_at.is_some_and(|at| at + slack < denied.earliest()) {
                Why::OccurredBefore
            } else if self.bound(call, need, slack).is_some() {
                Why::NotLifted
            } else {
                return None;
            };
            let (what, objected, denied) = (what.clone(), denied.objects, denied.call);
            Some(Breach { whose, denied, objected, call, what, why })
        })
    }

    /// The denial that stands in the way of a call: no grant may have lifted it.
    fn bound(&self, call: Call, need: &Need, slack: i64) -> Option<&Said> {
        self.denied_before(call, need, slack).filter(|denied| !self.may_be_lifted(denied, call, need, slack))
    }

    /// The denial that was acknowledged before the call began; of several the one that is the hardest to lift.
    fn denied_before(&self, call: Call, need: &Need, slack: i64) -> Option<&Said> {
        let counts = |denied: &&Said| {
            let acknowledged = denied.call.answered.is_some_and(|at| at < call.began);
            let in_its_way = need
                .occurred_at
                .filter(|_| need.kept)
                .is_none_or(|at| denied.latest().saturating_add(slack) < at);
            acknowledged && in_its_way && denied.covers(need.series) && (denied.objects || !need.objections)
        };
        self.denials.iter().filter(counts).max_by_key(|denied| denied.earliest())
    }

    /// Whether some grant may have been on record when the call was answered, may count from later than the denial,
    /// and may have counted when the deed occurred.
    fn may_be_lifted(&self, denied: &Said, call: Call, need: &Need, slack: i64) -> bool {
        self.grants.iter().filter(|grant| grant.covers(need.series)).any(|grant| {
            let in_time = call.answered.is_none_or(|answered| grant.call.began <= answered);
            let after = grant.latest().saturating_add(slack) >= denied.earliest();
            in_time && after && need.occurred_at.is_none_or(|at| grant.earliest() <= at + slack)
        })
    }
}
