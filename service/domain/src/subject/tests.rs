use proptest::prelude::*;

use super::*;
use crate::answer::Answer;
use crate::profile::Profile;
use crate::record::NoticeGiven;
use crate::sample::{self, Story, answer, at, record_id};

fn facts(version: u64, erased_at: Option<Instant>) -> ProfileFacts {
    let (table, id) = (TableId::new("people").unwrap(), ProfileId::new("p1").unwrap());
    ProfileFacts { table, id, version, last_recorded_at: Some(at(50)), erased_at }
}

/// Records of one person, each under a version of its own.
fn lives() -> impl Strategy<Value = (Vec<Record>, Option<Instant>)> {
    let records = prop::collection::vec(sample::records(), 0..12).prop_map(|mut records| {
        for (version, record) in (1..).zip(&mut records) {
            record.profile_version = version;
            record.id = record_id(version);
        }
        records
    });
    (records, prop::option::of((0..40_i64).prop_map(at)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_history_row_says_is_what_the_records_say((records, erased_at) in lives()) {
        let version = records.len() as u64;
        let profile = Profile::of(facts(version, erased_at), records);
        let subject = profile.into_subject();
        let row = subject.history_row().expect("twelve records are not too many");
        let read = Subject::read(subject.row.clone(), &row).expect("it is of this version");
        prop_assert!(read == subject);
        prop_assert_eq!(read.life(), subject.life());
        prop_assert_eq!(read.opened(), subject.opened());
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..300), begins in any::<bool>()) {
        let mut row = bytes;
        if begins {
            row.splice(0..0, [1, 0, 0, 0, 0, 0, 0, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 1]);
        }
        let _ = Subject::read(facts(1, None), &row);
    }

    #[test]
    fn a_row_that_is_cut_short_or_goes_on_is_none((records, _) in lives(), cut in any::<prop::sample::Index>()) {
        let subject = Profile::of(facts(records.len() as u64, None), records).into_subject();
        let mut row = subject.history_row().unwrap();
        let short = cut.index(row.len());
        prop_assert!(Subject::read(subject.row.clone(), &row[..short]).is_err());
        row.push(0);
        prop_assert!(Subject::read(subject.row, &row).is_err());
    }
}

fn granted() -> Subject {
    let mut story = Story::new();
    story.say(answer(Answer::Grant, at(10)), at(10));
    story.profile.into_subject()
}

#[test]
fn a_row_of_another_version_says_nothing() {
    let granted = granted();
    let row = granted.history_row().unwrap();
    for version in [0, 2] {
        let newer = ProfileFacts { version, ..granted.row.clone() };
        assert_eq!(Subject::read(newer, &row).err().map(|row| row.version), Some(version));
    }
    assert!(Subject::read(granted.row.clone(), &row).is_ok_and(|read| read == granted));
}

#[test]
fn a_row_of_another_layout_says_nothing() {
    let granted = granted();
    let mut row = granted.history_row().unwrap();
    row[0] += 1;
    assert!(Subject::read(granted.row, &row).is_err());
}

#[test]
fn the_layout_stays_as_it_was_released() {
    let granted = granted();
    let row = granted.history_row().unwrap();
    let hex: String = row.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "010000000000000001800000000000000003000650c075c43600000650c075c43600800000000000000020200001000650c075c43600000650c075c4\
         3600000000000000000000000000000000010000ff0007000000010000000100000001000000010000000100000001000000000000"
    );
}

#[test]
fn a_row_of_another_erasure_says_nothing() {
    let granted = granted();
    let row = granted.history_row().unwrap();
    let erased = ProfileFacts { erased_at: Some(at(20)), ..granted.row };
    assert!(Subject::read(erased, &row).is_err(), "erased since, whoever wrote it down");

    let erased = Profile::of(facts(3, Some(at(5))), Vec::new()).into_subject();
    let row = erased.history_row().unwrap();
    assert!(Subject::read(erased.row, &row).is_ok_and(|read| read.life() == Life::Erased));
    assert!(Subject::read(facts(3, Some(at(9))), &row).is_err(), "the erasure moved");
}

#[test]
fn whoever_has_more_on_record_than_is_worth_keeping_twice_has_no_row() {
    let given = |minute| answer(Answer::Grant, at(minute));
    let mut story = Story::new();
    for minute in 0..120 {
        story.say(given(minute), at(minute));
    }
    assert_eq!(story.profile.subject().history_row(), None);
}

#[test]
fn a_row_names_nobody_and_quotes_nothing() {
    let mut records = granted_with_texts();
    for (version, record) in (1..).zip(&mut records) {
        record.profile_version = version;
    }
    let row = Profile::of(facts(records.len() as u64, None), records).into_subject().history_row().unwrap();
    for text in ["p1", "people", "because", "archive/1", "newsletter", "checkbox"] {
        assert!(!row.windows(text.len()).any(|bytes| bytes == text.as_bytes()), "{text}");
    }
}

/// A grant and a notice that say everything they can.
fn granted_with_texts() -> Vec<Record> {
    let mut story = Story::new();
    story.say(answer(Answer::Grant, at(10)), at(10));
    let justification = Some("because".to_owned());
    let notice = NoticeGiven { justification, ..sample::notice(at(11)) };
    let mut records = story.profile.records().to_vec();
    let told = Record { body: Body::Notice(notice), id: record_id(99), ..records[0].clone() };
    records.push(told);
    records
}
