//! What a caller asks to be recorded of one profile, and what is known when it is.

use crate::answer::Answer;
use crate::evidence::{Controller, Source};
use crate::history::Facts;
use crate::id::{NoticeId, Origin, RecordId};
use crate::policy::Policy;
use crate::record::{AnswerGiven, Body, Country, NoticeGiven, RequestMade};
use crate::scope::Coverage;
use crate::time::{Day, Instant, Span, Zone};

/// One item: facts, something said, or both. Facts are applied first, so that what is said is
/// weighed by them; each is a record of its own. If either is refused nothing of the item is stored.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Command {
    /// Facts of the profile.
    pub facts: Option<FactsSent>,
    /// What was said, told or asked.
    pub said: Option<Said>,
}

/// Facts of a profile as they were sent. What is absent stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FactsSent {
    /// The day the address was collected.
    pub collected_on: Option<Day>,
    /// The country whose rules apply.
    pub jurisdiction: Option<Country>,
    /// Where the facts come from; demanded if they change anything.
    pub source: Option<Source>,
}

/// What was said, told or asked.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// What the person said. The controller in its evidence is replaced by the table's.
    Answer(AnswerGiven),
    /// What they were told.
    Notice(NoticeGiven),
    /// What they were asked.
    Request(RequestMade),
}

hidden!(Command, FactsSent, Said);

impl Command {
    /// Facts alone.
    #[must_use]
    pub fn facts(facts: FactsSent) -> Self {
        Self { facts: Some(facts), said: None }
    }

    /// An answer alone.
    #[must_use]
    pub fn answer(answer: AnswerGiven) -> Self {
        Self { facts: None, said: Some(Said::Answer(answer)) }
    }

    /// A notice alone.
    #[must_use]
    pub fn notice(notice: NoticeGiven) -> Self {
        Self { facts: None, said: Some(Said::Notice(notice)) }
    }

    /// A request alone.
    #[must_use]
    pub fn request(request: RequestMade) -> Self {
        Self { facts: None, said: Some(Said::Request(request)) }
    }
}

impl Said {
    /// What it covers.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        match self {
            Self::Answer(given) => given.coverage,
            Self::Notice(notice) => notice.coverage,
            Self::Request(request) => request.coverage,
        }
    }

    /// Whether it is a grant.
    #[must_use]
    pub fn is_grant(&self) -> bool {
        matches!(self, Self::Answer(given) if given.answer == Answer::Grant)
    }

    /// Whether it is a no: a refusal, a withdrawal or an objection. What a person is protected by is always stored.
    #[must_use]
    pub fn is_no(&self) -> bool {
        matches!(self, Self::Answer(given) if given.answer != Answer::Grant)
    }

    /// The body of its record, covering that.
    pub(crate) fn stored_as(self, coverage: Coverage) -> Body {
        match self {
            Self::Answer(given) => Body::Answer(AnswerGiven { coverage, ..given }),
            Self::Notice(notice) => Body::Notice(NoticeGiven { coverage, ..notice }),
            Self::Request(request) => Body::Request(RequestMade { coverage, ..request }),
        }
    }
}

/// What holds in the profile table when a command is applied.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The table's controller; without one no grant is stored.
    pub controller: Option<&'a Controller>,
    /// The table's zone, for policies without one of their own.
    pub zone: &'a Zone,
    /// The policies that apply to a profile of those facts, the table's first.
    pub policies: &'a dyn Fn(Facts) -> Vec<&'a Policy>,
    /// Whether a notice text of that id is stored.
    pub text_is_stored: &'a dyn Fn(&NoticeId) -> bool,
}

impl Terms<'_> {
    /// After how long an unconfirmed grant of a profile of those facts has run out; the shortest of its policies'.
    #[must_use]
    pub fn expires_after(&self, facts: Facts) -> Option<Span> {
        let days = (self.policies)(facts).iter().filter_map(|policy| policy.grant.expires_after_days).min();
        days.map(|days| Span::from_days(i64::from(days)))
    }
}

/// Time, origin and ids for the records that a command makes.
pub struct Stamp<'a> {
    /// The server's time.
    pub now: Instant,
    /// The system that sent the command.
    pub origin: Option<&'a Origin>,
    /// Makes the id of the next record. An item makes at most one for its facts, one for what was
    /// said, and one for each grant that had run out before it.
    pub next_id: &'a mut dyn FnMut() -> RecordId,
}
