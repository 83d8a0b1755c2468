//! The format is for ever: what was written once is read, and is written so again.

use proptest::prelude::*;

use super::*;
use crate::answer::Answer;
use crate::evidence::SourceKind;
use crate::id::{Origin, TenantId};
use crate::ledger::{self, Head, Salt};
use crate::record::Record;
use crate::sample;
use crate::scope::{Coverage, Scope, ScopeSet, TrackingCoverage};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A joint grant with every item of evidence, under two policies.
fn vector() -> Record {
    let scopes: ScopeSet = [Scope::EmailOpen, Scope::Device].into_iter().collect();
    let mut given = sample::imported(Answer::Grant, sample::at(-60));
    given.coverage = Coverage::new(true, TrackingCoverage::Scopes(scopes)).unwrap();
    given.evidence.controller = Some(sample::controller());
    let mut record = sample::recorded(given, 3, sample::at(0));
    record.origin = Some(Origin::new("crm").unwrap());
    record.policies.push(sample::demanding().named());
    record
}

#[test]
fn the_test_vector_never_changes() {
    let bytes = encode(&vector());
    let tenant = TenantId::new("default").unwrap();
    let mut lines = vec![format!("canonical {}", hex(&bytes))];
    let mut head = Head::empty(&tenant);
    lines.push(format!("tenant default\nchain 0 {}", hex(&head.chain.0)));
    for byte in 1..=3 {
        let salt = Salt([byte; 32]);
        let leaf = ledger::leaf(&salt, &bytes);
        head = head.extended(&leaf);
        lines.push(format!("salt {}\nleaf {}", hex(&salt.0), hex(&leaf.0)));
        lines.push(format!("chain {} {}", head.position, hex(&head.chain.0)));
    }
    let written = lines.join("\n") + "\n";
    assert_eq!(written, include_str!("vector.txt"), "the format changed: nothing stored can be verified");
    assert!(decode(&bytes).unwrap() == vector());
}

#[test]
fn what_a_record_says_is_compared_before_when_it_arrived() {
    let mut first = sample::recorded(sample::answer(Answer::Refuse, sample::at(0)), 9, sample::at(9));
    let second = sample::recorded(sample::answer(Answer::Withdraw, sample::at(0)), 1, sample::at(1));
    assert!(encode(&first) < encode(&second));
    first.profile_version = 1;
    let earlier = encode(&first);
    first.profile_version = 2;
    assert!(earlier < encode(&first));
}

#[test]
fn only_format_1_is_read() {
    assert_eq!(decode(&[]).unwrap_err(), CanonicalError::Format(None));
    let mut bytes = encode(&vector());
    bytes[0] = 2;
    assert_eq!(decode(&bytes).unwrap_err(), CanonicalError::Format(Some(2)));
}

/// A record's bytes with a field put in before the first one of a higher or equal tag.
fn with_field(tag: u16, value: &[u8]) -> Vec<u8> {
    let bytes = encode(&vector());
    let mut place = 1;
    while place < bytes.len() && u16::from_be_bytes([bytes[place], bytes[place + 1]]) < tag {
        let length = u32::from_be_bytes(bytes[place + 2..place + 6].try_into().unwrap());
        place += 6 + length as usize;
    }
    let mut out = bytes[..place].to_vec();
    out.extend(tag.to_be_bytes());
    out.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
    out.extend(value);
    out.extend(&bytes[place..]);
    out
}

#[test]
fn unknown_repeated_and_foreign_fields_are_refused() {
    assert_eq!(decode(&with_field(0x0004, b"x")).unwrap_err(), CanonicalError::Unexpected(0x0004));
    assert_eq!(decode(&with_field(0xffff, b"x")).unwrap_err(), CanonicalError::Unexpected(0xffff));
    assert_eq!(decode(&with_field(tag::TABLE, b"customers")).unwrap_err(), CanonicalError::Order(tag::TABLE));
    // A notice's field in an answer.
    assert_eq!(
        decode(&with_field(tag::JUSTIFICATION, b"x")).unwrap_err(),
        CanonicalError::Unexpected(tag::JUSTIFICATION)
    );
    let order = CanonicalError::Order(tag::COVERAGE);
    for word in ["MARKETING", "ALL", "SMS_CLICK"] {
        assert_eq!(decode(&with_field(tag::COVERAGE, word.as_bytes())).unwrap_err(), order);
    }
}

#[test]
fn values_that_are_none_of_their_field_are_refused() {
    let bytes = encode(&vector());
    let spoil = |from: &str, to: &str| {
        let (from, to) = (from.as_bytes(), to.as_bytes());
        let place = bytes.windows(from.len()).position(|window| window == from).unwrap();
        let mut out = bytes.clone();
        out[place..place + to.len()].copy_from_slice(to);
        decode(&out).unwrap_err()
    };
    assert_eq!(spoil("ANSWER", "ANSWEr"), CanonicalError::Malformed(tag::KIND));
    assert_eq!(spoil("GRANT", "GRAND"), CanonicalError::Malformed(tag::ANSWER));
    assert_eq!(spoil("DEVICE", "DEVISE"), CanonicalError::Malformed(tag::COVERAGE));
    assert_eq!(spoil("EXPLICIT", "IMPLICIT"), CanonicalError::Malformed(tag::BASIS));
    assert_eq!(spoil("IMPORT", "EXPORT"), CanonicalError::Malformed(tag::SOURCE));
    assert_eq!(spoil("customers", "cust\u{0}mers"), CanonicalError::Malformed(tag::TABLE));
}

#[test]
fn an_open_mind_about_a_yes_or_no_is_refused() {
    let mut notice = sample::notice(sample::at(0));
    notice.withdrawal_offered = None;
    let bytes = encode(&sample::stored(crate::record::Body::Notice(notice), 1, sample::at(0)));
    let field = [0x00, 0x22, 0, 0, 0, 1, 1];
    let place = bytes.windows(7).position(|window| window == field).unwrap();
    let mut spoilt = bytes;
    spoilt[place + 6] = 2;
    assert_eq!(decode(&spoilt).unwrap_err(), CanonicalError::Malformed(tag::CONDITIONS_UNCHANGED));
}

#[test]
fn every_enum_keeps_its_name_for_ever() {
    let coverage: Vec<&str> = Scope::ALL.iter().map(|scope| scope.name()).collect();
    assert_eq!(
        coverage,
        ["EMAIL_OPEN", "EMAIL_CLICK", "SMS_CLICK", "WEBSITE_VISIT", "TRANSACTION_GOAL", "DEVICE"]
    );
    assert_eq!(Answer::ALL.map(Answer::name), ["GRANT", "REFUSE", "WITHDRAW", "OBJECT"]);
    assert_eq!(SourceKind::ALL.map(SourceKind::name), ["FORM", "CAMPAIGN", "IMPORT", "API", "MESSAGE"]);
    let bases = crate::evidence::Basis::ALL.map(crate::evidence::Basis::name);
    assert_eq!(bases, ["EXPLICIT", "ASSUMED", "IMPORTED"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_record_goes_round(record in sample::records()) {
        let bytes = encode(&record);
        let back = decode(&bytes).unwrap();
        prop_assert!(back == record);
        prop_assert_eq!(encode(&back), bytes);
    }

    #[test]
    fn every_cut_and_every_addition_is_refused(record in sample::records(), cut in any::<prop::sample::Index>()) {
        let mut bytes = encode(&record);
        prop_assert!(decode(&bytes[..cut.index(bytes.len())]).is_err());
        bytes.push(0);
        prop_assert_eq!(decode(&bytes).unwrap_err(), CanonicalError::Truncated);
    }

    /// What is accepted has only this one form: a changed byte is refused or another record.
    #[test]
    fn bytes_that_are_read_are_written_so_again(
        record in sample::records(),
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = encode(&record);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        if let Ok(read) = decode(&bytes) {
            prop_assert_eq!(encode(&read), bytes);
        }
    }
}
