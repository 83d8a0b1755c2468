//! What was packed: gzip, as logs and dumps are, and zlib streams.
//!
//! Deliberately not here: LZ4 and PostgreSQL's own packing. The cluster that is searched packs no log, and values with LZ4
//! alone, which leaves a word as it is where it first stands.

use std::io::Read;

use flate2::bufread::{GzDecoder, ZlibDecoder};

/// The most that is unpacked of one stream.
const MOST: u64 = 64 << 20;

/// Whether a head can end with that byte; most cannot.
pub(super) const fn may_begin(last: u8) -> bool {
    matches!(last, 0x08 | 0x01 | 0x5e | 0x9c | 0xda)
}

/// Where a packed stream begins, if the window of the last eight bytes up to `end` (the latest in the highest place)
/// shows the head of one.
pub(super) const fn begins(window: u64, end: usize) -> Option<usize> {
    if window >> 40 == 0x08_8b_1f && end >= 2 {
        return Some(end - 2);
    }
    match window >> 48 {
        0x0178 | 0x5e78 | 0x9c78 | 0xda78 if end >= 1 => Some(end - 1),
        _ => None,
    }
}

/// As much as can be unpacked; nothing of what only looked like it.
pub(super) fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    // A stream that breaks off has told what it has told.
    let _ = if bytes.first() == Some(&0x1f) {
        GzDecoder::new(bytes).take(MOST).read_to_end(&mut unpacked)
    } else {
        ZlibDecoder::new(bytes).take(MOST).read_to_end(&mut unpacked)
    };
    unpacked
}
