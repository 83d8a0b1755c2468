use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use sha2::{Digest, Sha256};

use super::*;

const WORD: &str = "k3jq7wplx2mzv5rt6nyhbd4c";
const UUID: &str = "0199a3c5-7b1d-7e42-9f60-c3d8e1a25b74";
const TABLE: &str = "people";

fn sought() -> Sought {
    let mut sought = Sought::default();
    sought.person("person", TABLE, WORD);
    sought.uuid("uuid", UUID);
    sought.number("number", 0x2b3c_4d5e_6f70_8192);
    sought
}

/// The forms in which a canary is found in these bytes, with others around them.
fn forms(label: &str, bytes: &[u8]) -> Vec<Form> {
    let around = [b"before ", bytes, b" after"].concat();
    let found = sought().in_bytes(&around);
    assert!(found.iter().all(|found| found.label == label), "{found:?}");
    found.into_iter().map(|found| found.form).collect()
}

#[test]
fn a_word_is_found_in_every_form() {
    assert_eq!(forms("person", WORD.as_bytes()), [Form::Plain]);
    assert_eq!(forms("person", WORD.to_uppercase().as_bytes()), [Form::Plain]);
    assert_eq!(forms("person", hex::encode(WORD).as_bytes()), [Form::Hex]);
    assert_eq!(forms("person", hex::encode_upper(WORD).as_bytes()), [Form::Hex]);
    let percent: String = WORD.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(forms("person", percent.as_bytes()), [Form::Percent]);
}

#[test]
fn a_word_is_found_in_base64_at_each_alignment_and_in_either_alphabet() {
    for before in ["", "a", "ab", "abc"] {
        for after in ["", "?", "??", "???"] {
            let text = format!("{before}{WORD}{after}");
            assert_eq!(
                forms("person", STANDARD.encode(&text).as_bytes()),
                [Form::Base64],
                "{before} {after}"
            );
            assert_eq!(
                forms("person", URL_SAFE.encode(&text).as_bytes()),
                [Form::Base64],
                "{before} {after}"
            );
        }
    }
}

#[test]
fn a_bare_digest_is_found_whole_or_by_its_first_eight_bytes() {
    let digest: [u8; 32] = Sha256::digest(WORD).into();
    assert_eq!(forms("person", &digest), [Form::Digest]);
    assert_eq!(forms("person", &digest[..8]), [Form::Digest]);
    assert_eq!(forms("person", hex::encode(digest).as_bytes()), [Form::Digest]);
    assert_eq!(forms("person", hex::encode_upper(&digest[..8]).as_bytes()), [Form::Digest]);
    assert_eq!(forms("person", STANDARD.encode(digest).as_bytes()), [Form::Digest]);
    assert_eq!(forms("person", STANDARD.encode([b"x", &digest[..]].concat()).as_bytes()), [Form::Digest]);
    let number = i64::from_be_bytes(digest[..8].try_into().unwrap());
    assert_eq!(forms("person", number.to_string().as_bytes()), [Form::Digest]);
    assert_eq!(forms("person", &number.to_le_bytes()), [Form::Digest]);
}

#[test]
fn the_hash_of_a_persons_rows_is_found() {
    let hash = Sha256::new().chain_update("assent person v1\n").chain_update(TABLE).chain_update([0]);
    let digest: [u8; 32] = hash.chain_update(WORD).finalize().into();
    let number = i64::from_be_bytes(digest[..8].try_into().unwrap());
    for bytes in
        [number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec(), number.to_string().into_bytes()]
    {
        assert_eq!(forms("person", &bytes), [Form::PersonHash]);
    }
}

#[test]
fn a_uuid_is_found_as_text_and_as_bytes() {
    let bytes = hex::decode(UUID.replace('-', "")).unwrap();
    assert_eq!(forms("uuid", UUID.as_bytes()), [Form::Plain]);
    assert_eq!(forms("uuid", UUID.to_uppercase().as_bytes()), [Form::Plain]);
    assert_eq!(forms("uuid", &bytes), [Form::Plain]);
    assert_eq!(forms("uuid", hex::encode(&bytes).as_bytes()), [Form::Hex]);
    assert_eq!(forms("uuid", STANDARD.encode(&bytes).as_bytes()), [Form::Base64]);
    assert_eq!(forms("uuid", STANDARD.encode(UUID).as_bytes()), [Form::Base64]);
    assert_eq!(forms("uuid", &Sha256::digest(UUID)), [Form::Digest]);
}

#[test]
fn a_number_is_found_in_digits_and_in_bytes() {
    let number = 0x2b3c_4d5e_6f70_8192_i64;
    for bytes in
        [number.to_be_bytes().to_vec(), number.to_le_bytes().to_vec(), number.to_string().into_bytes()]
    {
        assert_eq!(forms("number", &bytes), [Form::Number]);
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn what_is_packed_is_unpacked_also_twice_and_also_where_it_breaks_off() {
    let line = format!("a line about {WORD} and others, others, others");
    let once = gzip(line.as_bytes());
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(line.as_bytes()).unwrap();
    let long = format!("{line}{}", line.repeat(1_000));
    let whole = gzip(long.as_bytes());
    let half = &whole[..whole.len() / 2];
    for packed in [&once, &zlib.finish().unwrap(), &gzip(&once), half] {
        let found = sought().in_bytes(&[b"some bytes before", packed].concat());
        let [found] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((found.label.as_str(), found.form, found.packed), ("person", Form::Plain, true));
        assert_eq!(found.at, "some bytes before".len(), "where the packed bytes begin");
    }
}

#[test]
fn each_form_is_told_once_with_its_first_place() {
    let text = format!("{WORD} {WORD} {}", hex::encode(WORD));
    let found = sought().in_bytes(text.as_bytes());
    let told: Vec<_> = found.iter().map(|found| (found.form, found.at)).collect();
    assert_eq!(told, [(Form::Plain, 0), (Form::Hex, 50)]);
}

#[test]
fn what_is_nearly_a_canary_is_none() {
    assert_eq!(forms("person", &WORD.as_bytes()[1..]), []);
    assert_eq!(forms("person", &Sha256::digest(&WORD[1..])), []);
    assert_eq!(forms("person", b""), []);
    assert_eq!(forms("person", &Sha256::digest(WORD)[1..]), []);
}

#[test]
fn canaries_are_drawn_by_seed_and_label_and_the_same_again() {
    assert_eq!(word(1, "a"), word(1, "a"));
    assert_ne!(word(1, "a"), word(1, "b"));
    assert_ne!(word(1, "a"), word(2, "a"));
    assert_eq!((word(1, "a").len(), uuid(1, "a").len()), (24, 36));
    assert_eq!(&uuid(1, "a")[14..15], "7");
    assert!(number(1, "a") >= 1 << 61);
}

#[test]
fn pages_of_zeros_are_passed_by_and_what_stands_around_them_is_found() {
    let zeros = [0; 3 * 4096];
    for before in [0, 1, 4090, 4095, 4096, 5000] {
        let bytes = [&zeros[..before], WORD.as_bytes(), &zeros, UUID.as_bytes(), &zeros[..1]].concat();
        let found: Vec<_> =
            sought().in_bytes(&bytes).into_iter().map(|found| (found.label, found.at)).collect();
        let uuid = before + WORD.len() + zeros.len();
        assert_eq!(found, [("person".to_owned(), before), ("uuid".to_owned(), uuid)]);
    }
    let number = [0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0];
    let mut sought = Sought::default();
    sought.number("ends in zeros", i64::from_be_bytes(number));
    let bytes = [&[7; 4092], &number[..4], &zeros[..]].concat();
    assert_eq!(sought.in_bytes(&bytes)[0].at, 4092);
    assert_eq!(Sought::default().in_bytes(&bytes), []);
}
