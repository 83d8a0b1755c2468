//! What a notice on record says of itself: what judges weigh, without its texts.

use crate::id::RecordId;
use crate::record::NoticeGiven;
use crate::scope::Coverage;
use crate::time::Instant;

/// A notice on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// When it takes effect.
    pub effective: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The record.
    pub record: RecordId,
    /// Of what it told.
    pub coverage: Coverage,
    /// What else is on record of it.
    pub items: NoticeItems,
}

/// Something that may be on record of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeItem {
    /// When the person was told.
    Dated = 0,
    /// The text.
    Text = 1,
    /// That the conditions of sending stayed as they were.
    ConditionsUnchanged = 2,
    /// That it offered to withdraw from tracking.
    WithdrawalOffered = 3,
    /// The difficulties that justify a late notice.
    Justified = 4,
    /// A reference to the proof of an imported notice.
    ProvenImport = 5,
    /// The message whose recorded send it is.
    Sent = 6,
}

impl NoticeItem {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Dated,
        Self::Text,
        Self::ConditionsUnchanged,
        Self::WithdrawalOffered,
        Self::Justified,
        Self::ProvenImport,
        Self::Sent,
    ];

    fn is_of(self, notice: &NoticeGiven) -> bool {
        match self {
            Self::Dated => notice.notified_at.is_some(),
            Self::Text => notice.text.is_some(),
            Self::ConditionsUnchanged => notice.conditions_unchanged == Some(true),
            Self::WithdrawalOffered => notice.withdrawal_offered == Some(true),
            Self::Justified => notice.is_justified(),
            Self::ProvenImport => notice.is_proven_import(),
            Self::Sent => notice.sent_message.is_some(),
        }
    }
}

/// What is on record of a notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeItems(u8);

impl NoticeItems {
    /// What that notice says.
    #[must_use]
    pub fn of(notice: &NoticeGiven) -> Self {
        NoticeItem::ALL.into_iter().filter(|item| item.is_of(notice)).collect()
    }

    /// Whether `item` is on record.
    #[must_use]
    pub const fn contains(self, item: NoticeItem) -> bool {
        self.0 & (1 << item as u8) != 0
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }
}

impl FromIterator<NoticeItem> for NoticeItems {
    fn from_iter<I: IntoIterator<Item = NoticeItem>>(items: I) -> Self {
        Self(items.into_iter().fold(0, |bits, item| bits | (1 << item as u8)))
    }
}
