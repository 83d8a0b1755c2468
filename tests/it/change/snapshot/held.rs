//! What a reader holds who took a snapshot and applies the changes after it, and what it ought to.

use assent_proto::v1::SeriesChange;

use super::*;

/// What each series reads, by its number.
pub(super) type States = BTreeMap<i32, i32>;

/// One person as a reader holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) version: u64,
    pub(super) states: States,
}

/// One who takes a snapshot and applies what comes after it.
#[derive(Default)]
pub(super) struct Reader {
    held: BTreeMap<String, Person>,
    /// All that it ever held of anybody.
    seen: Vec<(String, Person)>,
    pub(super) pages: usize,
    pub(super) passed_by: usize,
    /// How many changes it applied that came of lists.
    pub(super) imported: usize,
    /// What the changes did that it applied.
    pub(super) effects: BTreeSet<Effect>,
}

/// Whether an error passes by itself: a clock that leaps ends what is under way.
pub(super) fn passes(status: &Status) -> bool {
    [Code::Aborted, Code::DeadlineExceeded, Code::Unavailable].contains(&status.code())
}

fn unknown() -> States {
    series().map(|series| (series, State::Unknown.into())).collect()
}

fn series() -> impl Iterator<Item = i32> {
    (1..100).filter(|number| Series::try_from(*number).is_ok())
}

fn who(profile: Option<&v1::ProfileKey>) -> String {
    profile.expect("a person").id.clone()
}

pub(super) fn states_of(standings: &[v1::Standing]) -> States {
    standings.iter().map(|standing| (standing.series, standing.state)).collect()
}

impl Reader {
    /// Takes what a page of a snapshot says.
    pub(super) fn take(&mut self, page: &SnapshotPage) {
        self.pages += usize::from(!page.profiles.is_empty());
        for told in &page.profiles {
            let states = states_of(&told.standings);
            let person = Person { version: told.profile_version, states };
            let who = who(told.profile.as_ref());
            self.seen.push((who.clone(), person.clone()));
            assert!(self.held.insert(who, person).is_none(), "somebody was told of twice");
        }
    }

    /// Applies a change, if it is news.
    pub(super) fn apply(&mut self, change: &ConsentChange) {
        let who = who(change.profile.as_ref());
        let held = self.held.entry(who.clone()).or_insert_with(|| Person { version: 0, states: unknown() });
        if change.profile_version <= held.version {
            self.passed_by += 1;
            return;
        }
        let of_list = change.source.as_ref().is_some_and(|source| source.kind() == v1::SourceKind::Import);
        self.imported += usize::from(of_list);
        self.effects.extend(change.lines.iter().map(SeriesChange::effect));
        held.version = change.profile_version;
        held.states.extend(change.lines.iter().map(|line| (line.series, line.new_state)));
        self.seen.push((who, held.clone()));
    }

    /// Reads on from a cursor and applies all there is; gives where to go on.
    pub(super) async fn catch_up(&mut self, client: &Client, mut cursor: String) -> String {
        loop {
            let request = ReadConsentChangesRequest { page_size: 40, ..after(&cursor) };
            let page = match client.changes().read_consent_changes(request).await {
                Ok(page) => page.into_inner(),
                Err(status) if passes(&status) => continue,
                Err(status) => panic!("{status:?}"),
            };
            page.changes.iter().for_each(|change| self.apply(change));
            cursor = page.next_cursor;
            if page.caught_up {
                return cursor;
            }
        }
    }

    /// Where what it holds is not what GetConsents tells: of everybody there might be.
    pub(super) async fn differences(&self, client: &Client, everybody: &[String]) -> Vec<String> {
        let mut all: BTreeSet<&String> = everybody.iter().collect();
        all.extend(self.held.keys());
        let ids: Vec<String> = all.into_iter().cloned().collect();
        let told = consents(client, &story::people(), &ids).await;
        let differs = ids.iter().zip(told).filter_map(|(who, told)| {
            let states = states_of(&told.standings);
            let held = self.held.get(who);
            let same = held.map_or_else(unknown, |held| held.states.clone()) == states;
            let later = held.is_some_and(|held| held.version > told.profile_version);
            let text = format!("{who} reads {states:?} at {} and is held as {held:?}", told.profile_version);
            (!same || later).then_some(text)
        });
        differs.collect()
    }

    /// Holds all that it ever held against the history as the feed tells it: at no time was anybody what they were not.
    pub(super) fn hold_against(&self, history: &History) {
        for (who, seen) in &self.seen {
            history.knows(who, seen);
        }
    }
}

/// What everybody read at each of their versions, as far as it was not erased.
pub(super) struct History(BTreeMap<String, BTreeMap<u64, States>>);

impl History {
    pub(super) async fn read(client: &Client) -> Self {
        let begin = cursor_at(client, Start::Edge(CursorEdge::Earliest.into()), None).await;
        assert_eq!(begin.position, 0, "nothing has been trimmed");
        let mut cursor = begin.cursor;
        let mut history: BTreeMap<String, BTreeMap<u64, States>> = BTreeMap::new();
        loop {
            let page = read(client, after(&cursor)).await;
            for change in page.changes {
                let person = history.entry(who(change.profile.as_ref())).or_default();
                let mut states = person.last_key_value().map_or_else(unknown, |(_, states)| states.clone());
                if change.lines.iter().any(|line| line.effect() == Effect::Erased) {
                    // What was before is gone, in part or whole.
                    person.clear();
                }
                states.extend(change.lines.iter().map(|line| (line.series, line.new_state)));
                person.insert(change.profile_version, states);
            }
            if page.caught_up {
                return Self(history);
            }
            cursor = page.next_cursor;
        }
    }

    fn knows(&self, who: &str, seen: &Person) {
        let Some(person) = self.0.get(who) else {
            assert!(seen.states.values().all(|state| *state == i32::from(State::Unknown)), "{who}");
            return;
        };
        let Some((version, read)) = person.range(..=seen.version).next_back() else { return };
        for (series, state) in &seen.states {
            // What ran out reads so before a record says it.
            let ran_out = read[series] == i32::from(State::Granted) && *state == i32::from(State::Expired);
            assert!(
                read[series] == *state || ran_out,
                "{who} was held at {} as {:?} and was {read:?} at {version}",
                seen.version,
                seen.states
            );
        }
    }
}
