//! Ceilings: what a website, campaign or message allows at most, whatever a person consented to.

use crate::interaction::InteractionKind;

/// What is allowed at most. The order is the order of restriction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ceiling {
    /// No ceiling of its own.
    #[default]
    Default,
    /// Only what a person granted: no computed default.
    Consented,
    /// Only what names nobody.
    Anonymous,
    /// Nothing, no statistics either (Qualifio's "Never track").
    Never,
}

impl Ceiling {
    /// Every ceiling, the least restrictive first.
    pub const ALL: [Self; 4] = [Self::Default, Self::Consented, Self::Anonymous, Self::Never];

    /// Its name, the same on the wire and in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT",
            Self::Consented => "CONSENTED",
            Self::Anonymous => "ANONYMOUS",
            Self::Never => "NEVER",
        }
    }

    /// The ceiling of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ceiling| ceiling.name() == name)
    }
}

/// One ceiling per kind of interaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ceilings([Ceiling; InteractionKind::TRACKED.len()]);

impl Ceilings {
    /// The same ceiling for every kind.
    #[must_use]
    pub const fn all(ceiling: Ceiling) -> Self {
        Self([ceiling; InteractionKind::TRACKED.len()])
    }

    /// These, with another one for `kind`. A send has none: nothing changes.
    #[must_use]
    pub fn with(mut self, kind: InteractionKind, ceiling: Ceiling) -> Self {
        if let Some(place) = self.0.get_mut(kind as usize) {
            *place = ceiling;
        }
        self
    }

    /// That of `kind`; a send has none.
    #[must_use]
    pub fn of(&self, kind: InteractionKind) -> Ceiling {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_order_of_restriction() {
        assert!(Ceiling::ALL.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(Ceiling::ALL.into_iter().all(|ceiling| Ceiling::named(ceiling.name()) == Some(ceiling)));
    }

    // Qualifio 5
    #[test]
    fn opens_and_clicks_are_set_separately() {
        let set = Ceilings::default().with(InteractionKind::EmailOpen, Ceiling::Never);
        for kind in InteractionKind::ALL {
            let expected = if kind == InteractionKind::EmailOpen { Ceiling::Never } else { Ceiling::Default };
            assert_eq!(set.of(kind), expected, "{}", kind.name());
        }
        assert_eq!(Ceilings::all(Ceiling::Never).of(InteractionKind::TransactionGoal), Ceiling::Never);
        assert_eq!(
            Ceilings::all(Ceiling::Never)
                .with(InteractionKind::Send, Ceiling::Default)
                .of(InteractionKind::Send),
            Ceiling::Default
        );
    }
}
