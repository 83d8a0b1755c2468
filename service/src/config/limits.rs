//! How much the service takes on at once. Everything that can grow has its limit here or in the proto.

use std::time::Duration;

use super::read::Reader;
use super::setting;

/// The longest message by the contract: 4 MiB. An operator may only ask for less.
const MESSAGE: u64 = 4 * 1024 * 1024;

/// What bounds a call.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest message a caller may send, in bytes.
    pub message_in: usize,
    /// The longest message a caller is sent, in bytes.
    pub message_out: usize,
    /// How many calls are worked on at once.
    pub concurrent_calls: usize,
    /// How long a call may take when its caller sets no deadline or a longer one.
    pub max_call: Duration,
    /// How long a read of the feed may wait for a change.
    pub max_wait: Duration,
}

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let message_in = reader.one("limits.message_in_bytes", setting::size(1024, MESSAGE));
        let message_out = reader.one("limits.message_out_bytes", setting::size(1024, MESSAGE));
        let concurrent_calls = reader.one("limits.concurrent_calls", setting::size(1, 100_000));
        let max_call = reader.one("limits.max_call_seconds", setting::seconds(1, 3600));
        let max_wait = reader.one("limits.max_wait_seconds", setting::seconds(0, 30));
        if let (Some(call), Some(wait)) = (max_call, max_wait)
            && wait >= call
        {
            reader.problem("limits.max_wait_seconds", "must be below limits.max_call_seconds");
        }
        Some(Self {
            message_in: message_in?,
            message_out: message_out?,
            concurrent_calls: concurrent_calls?,
            max_call: max_call?,
            max_wait: max_wait?,
        })
    }
}
