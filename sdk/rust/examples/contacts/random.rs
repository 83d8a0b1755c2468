//! Numbers that look random and follow from a seed alone: SplitMix64 (Steele, Lea and Flood 2014), so that a file of a seed
//! is the same on every machine and for every release.

/// A stream of numbers.
pub(crate) struct Random(u64);

impl Random {
    /// The stream of that seed.
    pub(crate) const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number of 0 to `bound` - 1; 0 for a bound of 0. The slight unevenness of a remainder does no harm here.
    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        let next = self.next();
        if bound == 0 { 0 } else { next % bound }
    }
}
