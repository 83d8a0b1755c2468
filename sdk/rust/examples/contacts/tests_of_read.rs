//! The reader names what is wrong by line, and reads on.

use super::column::Column;
use super::contact::{Kind, List};
use super::read::{Contents, Malformed, read};

const HEADER: &str = "profile;list;collected_on;jurisdiction;source;source_name;source_version;marketing;marketing_on;\
    tracking;tracking_on;joint;basis;method;wording;language;actor;proof;informed_on;informed_text;\
    conditions_unchanged;withdrawal_offered";

fn contents(lines: &[&str]) -> Contents {
    read(format!("{HEADER}\n{}\n", lines.join("\n")).as_bytes()).unwrap()
}

fn kinds(contents: &Contents, at: usize) -> Vec<Kind> {
    contents.contacts[at].items.iter().map(|(kind, _)| *kind).collect()
}

#[test]
fn a_malformed_line_is_told_by_its_number_and_stops_no_other() {
    let contents = contents(&[
        "a;legacy;2019-01-01;;import;crm;1;;;;;;;;;;;;;;;",
        "b;legacy;2019-02-30;;import;crm;1;;;;;;;;;;;;;;;",
        "c;legacy;2019-01-01;;import;crm;1;perhaps;;;;;;;;;;;;;;",
        "d;legacy;2019-01-01;;import;crm;1;;;;;;;;;;;;;;;;surplus",
        "e;legacy;;;import;crm;1;;;;;;;;;;;;;;;",
        "f;legacy;2019-01-01;;import;crm;1;;;;;;;;;;;;;;;",
    ]);
    let lines: Vec<u64> = contents.contacts.iter().map(|contact| contact.line).collect();
    assert_eq!(lines, [2, 7]);
    let malformed: Vec<_> = contents.malformed.into_iter().collect();
    assert_eq!(
        malformed,
        [
            (Malformed::WrongColumnCount, vec![5]),
            (Malformed::BadDay(Column::CollectedOn), vec![3]),
            (Malformed::UnknownWord(Column::Marketing), vec![4]),
            (Malformed::NothingSaid, vec![6]),
        ]
    );
}

#[test]
fn bytes_that_are_no_text_are_told_by_their_line() {
    let mut file = format!("{HEADER}\n").into_bytes();
    file.extend_from_slice(b"caf\xe9;legacy;2019-01-01;;import;crm;1;;;;;;;;;;;;;;;\n");
    let contents = read(file.as_slice()).unwrap();
    assert_eq!(contents.malformed.into_iter().collect::<Vec<_>>(), [(Malformed::NotUtf8, vec![2])]);
}

#[test]
fn a_file_without_its_header_is_refused() {
    assert!(read("a;legacy\n".as_bytes()).is_err());
}

#[test]
fn control_characters_are_left_for_the_service_to_judge() {
    let contents = contents(&["a\u{7};legacy;2019-01-01;;import;crm;1;;;;;;;;;;;;;;;"]);
    assert_eq!(contents.contacts[0].profile, "a\u{7}");
}

#[test]
fn each_word_of_tracking_is_one_answer_and_facts_go_with_the_first() {
    let contents = contents(&[
        "a;france;2026-05-01;FR;form;f;1;yes;2026-05-01;email_open=no,email_click=yes,device=yes;2026-05-01;;explicit;\
         checkbox;w;fr;me;;;;;",
    ]);
    assert_eq!(contents.contacts[0].list, List::France);
    assert_eq!(kinds(&contents, 0), [Kind::Grant, Kind::Refuse, Kind::Grant]);
    let with_facts = |(_, item): &&(Kind, assent_sdk::Item)| format!("{item:?}").contains("facts: Some");
    assert_eq!(contents.contacts[0].items.iter().filter(with_facts).count(), 1);
}

#[test]
fn one_tick_is_one_answer() {
    let joint =
        "a;italy;2026-05-01;IT;form;f;1;yes;2026-05-01;yes;2026-05-01;yes;explicit;checkbox;w;it;me;;;;;";
    let apart = joint.replace("2026-05-01;yes;explicit", "2026-05-01;;explicit");
    let contents = contents(&[joint, &apart]);
    assert_eq!(kinds(&contents, 0), [Kind::Grant]);
    assert_eq!(kinds(&contents, 1), [Kind::Grant, Kind::Grant]);
}
