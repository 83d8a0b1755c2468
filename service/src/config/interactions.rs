//! Streams that record: how much may be on its way.

use super::read::Reader;
use super::setting;

/// What bounds streams that record.
#[derive(Clone, Copy, Debug)]
pub struct Interactions {
    /// How many batches a stream may be ahead of its acknowledgements.
    pub stream_window_batches: usize,
    /// How many interactions all streams together may hold read and not acknowledged.
    pub streamed_max: usize,
}

impl Interactions {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let window = reader.one("interactions.stream_window_batches", setting::size(1, 64));
        let streamed = reader.one("interactions.streamed_max", setting::size(1000, 10_000_000));
        Some(Self { stream_window_batches: window?, streamed_max: streamed? })
    }
}
