//! The feed of changes: how soon records are numbered, and how far back they can be read.

use std::time::Duration;

use assent_domain::time::Span;

use super::read::Reader;
use super::setting;

/// How the feed of changes is kept.
#[derive(Clone, Copy, Debug)]
pub struct Feed {
    /// How often waiting records are numbered when nobody reads.
    pub sequencer_interval: Duration,
    /// How long after it was recorded a change can be read.
    pub retention: Span,
}

impl Feed {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let sequencer_interval = reader.one("feed.sequencer_interval_millis", setting::millis(10, 60_000));
        let days = reader.one("feed.retention_days", setting::count(1, 36_500));
        let retention = Span::from_days(i64::from(days?));
        Some(Self { sequencer_interval: sequencer_interval?, retention })
    }
}
