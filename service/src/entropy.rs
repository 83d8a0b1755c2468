//! The service's one source of randomness, and the ids that are made from it.
//!
//! Deliberately not here: what the bytes are used for. A test takes [`SeededEntropy`] and gets the
//! same ids, salts and keys on every run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use assent_domain::id::RecordId;
use assent_domain::time::Instant;
use sha2::{Digest, Sha256};

/// Fills memory with bytes that nobody can guess.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// A source of randomness that many may hold.
pub type SharedEntropy = Arc<dyn Entropy>;

/// That many random bytes.
#[must_use]
pub fn bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// Between half of `span` and three halves: so that those who waited for the same thing do not come back together.
#[must_use]
pub fn scattered(span: Duration, entropy: &dyn Entropy) -> Duration {
    let chance = f64::from(u16::from_be_bytes(bytes(entropy))) / f64::from(u16::MAX);
    span.mul_f64(0.5 + chance)
}

/// A UUID version 7: the time in milliseconds, then random bits. A time before 1970 counts as 1970.
#[must_use]
pub fn uuid(now: Instant, entropy: &dyn Entropy) -> uuid::Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes(entropy)).into_uuid()
}

/// The id of a new record: a UUID version 7, so that ids made later sort later.
#[must_use]
pub fn record_id(now: Instant, entropy: &dyn Entropy) -> RecordId {
    RecordId(uuid(now, entropy).into_bytes())
}

/// The operating system's randomness.
#[derive(Debug, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the system's randomness is read"
    )]
    #[expect(
        clippy::expect_used,
        reason = "the system's source cannot fail once the system is up; going on without it would make guessable keys"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness");
    }
}

/// The same bytes in the same order for the same seed: for tests, never for secrets.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: AtomicU64,
}

impl SeededEntropy {
    /// Starts the sequence of that seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(32) {
            let n = self.drawn.fetch_add(1, Ordering::Relaxed);
            let digest = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(n.to_be_bytes());
            block.copy_from_slice(&digest.finalize()[..block.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_bytes_again_and_another_seed_does_not() {
        let (a, b, c) = (SeededEntropy::new(1), SeededEntropy::new(1), SeededEntropy::new(2));
        assert_eq!(bytes::<40>(&a), bytes::<40>(&b));
        assert_ne!(bytes::<40>(&a), bytes::<40>(&c));
        assert_ne!(bytes::<32>(&a), bytes::<32>(&a));
        assert_ne!(bytes::<32>(&OsEntropy), bytes::<32>(&OsEntropy));
    }

    #[test]
    fn a_scattered_span_is_half_to_three_halves_and_not_always_the_same() {
        let (entropy, span) = (SeededEntropy::new(1), Duration::from_millis(2));
        let spans: Vec<_> = (0..100).map(|_| scattered(span, &entropy)).collect();
        assert!(spans.iter().all(|each| (span / 2..=span / 2 * 3).contains(each)));
        assert!(spans.iter().any(|each| *each != spans[0]));
    }

    #[test]
    fn a_record_made_in_a_later_millisecond_has_a_greater_id() {
        let entropy = SeededEntropy::new(7);
        let at = |micros| Instant::from_micros(micros).unwrap();
        let (early, late) = (record_id(at(1_000_000), &entropy), record_id(at(1_001_000), &entropy));
        assert!(early < late);
        assert_eq!(uuid(at(5_000), &entropy).get_version_num(), 7);
        assert_eq!(&record_id(at(-1), &entropy).0[..6], &[0; 6]);
    }
}
