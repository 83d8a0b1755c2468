//! What was said and told, every record of it in one list; each question is answered by reading the list through.

use assent_proto::v1::{Answer, Outcome, SourceKind, State};

use super::erase::{self, Life};
use super::policy;
use super::story::{self, Event, Item, Micros, PEOPLE, Said, Source};

/// The series of marketing; those of tracking are 1 to 6.
pub(super) const MARKETING: usize = 0;

/// How many series there are.
pub(super) const SERIES: usize = 7;

#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) who: usize,
    pub(super) effective: Micros,
    pub(super) recorded: Micros,
    pub(super) event: Event,
}

/// The day of collection and the country.
type Facts = (Option<(i16, i8, i8)>, Option<&'static str>);

#[derive(Clone, Debug)]
pub(super) struct Records {
    policy: &'static str,
    /// How long a grant holds without being confirmed.
    expires: Option<Micros>,
    all: Vec<Record>,
    facts: [Facts; PEOPLE],
    /// What the facts were from an instant of recording on, of whom, in order.
    facts_from: Vec<(Micros, usize, Facts)>,
    pub(super) lives: [Life; PEOPLE],
}

/// A row of equal answers that no other answer came between, of grants one in which each was confirmed in time.
pub(super) type Run<'a> = Vec<(&'a Record, &'a Said)>;

/// State, in force since, last confirmed.
pub(super) type Standing = (State, Option<Micros>, Option<Micros>);

/// What became of an item: of its facts, and of each series with what the series reads.
#[derive(Clone, Debug)]
pub(super) struct Upserted {
    pub(super) facts: Option<Outcome>,
    pub(super) series: Vec<(usize, Option<Outcome>)>,
    /// What each series is told to read, where nothing was stored: the answer of somebody erased.
    pub(super) unheld: Option<State>,
}

impl Records {
    pub(super) fn new(policy: Option<&'static str>, expires: Option<Micros>) -> Self {
        let policy = policy.unwrap_or(policy::UNSAID);
        let lives = [Life::default(); PEOPLE];
        Self {
            policy,
            expires,
            all: Vec::new(),
            facts: [(None, None); PEOPLE],
            facts_from: Vec::new(),
            lives,
        }
    }

    /// The policies that judge a person, the table's first; where the person has no country those of some websites
    /// come in its place.
    pub(super) fn policies(&self, who: Option<usize>, countries: &[&'static str]) -> Vec<&'static str> {
        let own = who.and_then(|who| self.facts[who].1);
        let mut others: Vec<&'static str> = match own {
            Some(country) => policy::of_country(country).into_iter().collect(),
            None => countries.iter().filter_map(|country| policy::of_country(country)).collect(),
        };
        others.sort_unstable();
        others.dedup();
        others.retain(|other| *other != self.policy);
        others.insert(0, self.policy);
        others
    }

    /// Nothing that was said, told or known of a person is left.
    pub(super) fn erase(&mut self, who: usize, now: Micros) {
        self.all.retain(|record| record.who != who);
        self.facts[who] = (None, None);
        self.facts_from.retain(|(_, of, _)| *of != who);
        self.lives[who] = Life { erased: Some(now), since: None };
    }

    /// How many records there are of a person: each event, and each change of facts.
    pub(super) fn count(&self, who: usize) -> usize {
        let facts: Vec<Facts> =
            self.facts_from.iter().filter(|(_, of, _)| *of == who).map(|(.., facts)| *facts).collect();
        let before = std::iter::once(&(None, None)).chain(&facts);
        let changes = before.zip(&facts).filter(|(before, after)| before != after).count();
        self.all.iter().filter(|record| record.who == who).count() + changes
    }

    pub(super) const fn collected(&self, who: usize) -> Option<(i16, i8, i8)> {
        self.facts[who].0
    }

    /// Only what had been recorded by then.
    pub(super) fn known_at(&self, known: Micros) -> Self {
        let mut then = self.clone();
        then.all.retain(|record| record.recorded <= known);
        then.facts = [(None, None); PEOPLE];
        for (_, who, facts) in self.facts_from.iter().filter(|(recorded, ..)| *recorded <= known) {
            then.facts[*who] = *facts;
        }
        then
    }

    /// A person's records of one series.
    pub(super) fn of(&self, who: usize, series: usize) -> impl Iterator<Item = &Record> {
        self.all.iter().filter(move |record| record.who == who && covers(&record.event, series))
    }

    /// The answers of one series that had taken effect by then, as runs.
    pub(super) fn runs(&self, who: usize, series: usize, at: Micros) -> Vec<Run<'_>> {
        let answers = self.of(who, series).filter(|record| record.effective <= at);
        let mut answers: Run<'_> = answers
            .filter_map(|record| match &record.event {
                Event::Answer(said) => Some((record, said)),
                _ => None,
            })
            .collect();
        answers.sort_by_key(|(record, said)| (record.effective, protects(said.answer)));
        let mut runs: Vec<Run<'_>> = Vec::new();
        for one in answers {
            let stands = runs.last().map(|run| run[0].1.answer);
            let held = stands == Some(Answer::Object);
            if held && matches!(one.1.answer, Answer::Refuse | Answer::Withdraw) {
                continue;
            }
            match runs.last_mut() {
                Some(run) if stands == Some(one.1.answer) && !self.ran_out(run, one.0.effective) => {
                    run.push(one)
                }
                _ => runs.push(vec![one]),
            }
        }
        runs
    }

    /// When a run of grants ends, if nothing confirms it.
    pub(super) fn end_of(&self, run: &Run<'_>) -> Option<Micros> {
        let confirmed = run.iter().map(|(record, _)| record.effective).max()?;
        self.expires.map(|span| confirmed + span)
    }

    fn ran_out(&self, run: &Run<'_>, at: Micros) -> bool {
        run[0].1.answer == Answer::Grant && self.end_of(run).is_some_and(|end| end <= at)
    }

    pub(super) fn informed(&self, who: usize, series: usize, at: Micros) -> Option<Micros> {
        if series == MARKETING {
            return None;
        }
        let notices = self.of(who, series).filter(|record| matches!(record.event, Event::Notice(_)));
        notices.map(|record| record.effective).filter(|effective| *effective <= at).min()
    }

    pub(super) fn standing(&self, who: usize, series: usize, at: Micros) -> Standing {
        let runs = self.runs(who, series, at);
        match (runs.last(), self.informed(who, series, at)) {
            (Some(run), _) => {
                let times = || run.iter().map(|(record, _)| record.effective);
                if self.ran_out(run, at) {
                    return (State::Expired, self.end_of(run), times().max());
                }
                (state(run[0].1.answer), times().min(), times().max())
            }
            (None, Some(since)) => (State::Informed, Some(since), None),
            (None, None) => (State::Unknown, None, None),
        }
    }

    /// Whether anything that a series could read is on record: a request is not.
    fn heard(&self, who: usize, series: usize) -> bool {
        self.of(who, series).any(|record| !matches!(record.event, Event::Request { .. }))
    }

    /// Takes one item, or refuses it.
    pub(super) fn upsert(&mut self, item: &Item, now: Micros) -> Option<Upserted> {
        let life = self.lives[item.who];
        match life.told(item, now) {
            erase::Told::Refused => return None,
            erase::Told::Unheld(answer) => {
                let covered =
                    (0..SERIES).filter(|series| item.event.as_ref().is_some_and(|e| covers(e, *series)));
                let series = covered.map(|series| (series, Some(Outcome::Created))).collect();
                return Some(Upserted { facts: None, series, unheld: Some(state(answer)) });
            }
            erase::Told::AsAnybody => {}
        }
        let before = self.facts[item.who];
        let after = (item.collected.or(before.0), item.jurisdiction.or(before.1));
        self.facts[item.who] = after;
        let policies = self.policies(Some(item.who), &[]);
        if item.event.as_ref().is_some_and(|event| !policy::accepted(&policies, event, after.0, now)) {
            self.facts[item.who] = before;
            return None;
        }
        if let Some(erased) = life.erased
            && life.since.is_none()
        {
            let opened = item.event.as_ref().map(|event| effective(event, now));
            self.lives[item.who] = Life { erased: Some(erased), since: opened };
        }
        self.facts_from.push((now, item.who, after));
        let sent = item.collected.is_some() || item.jurisdiction.is_some();
        let facts = sent.then_some(match before {
            (None, None) => Outcome::Created,
            _ if before == after => Outcome::Unchanged,
            _ => Outcome::Changed,
        });
        let series = item.event.as_ref().map_or_else(Vec::new, |event| self.say(item.who, event, now));
        Some(Upserted { facts, series, unheld: None })
    }

    pub(super) fn say(&mut self, who: usize, event: &Event, now: Micros) -> Vec<(usize, Option<Outcome>)> {
        let covered: Vec<usize> = (0..SERIES).filter(|series| covers(event, *series)).collect();
        let before: Vec<_> = covered
            .iter()
            .map(|series| (self.heard(who, *series), self.standing(who, *series, now)))
            .collect();
        let same: Vec<bool> = covered
            .iter()
            .map(|series| self.of(who, *series).any(|record| is_on_record(event, *series, record)))
            .collect();
        let record = Record { who, effective: effective(event, now), recorded: now, event: event.clone() };
        if same.iter().any(|same| !same) {
            self.all.push(record);
        }
        let place = self.all.len() - 1;
        let outcomes = covered.iter().zip(before).zip(same);
        let outcomes = outcomes.map(|((series, (heard, before)), same)| {
            let after = self.standing(who, *series, now);
            let runs = self.runs(who, *series, now);
            let current = runs
                .last()
                .is_some_and(|run| run.iter().any(|one| std::ptr::eq(one.0, &raw const self.all[place])));
            let outcome = match event {
                // What a request does to a series, and a notice to marketing, the rules do not say.
                Event::Request { .. } => None,
                Event::Notice(_) if *series == MARKETING => None,
                _ if same => Some(Outcome::Unchanged),
                _ if !heard => Some(Outcome::Created),
                _ if before.0 != after.0 => Some(Outcome::Changed),
                Event::Notice(_) if after.0 == State::Informed => Some(Outcome::Renewed),
                Event::Answer(_) if current => Some(Outcome::Renewed),
                _ => Some(Outcome::Superseded),
            };
            (*series, outcome)
        });
        outcomes.collect()
    }
}

fn covers(event: &Event, series: usize) -> bool {
    let bits = match event {
        Event::Answer(said) => said.series,
        Event::Notice(told) => told.series,
        Event::Request { series, .. } => *series,
    };
    bits >> series & 1 == 1
}

fn import(source: Option<&Source>) -> bool {
    source.is_some_and(|source| source.kind == SourceKind::Import)
}

/// A refusal, withdrawal or objection that does not come from an import.
fn direct_no(said: &Said) -> bool {
    said.answer != Answer::Grant && !import(said.source.as_ref())
}

pub(super) fn effective(event: &Event, now: Micros) -> Micros {
    match event {
        Event::Answer(said) if direct_no(said) => now,
        Event::Answer(said) => said.at.unwrap_or(now).min(now),
        Event::Notice(told) => told.at.min(now),
        Event::Request { at, .. } => (*at).min(now),
    }
}

/// The more protective comes last on a tie.
const fn protects(answer: Answer) -> u8 {
    match answer {
        Answer::Unspecified | Answer::Grant => 0,
        Answer::Refuse => 2,
        Answer::Withdraw => 3,
        Answer::Object => 4,
    }
}

pub(super) const fn state(answer: Answer) -> State {
    match answer {
        Answer::Unspecified => State::Unknown,
        Answer::Grant => State::Granted,
        Answer::Refuse => State::Refused,
        Answer::Withdraw => State::Withdrawn,
        Answer::Object => State::Objected,
    }
}

/// Every scope of tracking, later ones too.
const ALL_SCOPES: u8 = 0b111_1110;

/// Whether all that was sent stands in a record already; what was left out counts as sent and equal. "All scopes" says
/// more than a list of today's, but of a grant, which is stored as the list.
fn is_on_record(event: &Event, series: usize, record: &Record) -> bool {
    let all = |bits: u8| bits & ALL_SCOPES == ALL_SCOPES;
    let says_more = |sent: u8, held: u8| series != MARKETING && all(sent) && !all(held);
    match (event, &record.event) {
        (Event::Answer(sent), Event::Answer(held)) => {
            !direct_no(sent)
                && sent.answer == held.answer
                && (sent.answer == Answer::Grant || !says_more(sent.series, held.series))
                && sent.at == held.at
                && sent.basis == held.basis
                && (sent.method.is_none() || sent.method == held.method)
                && is_in(sent.source.as_ref(), held.source.as_ref())
                && sent.text <= held.text
                && sent.language <= held.language
                && sent.actor <= held.actor
                && sent.proof <= held.proof
                && (sent.answer != Answer::Grant || policy::joint(sent) == policy::joint(held))
        }
        (
            Event::Request { series, at, sent, source },
            Event::Request { series: held, at: then, sent: by, source: from },
        ) => {
            !says_more(*series, *held)
                && at == then
                && (sent.is_none() || sent == by)
                && is_in(source.as_ref(), from.as_ref())
        }
        (Event::Notice(sent), Event::Notice(held)) => {
            !says_more(sent.series, held.series) && is_told(sent, held)
        }
        _ => false,
    }
}

fn is_told(sent: &story::Told, held: &story::Told) -> bool {
    sent.at == held.at
        && sent.text <= held.text
        && (sent.unchanged.is_none() || sent.unchanged == held.unchanged)
        && (sent.withdrawal.is_none() || sent.withdrawal == held.withdrawal)
        && sent.justification <= held.justification
        && sent.proof <= held.proof
        && is_in(sent.source.as_ref(), held.source.as_ref())
        && (sent.sent.is_none() || sent.sent == held.sent)
}

fn is_in(sent: Option<&Source>, held: Option<&Source>) -> bool {
    match (sent, held) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(sent), Some(held)) => {
            sent.kind == held.kind
                && sent.name <= held.name
                && (sent.version.is_none() || sent.version == held.version)
        }
    }
}
