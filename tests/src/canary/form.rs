//! The forms in which a word may stand somewhere.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As it is: its bytes, or its text in lower or upper case.
    Plain,
    /// In hexadecimal digits of either case.
    Hex,
    /// In base64 of either alphabet, at whichever of the three alignments.
    Base64,
    /// With every byte as `%XX`.
    Percent,
    /// As a number: in decimal digits or eight bytes of either order.
    Number,
    /// Its bare SHA-256, or no more than the first eight bytes of that, in any of the forms above.
    Digest,
    /// The hash by which the service finds a person's rows: it has no key either.
    PersonHash,
}

/// A form and the bytes that betray it: eight at least.
pub(super) type Needle = (Form, Vec<u8>);

/// A text.
pub(super) fn of_text(text: &str) -> Vec<Needle> {
    let mut needles = of_bytes(text.as_bytes());
    needles.push((Form::Plain, text.to_uppercase().into_bytes()));
    for percent in [
        text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>(),
        text.bytes().map(|byte| format!("%{byte:02X}")).collect(),
    ] {
        needles.push((Form::Percent, percent.into_bytes()));
    }
    needles
}

/// Bytes.
pub(super) fn of_bytes(bytes: &[u8]) -> Vec<Needle> {
    let mut needles = vec![
        (Form::Plain, bytes.to_vec()),
        (Form::Hex, hex::encode(bytes).into_bytes()),
        (Form::Hex, hex::encode_upper(bytes).into_bytes()),
    ];
    needles.extend(of_base64(bytes));
    needles
}

/// A number of eight bytes.
pub(super) fn of_number(number: u64) -> Vec<Needle> {
    let (big, little) = (number.to_be_bytes(), number.to_le_bytes());
    vec![
        (Form::Number, big.to_vec()),
        (Form::Number, little.to_vec()),
        (Form::Number, hex::encode(big).into_bytes()),
        (Form::Number, hex::encode_upper(big).into_bytes()),
        (Form::Number, number.to_string().into_bytes()),
        (Form::Number, number.cast_signed().to_string().into_bytes()),
    ]
}

/// What a bare SHA-256 of a text betrays: whoever finds its first eight bytes finds all of it.
pub(super) fn of_digest(text: &str) -> Vec<Needle> {
    let digest: [u8; 32] = Sha256::digest(text).into();
    of_hash(Form::Digest, &digest)
}

/// The hash of a person's rows, made here as its description says.
pub(super) fn of_person(table: &str, profile: &str) -> Vec<Needle> {
    let hash = Sha256::new().chain_update(b"assent person v1\n").chain_update(table);
    let digest: [u8; 32] = hash.chain_update([0]).chain_update(profile).finalize().into();
    of_hash(Form::PersonHash, &digest)
}

fn of_hash(form: Form, digest: &[u8; 32]) -> Vec<Needle> {
    let head = &digest[..8];
    let number = u64::from_be_bytes(head.try_into().expect("eight bytes"));
    let needles = of_number(number).into_iter().chain(of_base64(head));
    needles.map(|(_, bytes)| (form, bytes)).collect()
}

/// Only the letters that what stands before and after has no part in.
fn of_base64(bytes: &[u8]) -> impl Iterator<Item = Needle> {
    let at = move |before: usize| {
        let whole = [vec![0; before].as_slice(), bytes].concat();
        let (first, last) = ((before * 8).div_ceil(6), whole.len() * 8 / 6);
        [STANDARD_NO_PAD.encode(&whole), URL_SAFE_NO_PAD.encode(&whole)]
            .map(|text| (Form::Base64, text.as_bytes()[first..last].to_vec()))
    };
    let needles: Vec<_> = (0..3).flat_map(at).collect();
    needles.into_iter()
}
