//! Laws that hold for all commands.

use proptest::prelude::*;

use super::*;
use crate::command::Said;
use crate::history::Standing;
use crate::record::Record;
use crate::sample::{answers, commands, coverages};
use crate::scope::Purpose;

/// What is read, whichever of several equal records it is read from.
fn readings(profile: &Profile) -> Vec<(State, Option<Instant>, Option<Instant>)> {
    let standings = profile.standings(Instant::MAX, None, None);
    standings
        .iter()
        .map(|Standing { state, since, last_confirmed, .. }| (*state, *since, *last_confirmed))
        .collect()
}

fn imports() -> impl Strategy<Value = Vec<AnswerGiven>> {
    let import = (answers(), coverages(), 0..12_i64)
        .prop_map(|(said, coverage, minute)| on(coverage, imported(said, at(minute))));
    prop::collection::vec(import, 0..10)
}

fn shuffled<T: Clone + std::fmt::Debug>(
    items: impl Strategy<Value = Vec<T>>,
) -> impl Strategy<Value = (Vec<T>, Vec<T>)> {
    items.prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle()))
}

/// The same said so many times as far from the beginning.
fn aged(mut command: Command, times: i64) -> Command {
    let age = |at: &mut Option<Instant>| {
        let since = |then: &Instant| then.micros() - sample::at(0).micros();
        *at = at.as_ref().and_then(|then| Instant::from_micros(sample::at(0).micros() + since(then) * times));
    };
    match &mut command.said {
        Some(Said::Answer(given)) => age(&mut given.decided_at),
        Some(Said::Notice(notice)) => age(&mut notice.notified_at),
        Some(Said::Request(request)) => age(&mut request.requested_at),
        None => {}
    }
    command
}

/// Applies commands a minute apart, starting at minute 20.
fn lived(commands: &[Command]) -> Story {
    let mut story = Story::under(vec![sample::lenient(), sample::expiring(1)]);
    for (minute, command) in (20..).zip(commands) {
        let _ = story.apply(command, at(minute * 200));
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_imports_arrive_does_not_matter((one, other) in shuffled(imports())) {
        let arrived = |imports: &[AnswerGiven]| {
            let mut story = Story::new();
            for import in imports {
                story.say(import.clone(), at(50));
            }
            story
        };
        let (one, other) = (arrived(&one), arrived(&other));
        prop_assert_eq!(readings(&one.profile), readings(&other.profile));
        for minute in 0..12 {
            let read = |story: &Story| story.profile.standings(at(minute), None, None).map(|s| (s.state, s.since));
            prop_assert_eq!(read(&one), read(&other));
        }
    }

    /// The same contents under other versions and ids: the record in force says the same.
    #[test]
    fn the_record_in_force_does_not_depend_on_the_order_of_arrival((one, other) in shuffled(imports())) {
        let in_force = |imports: &[AnswerGiven]| {
            let records: Vec<Record> =
                (1..).zip(imports).map(|(v, import)| sample::recorded(import.clone(), v, at(50))).collect();
            let history = History::of(&records);
            Series::ALL.map(|series| {
                let id = history.standing(series, at(60), None).record?;
                records.iter().find(|record| record.id == id).map(|record| record.body.clone())
            })
        };
        prop_assert!(in_force(&one) == in_force(&other));
    }

    #[test]
    fn withdrawing_twice_is_once(before in prop::collection::vec(commands(), 0..8), coverage in coverages()) {
        let mut story = lived(&before);
        let withdraw = on(coverage, answer(Withdraw, at(0)));
        story.say(withdraw.clone(), at(9000));
        let states = readings(&story.profile).into_iter().map(|(state, since, _)| (state, since));
        let once: Vec<_> = states.collect();
        story.say(withdraw, at(9001));
        let twice: Vec<_> = readings(&story.profile).into_iter().map(|(state, since, _)| (state, since)).collect();
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn no_read_tells_when_an_expiry_was_written(
        lived_through in prop::collection::vec((commands(), any::<bool>()), 1..12),
    ) {
        let day = 24 * 60;
        let begin = || Story::under(vec![sample::lenient(), sample::expiring(5)]);
        let (mut swept, mut left) = (begin(), begin());
        for (number, (command, sweeps)) in (0..).zip(&lived_through) {
            // What is dated in minutes is dated in days.
            let command = aged(command.clone(), day);
            let now = at((20 + number * 3) * day);
            let (one, other) = (swept.apply(&command, now), left.apply(&command, now));
            let told = |applied: Result<Applied, _>| {
                let outcomes = applied.map(|applied| applied.outcomes).unwrap_or_default();
                outcomes.into_iter().map(|told| (told.outcome, told.standing.state)).collect::<Vec<_>>()
            };
            prop_assert_eq!(told(one), told(other));
            if *sweeps {
                swept.expire(at((21 + number * 3) * day));
            }
            let span = Some(Span::from_days(5));
            for later in [0, 1, 2, 4, 9] {
                let read = |story: &Story| {
                    let standings = story.profile.standings(at((21 + number * 3 + later) * day), None, span);
                    standings.map(|read| (read.state, read.since, read.last_confirmed))
                };
                prop_assert_eq!(read(&swept), read(&left));
            }
        }
        let mut ended = std::collections::BTreeSet::new();
        for saved in &swept.saved {
            if let Body::Expiry(expired) = &saved.record.body {
                for series in Series::ALL.into_iter().filter(|series| expired.coverage.covers(*series)) {
                    prop_assert!(ended.insert((expired.grant, series.index())), "a grant ran out twice");
                }
            }
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter_where_grants_run_out((one, other) in shuffled(imports())) {
        // Five days are no multiple of 25 hours: nothing is confirmed on the very instant of its end.
        let arrived = |imports: &[AnswerGiven]| {
            let mut story = Story::under(vec![sample::lenient(), sample::expiring(5)]);
            for (number, import) in (0..).zip(imports) {
                let import = aged(Command::answer(import.clone()), 25 * 60);
                story.apply(&import, at(1000 * 60 + number)).unwrap();
                if number % 3 == 1 {
                    story.expire(at(1000 * 60 + number));
                }
            }
            story
        };
        let (one, other) = (arrived(&one), arrived(&other));
        for hour in 0..60 {
            let read = |story: &Story| {
                let span = Some(Span::from_days(5));
                let standings = story.profile.standings(at(hour * 12 * 60), None, span);
                standings.map(|read| (read.state, read.since, read.last_confirmed))
            };
            prop_assert_eq!(read(&one), read(&other), "after {} hours", hour * 12);
        }
    }

    #[test]
    fn replaying_the_stored_records_gives_the_same_profile(lived_through in prop::collection::vec(commands(), 0..12)) {
        let story = lived(&lived_through);
        let decoded: Vec<Record> = story
            .saved
            .iter()
            .rev()
            .map(|saved| crate::canonical::decode(&crate::canonical::encode(&saved.record)).unwrap())
            .collect();
        let replayed = Profile::of(story.profile.subject.row.clone(), decoded);
        let read = |profile: &Profile| profile.standings(Instant::MAX, None, None);
        prop_assert_eq!(read(&replayed), read(&story.profile));
        prop_assert_eq!(replayed.state_row(), story.profile.state_row());
        prop_assert_eq!(replayed.history().facts(), story.profile.history().facts());
    }

    #[test]
    fn the_changes_join_and_add_up_to_what_is_read(lived_through in prop::collection::vec(commands(), 0..12)) {
        let story = lived(&lived_through);
        let mut states = [State::Unknown; Series::COUNT];
        for (version, saved) in (1..).zip(&story.saved) {
            prop_assert_eq!(saved.record.profile_version, version);
            let Some(change) = &saved.change else { continue };
            prop_assert!(!change.lines.is_empty() && change.record == saved.record.id);
            for line in &change.lines {
                prop_assert_eq!(states[line.series.index()], line.old);
                prop_assert_eq!(line.effect, Effect::of(line.old, line.new));
                states[line.series.index()] = line.new;
            }
        }
        prop_assert_eq!(states, story.profile.standings(Instant::MAX, None, None).map(|s| s.state));
    }

    #[test]
    fn what_is_told_is_what_is_read_and_what_is_stored_is_what_was_not_unchanged(
        lived_through in prop::collection::vec(commands(), 1..12),
    ) {
        let mut story = lived(&[]);
        for (minute, command) in (20..).zip(&lived_through) {
            let now = at(minute * 200);
            let version = story.profile.version();
            let Ok(applied) = story.apply(command, now) else { continue };
            let span = Span::from_days(1);
            let standings = story.profile.standings(now, None, Some(span));
            for told in &applied.outcomes {
                prop_assert_eq!(told.standing, standings[told.series.index()]);
            }
            let unchanged = applied.outcomes.iter().all(|told| told.outcome == Unchanged)
                && applied.facts.is_none_or(|facts| facts.outcome == Unchanged);
            prop_assert_eq!(unchanged, applied.saved.is_empty());
            prop_assert_eq!(story.profile.version() - version, applied.saved.len() as u64);
        }
    }

    #[test]
    fn an_item_sent_again_is_unchanged_unless_it_is_a_direct_denial(
        before in prop::collection::vec(commands(), 0..8),
        command in commands(),
    ) {
        let mut story = lived(&before);
        prop_assume!(story.apply(&command, at(9000)).is_ok());
        let again = story.apply(&command, at(9000)).unwrap();
        let denies = matches!(&command.said, Some(Said::Answer(given)) if given.answer != Grant && given.direct());
        let late = matches!(&command.said, Some(Said::Answer(given)) if given.decided_at.is_none() && given.direct());
        for told in &again.outcomes {
            if denies {
                prop_assert!([Renewed, Superseded].contains(&told.outcome));
            } else if !late {
                prop_assert_eq!(told.outcome, Unchanged);
            }
        }
        prop_assert!(again.facts.is_none_or(|facts| facts.outcome == Unchanged));
    }

    #[test]
    fn notices_and_requests_never_replace_answers(
        before in prop::collection::vec(commands(), 0..8),
        coverage in coverages(),
        minute in 0..50_i64,
    ) {
        let mut story = lived(&before);
        let answered = |story: &Story| {
            let standings = story.profile.standings(Instant::MAX, None, None);
            standings.map(|s| if s.state == State::Informed { State::Unknown } else { s.state })
        };
        let old = answered(&story);
        story.tell(crate::record::NoticeGiven { coverage, ..sample::notice(at(minute)) }, at(9000));
        let asked = crate::record::RequestMade { coverage, ..sample::request(at(minute)) };
        story.apply(&Command::request(asked), at(9000)).unwrap();
        prop_assert_eq!(answered(&story), old);
    }

    #[test]
    fn marketing_never_changes_tracking_and_tracking_never_marketing(
        before in prop::collection::vec(commands(), 0..8),
        said in answers(),
        marketing in any::<bool>(),
        minute in 0..50_i64,
    ) {
        let mut story = lived(&before);
        let coverage = if marketing { Coverage::MARKETING } else { Coverage::TRACKING };
        let untouched = |story: &Story| {
            let standings = story.profile.standings(Instant::MAX, None, None);
            let changed = if marketing { Purpose::Marketing } else { Purpose::Tracking };
            let others = Series::ALL.into_iter().zip(standings).filter(|(series, _)| series.purpose() != changed);
            others.collect::<Vec<_>>()
        };
        // Whatever had run out is on record by then.
        story.say(on(coverage, answer(Refuse, at(0))), at(9000));
        let old = untouched(&story);
        story.say(on(coverage, imported(said, at(minute))), at(9000));
        story.say(on(coverage, answer(said, at(8000))), at(9000));
        prop_assert_eq!(untouched(&story), old);
    }
}
