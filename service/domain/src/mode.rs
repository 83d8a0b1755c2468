//! The modes a message went out with to one profile: which pixel, which links.

use crate::ceiling::Ceiling;
use crate::interaction::InteractionKind;

/// Which pixel, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PixelMode {
    /// One that names the profile.
    Identified,
    /// One that names the profile, for the exempt last-open day and nothing else, even after a later grant.
    ExemptLastOpen,
    /// The same for all recipients.
    Shared,
    /// None.
    None,
}

impl PixelMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::Identified, Self::ExemptLastOpen, Self::Shared, Self::None];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identified => "IDENTIFIED",
            Self::ExemptLastOpen => "EXEMPT_LAST_OPEN",
            Self::Shared => "SHARED",
            Self::None => "NONE",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Whether it could have written the exempt last-open day.
    #[must_use]
    pub const fn may_write_last_open(self) -> bool {
        matches!(self, Self::Identified | Self::ExemptLastOpen)
    }
}

/// Which links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkMode {
    /// Links that name the profile.
    Tracked,
    /// Links as they are.
    Plain,
}

impl LinkMode {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Tracked, Self::Plain];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tracked => "TRACKED",
            Self::Plain => "PLAIN",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// The mode of one send. Absent: unknown, which sets no ceiling and never allows the exempt day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sent {
    /// Its pixel.
    pub pixel: Option<PixelMode>,
    /// Its links.
    pub links: Option<LinkMode>,
}

impl Sent {
    /// The ceiling it sets: pixels bound opens, links bound email and SMS clicks, neither bounds visits
    /// and goals. (That an exempt pixel allows its day alone is no ceiling: [`Self::last_open_only`].)
    #[must_use]
    pub const fn ceiling(self, kind: InteractionKind) -> Ceiling {
        match (kind, self.pixel, self.links) {
            (InteractionKind::EmailOpen, Some(PixelMode::None), _)
            | (InteractionKind::EmailClick | InteractionKind::SmsClick, _, Some(LinkMode::Plain)) => {
                Ceiling::Never
            }
            (InteractionKind::EmailOpen, Some(PixelMode::Shared), _) => Ceiling::Anonymous,
            _ => Ceiling::Default,
        }
    }

    /// Whether what `kind` tells is the exempt last-open day and nothing else.
    #[must_use]
    pub fn last_open_only(self, kind: InteractionKind) -> bool {
        kind == InteractionKind::EmailOpen && self.pixel == Some(PixelMode::ExemptLastOpen)
    }

    /// Whether an interaction of `kind` could be recorded of a message that went out like this.
    #[must_use]
    pub fn could_show(self, kind: InteractionKind) -> bool {
        self.ceiling(kind) < Ceiling::Anonymous && !self.last_open_only(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_bound_opens_and_links_bound_clicks() {
        use InteractionKind::{EmailClick, EmailOpen, SmsClick, TransactionGoal, WebsiteVisit};
        let dark = Sent { pixel: Some(PixelMode::None), links: Some(LinkMode::Plain) };
        for (kind, shown) in [
            (EmailOpen, false),
            (EmailClick, false),
            (SmsClick, false),
            (WebsiteVisit, true),
            (TransactionGoal, true),
        ] {
            assert_eq!(dark.could_show(kind), shown, "{}", kind.name());
            assert!(Sent::default().could_show(kind), "an unknown mode sets no ceiling");
        }
        let shows = |pixel| Sent { pixel: Some(pixel), links: None }.could_show(EmailOpen);
        assert_eq!(PixelMode::ALL.map(shows), [true, false, false, false]);
        assert_eq!(PixelMode::ALL.map(PixelMode::may_write_last_open), [true, true, false, false]);
        let clicked = |pixel| Sent { pixel: Some(pixel), links: None }.could_show(EmailClick);
        assert_eq!(PixelMode::ALL.map(clicked), [true; 4]);
    }

    #[test]
    fn names_go_round() {
        assert!(PixelMode::ALL.into_iter().all(|mode| PixelMode::named(mode.name()) == Some(mode)));
        assert!(LinkMode::ALL.into_iter().all(|mode| LinkMode::named(mode.name()) == Some(mode)));
        assert_eq!((PixelMode::named(""), LinkMode::named("")), (None, None));
    }
}
