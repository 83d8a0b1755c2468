//! How much one call may still look at and tell.

/// The largest answer, in bytes, whatever the service is set to send.
pub(crate) const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What an answer holds beside what it tells: a cursor of at most 1,024 bytes and a few numbers.
pub(crate) const BYTES_BESIDE: usize = 2_048;

/// The most that is looked at in one go.
pub(crate) const SLICE: u64 = 1_000;

/// The fewest bytes that one thing takes on a page, more or less: what more fits is read by the next look, if it is worth one.
const BYTES_EACH: usize = 256;

/// The room that is left on a page.
pub(crate) struct Room {
    /// The most things that it tells.
    pub(crate) size: usize,
    told: usize,
    bytes: usize,
    bytes_left: usize,
    /// How many more things may be looked at, so that a filter that nothing passes is answered and moves on.
    pub(crate) looks_left: u64,
    full: bool,
}

impl Room {
    /// The room of a page of at most `size` things, in an answer of at most `message_out` bytes, of a call that looks
    /// at `looks` things.
    pub(crate) fn new(size: u32, message_out: usize, looks: u64) -> Self {
        let bytes = message_out.min(BYTES_MAX).saturating_sub(BYTES_BESIDE);
        Self {
            size: usize::try_from(size).unwrap_or(usize::MAX),
            told: 0,
            bytes,
            bytes_left: bytes,
            looks_left: looks,
            full: false,
        }
    }

    /// Whether nothing more fits.
    pub(crate) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether there is reason to look at more. What fits into the last quarter of the bytes is not worth a look of its own.
    pub(crate) const fn looks_on(&self) -> bool {
        let fits = self.told == 0 || self.bytes_left > self.bytes / 4;
        fits && !self.full && self.looks_left > 0
    }

    /// Takes one more thing of so many bytes; `false`: it does not fit any more.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let bytes = bytes.saturating_add(1 + prost::length_delimiter_len(bytes));
        // The first one always fits, or the reader would never get past it.
        if self.full || (bytes > self.bytes_left && self.told > 0) {
            self.full = true;
            return false;
        }
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        self.told = self.told.saturating_add(1);
        self.full = self.told >= self.size;
        true
    }

    /// Notes that one more thing was looked at.
    pub(crate) const fn looked(&mut self) {
        self.looks_left = self.looks_left.saturating_sub(1);
    }

    /// How many more things the page may tell.
    pub(crate) fn missing(&self) -> u32 {
        u32::try_from(self.size.saturating_sub(self.told)).unwrap_or(u32::MAX)
    }

    /// How many more things the page may tell, more or less.
    pub(crate) fn expected(&self) -> usize {
        self.size.saturating_sub(self.told).min(self.bytes_left / BYTES_EACH)
    }

    /// How much to look at next: not much more than what may be missing or has room, in case everything passes.
    pub(crate) fn slice(&self) -> u32 {
        let expected = u64::try_from(self.expected()).unwrap_or(u64::MAX);
        let wanted = expected.clamp(100, SLICE).min(self.looks_left);
        u32::try_from(wanted).unwrap_or(u32::MAX)
    }
}
