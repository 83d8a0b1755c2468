//! One gzip file in pieces: what stands of it stays as it is when the rest is written later, by another process.
//!
//! The text is cut into blocks at rows, by its length alone. Each block is deflated by itself and ends at a whole byte, so that
//! blocks written one after the other are one deflated stream, in one member that every reader of gzip takes. What goes over
//! from block to block is the checksum and the length.

use std::io;

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress};

/// After how many bytes of text a block ends: with the row that reaches it.
pub(super) const BLOCK_BYTES: usize = 256 * 1024;

/// What a file begins with: deflated, no name, no time, no operating system told.
pub(super) const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An empty block that ends the deflated stream.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// How hard to try.
const LEVEL: u32 = 6;

/// A block, deflated, up to a whole byte, without anything that points before it.
pub(super) fn deflate(block: &[u8]) -> io::Result<Vec<u8>> {
    let mut deflate = Compress::new(Compression::new(LEVEL), false);
    let mut out = Vec::with_capacity(block.len() + block.len() / 8 + 4_096);
    loop {
        let read = usize::try_from(deflate.total_in()).unwrap_or(usize::MAX);
        let rest = block.get(read..).unwrap_or_default();
        deflate.compress_vec(rest, &mut out, FlushCompress::Full)?;
        let all_read = deflate.total_in() == block.len() as u64;
        if all_read && out.len() < out.capacity() {
            return Ok(out);
        }
        out.reserve(4_096);
    }
}

/// The checksum of a text that goes on after `bytes` bytes, whose checksum is `crc`.
pub(super) fn crc_of(crc: u32, bytes: u64, block: &[u8]) -> u32 {
    let mut hasher = Hasher::new_with_initial_len(crc, bytes);
    hasher.update(block);
    hasher.finalize()
}

/// What a file ends with.
pub(super) fn end(crc: u32, bytes: u64) -> Vec<u8> {
    let mut end = LAST_BLOCK.to_vec();
    end.extend(crc.to_le_bytes());
    // RFC 1952: the length modulo 2^32.
    end.extend(bytes.to_le_bytes().into_iter().take(4));
    end
}
