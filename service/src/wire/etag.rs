//! What stands for a setting as it is stored.
//!
//! It names the version and the content: after a database was put back, a version that was given twice is still
//! told apart.

use assent_store::Versioned;
use sha2::{Digest, Sha256};

/// How much of the content's digest it holds, in bytes.
const DIGEST: usize = 8;

/// The version that an etag can never stand for: they count from 1.
const NEVER: u64 = 0;

/// The etag of a setting.
#[must_use]
pub fn of(stored: &Versioned) -> String {
    let digest = Sha256::digest(stored.body.as_bytes());
    format!("{}-{}", stored.version, hex::encode(&digest[..DIGEST]))
}

/// The version that a caller who sent `etag` last read, `stored` being there now: `None` if there was none to read.
#[must_use]
pub fn last_read(etag: Option<&str>, stored: Option<&Versioned>) -> Option<u64> {
    let etag = etag?;
    let read = stored.filter(|stored| of(stored) == etag);
    Some(read.map_or(NEVER, |stored| stored.version))
}

#[cfg(test)]
mod tests {
    use super::*;
    use assent_domain::time::Instant;

    fn stored(version: u64, body: &str) -> Versioned {
        Versioned { version, body: body.to_owned(), recorded_at: Instant::MIN }
    }

    #[test]
    fn an_etag_stands_for_one_version_with_one_content() {
        let one = stored(3, "one");
        assert_eq!(last_read(Some(&of(&one)), Some(&one)), Some(3));
        for other in [stored(4, "one"), stored(3, "two")] {
            assert_eq!(last_read(Some(&of(&one)), Some(&other)), Some(NEVER));
        }
        assert_eq!(last_read(Some(&of(&one)), None), Some(NEVER), "it was there once");
        assert_eq!(last_read(None, Some(&one)), None);
        assert_eq!(last_read(None, None), None);
        assert!(of(&stored(u64::MAX, "")).len() <= 128);
    }
}
