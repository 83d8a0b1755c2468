//! The numbers that stand in rows for kinds, reasons and modes. They never change.

use assent_domain::interaction::InteractionKind;
use assent_domain::mode::{LinkMode, PixelMode};
use assent_domain::reason::Reason;

pub(crate) const fn kind(kind: InteractionKind) -> i64 {
    match kind {
        InteractionKind::EmailOpen => 1,
        InteractionKind::EmailClick => 2,
        InteractionKind::SmsClick => 3,
        InteractionKind::WebsiteVisit => 4,
        InteractionKind::TransactionGoal => 5,
        InteractionKind::Send => 6,
    }
}

pub(crate) const fn pixel(mode: PixelMode) -> i64 {
    match mode {
        PixelMode::Identified => 1,
        PixelMode::ExemptLastOpen => 2,
        PixelMode::Shared => 3,
        PixelMode::None => 4,
    }
}

pub(crate) const fn links(mode: LinkMode) -> i64 {
    match mode {
        LinkMode::Tracked => 1,
        LinkMode::Plain => 2,
    }
}

pub(crate) const fn reason(reason: Reason) -> i64 {
    match reason {
        Reason::PermittedGranted => 1,
        Reason::PermittedByDefault => 2,
        Reason::PermittedKept => 3,
        Reason::PermittedSend => 4,
        Reason::ProfileErased => 5,
        Reason::FunctionalLink => 6,
        Reason::ConsentRequest => 7,
        Reason::NoPixel => 8,
        Reason::TooOld => 9,
        Reason::TrackingDisabled => 10,
        Reason::AnonymousOnly => 11,
        Reason::NoProfile => 12,
        Reason::LastOpenOnly => 13,
        Reason::GrantUnproven => 14,
        Reason::Unknown => 15,
        Reason::Informed => 16,
        Reason::Refused => 17,
        Reason::Withdrawn => 18,
        Reason::Objected => 19,
        Reason::Expired => 20,
    }
}

/// What a number stands for.
pub(crate) fn find<T: Copy>(all: &[T], code: fn(T) -> i64, wanted: i64) -> Option<T> {
    all.iter().copied().find(|one| code(*one) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_stands_for_one_thing() {
        assert!(
            InteractionKind::ALL
                .into_iter()
                .all(|one| find(&InteractionKind::ALL, kind, kind(one)) == Some(one))
        );
        assert!(PixelMode::ALL.into_iter().all(|one| find(&PixelMode::ALL, pixel, pixel(one)) == Some(one)));
        assert!(LinkMode::ALL.into_iter().all(|one| find(&LinkMode::ALL, links, links(one)) == Some(one)));
        assert!(Reason::ALL.into_iter().all(|one| find(&Reason::ALL, reason, reason(one)) == Some(one)));
        assert_eq!(find(&InteractionKind::ALL, kind, 0), None);
        assert_eq!(kind(InteractionKind::Send), 6, "the index of the table names it");
    }
}
