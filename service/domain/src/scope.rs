//! Purposes, scopes and what an answer covers.

/// What a consent is for. Two independent purposes: neither ever changes the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// May be contacted. Has no scopes.
    Marketing,
    /// Behaviour may be recorded, scope by scope.
    Tracking,
}

/// What a tracking choice covers. The numbers are bits of a [`ScopeSet`] and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Scope {
    /// Opens of emails.
    EmailOpen = 0,
    /// Clicks in emails.
    EmailClick = 1,
    /// Clicks in SMS messages.
    SmsClick = 2,
    /// Visits of websites.
    WebsiteVisit = 3,
    /// Goals reached by a transaction.
    TransactionGoal = 4,
    /// Device and user agent.
    Device = 5,
}

impl Scope {
    /// Every scope that exists, in order.
    pub const ALL: [Self; 6] = [
        Self::EmailOpen,
        Self::EmailClick,
        Self::SmsClick,
        Self::WebsiteVisit,
        Self::TransactionGoal,
        Self::Device,
    ];

    /// Its name, the same on the wire, in the database and in the hashed form of a record.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmailOpen => "EMAIL_OPEN",
            Self::EmailClick => "EMAIL_CLICK",
            Self::SmsClick => "SMS_CLICK",
            Self::WebsiteVisit => "WEBSITE_VISIT",
            Self::TransactionGoal => "TRANSACTION_GOAL",
            Self::Device => "DEVICE",
        }
    }

    /// The scope of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// No scope.
    pub const NONE: Self = Self(0);
    /// Every scope that exists today.
    pub const ALL: Self = Self(0b11_1111);

    /// Whether `scope` is in it.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u8) != 0
    }

    /// This set and `scope`.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | (1 << scope as u8))
    }

    /// Whether it holds nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// One bit for each scope, by its number.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The set of those bits; `None` where one is of no scope.
    pub(crate) const fn of_bits(bits: u8) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }

    /// Its scopes in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::NONE, Self::with)
    }
}

/// One line of states: marketing, or one scope of tracking. Answers are folded, told and exported per series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Series {
    /// Marketing as a whole.
    Marketing,
    /// One scope of tracking.
    Tracking(Scope),
}

impl Series {
    /// How many there are.
    pub const COUNT: usize = 7;
    /// All of them: marketing first, then the scopes in order.
    pub const ALL: [Self; Self::COUNT] = [
        Self::Marketing,
        Self::Tracking(Scope::EmailOpen),
        Self::Tracking(Scope::EmailClick),
        Self::Tracking(Scope::SmsClick),
        Self::Tracking(Scope::WebsiteVisit),
        Self::Tracking(Scope::TransactionGoal),
        Self::Tracking(Scope::Device),
    ];

    /// Its place in [`Self::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Marketing => 0,
            Self::Tracking(scope) => 1 + scope as usize,
        }
    }

    /// `MARKETING`, or the scope's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Marketing => "MARKETING",
            Self::Tracking(scope) => scope.name(),
        }
    }

    /// The series of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|series| series.name() == name)
    }

    /// The purpose it belongs to.
    #[must_use]
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Marketing => Purpose::Marketing,
            Self::Tracking(_) => Purpose::Tracking,
        }
    }
}

/// Which tracking scopes an answer covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackingCoverage {
    /// None: the answer is about marketing alone.
    None,
    /// All of them, those that later releases add too. Only refusals, withdrawals, objections, notices and requests are stored so.
    All,
    /// Those.
    Scopes(ScopeSet),
}

/// What an answer, notice or request covers. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Coverage {
    marketing: bool,
    tracking: TrackingCoverage,
}

impl Coverage {
    /// Marketing alone.
    pub const MARKETING: Self = Self { marketing: true, tracking: TrackingCoverage::None };
    /// All of tracking.
    pub const TRACKING: Self = Self { marketing: false, tracking: TrackingCoverage::All };
    /// Marketing and all of tracking, by one act.
    pub const BOTH: Self = Self { marketing: true, tracking: TrackingCoverage::All };

    /// Marketing, tracking or both; `None` when that would cover nothing.
    #[must_use]
    pub fn new(marketing: bool, tracking: TrackingCoverage) -> Option<Self> {
        let tracking = match tracking {
            TrackingCoverage::Scopes(scopes) if scopes.is_empty() => TrackingCoverage::None,
            other => other,
        };
        if !marketing && tracking == TrackingCoverage::None {
            return None;
        }
        Some(Self { marketing, tracking })
    }

    /// Those scopes of tracking; `None` for an empty set.
    #[must_use]
    pub fn scopes(scopes: ScopeSet) -> Option<Self> {
        Self::new(false, TrackingCoverage::Scopes(scopes))
    }

    /// Whether marketing is covered.
    #[must_use]
    pub const fn marketing(self) -> bool {
        self.marketing
    }

    /// Which of tracking is covered.
    #[must_use]
    pub const fn tracking(self) -> TrackingCoverage {
        self.tracking
    }

    /// Whether one act covers both purposes (one tick for mail and tracking).
    #[must_use]
    pub fn joint(self) -> bool {
        self.marketing && self.tracking != TrackingCoverage::None
    }

    /// Whether `series` is covered.
    #[must_use]
    pub const fn covers(self, series: Series) -> bool {
        match (series, self.tracking) {
            (Series::Marketing, _) => self.marketing,
            (Series::Tracking(_), TrackingCoverage::None) => false,
            (Series::Tracking(_), TrackingCoverage::All) => true,
            (Series::Tracking(scope), TrackingCoverage::Scopes(scopes)) => scopes.contains(scope),
        }
    }

    /// Of this coverage only the series that `keep` says; `None` when none is left. "All" stays
    /// "all" as long as one scope of today is kept.
    #[must_use]
    pub fn only(self, keep: impl Fn(Series) -> bool) -> Option<Self> {
        let kept = |scope: &Scope| keep(Series::Tracking(*scope));
        let tracking = match self.tracking {
            TrackingCoverage::All if Scope::ALL.iter().any(kept) => TrackingCoverage::All,
            TrackingCoverage::All | TrackingCoverage::None => TrackingCoverage::None,
            TrackingCoverage::Scopes(scopes) => {
                TrackingCoverage::Scopes(scopes.iter().filter(kept).collect())
            }
        };
        Self::new(self.marketing && keep(Series::Marketing), tracking)
    }

    /// Whether `whole` covers all of it. A list of today's scopes is not all of them: "all" covers later ones too.
    #[must_use]
    pub fn within(self, whole: Self) -> bool {
        let tracking = match (self.tracking, whole.tracking) {
            (TrackingCoverage::None, _) | (_, TrackingCoverage::All) => true,
            (TrackingCoverage::Scopes(some), TrackingCoverage::Scopes(more)) => {
                some.iter().all(|scope| more.contains(scope))
            }
            (TrackingCoverage::All | TrackingCoverage::Scopes(_), _) => false,
        };
        tracking && (whole.marketing || !self.marketing)
    }

    /// The same coverage with "all of tracking" written out as the scopes that exist today: how a grant is stored.
    #[must_use]
    pub fn as_of_today(self) -> Self {
        match self.tracking {
            TrackingCoverage::All => Self { tracking: TrackingCoverage::Scopes(ScopeSet::ALL), ..self },
            TrackingCoverage::None | TrackingCoverage::Scopes(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_go_round() {
        for (place, series) in Series::ALL.into_iter().enumerate() {
            assert_eq!(series.index(), place);
            assert_eq!(Series::named(series.name()), Some(series));
        }
        assert_eq!(Scope::ALL.into_iter().collect::<ScopeSet>(), ScopeSet::ALL);
        assert_eq!(ScopeSet::ALL.with(Scope::Device), ScopeSet::ALL, "once in it, in it");
    }

    #[test]
    fn a_part_is_within_the_whole_and_all_is_more_than_every_scope_of_today() {
        let (all, today) = (Coverage::TRACKING, Coverage::TRACKING.as_of_today());
        let opens = Coverage::scopes(ScopeSet::NONE.with(Scope::EmailOpen)).unwrap();
        for (part, whole) in [(opens, today), (opens, all), (today, all), (all, Coverage::BOTH)] {
            assert!(part.within(whole) && part.within(part) && !whole.within(part), "{part:?} {whole:?}");
        }
        assert!(Coverage::MARKETING.within(Coverage::BOTH) && !Coverage::BOTH.within(Coverage::MARKETING));
        assert!(!Coverage::MARKETING.within(all) && !all.within(Coverage::MARKETING));
    }

    #[test]
    fn a_grant_on_all_scopes_is_the_scopes_of_that_day() {
        assert_eq!(Coverage::TRACKING.as_of_today().tracking(), TrackingCoverage::Scopes(ScopeSet::ALL));
        assert!(!Coverage::TRACKING.as_of_today().marketing());
        assert!(Coverage::BOTH.joint() && !Coverage::MARKETING.joint() && !Coverage::TRACKING.joint());
        assert!(Coverage::new(false, TrackingCoverage::Scopes(ScopeSet::NONE)).is_none());
    }
}
