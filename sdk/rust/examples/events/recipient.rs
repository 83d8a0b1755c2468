//! Who gets which mail: everybody of the contact file whose line names a list, whatever else stands there.

use std::collections::BTreeSet;

/// One mail of the campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mail {
    /// Leads to the French website; sent through Brevo.
    French,
    /// Leads to the Belgian website; sent through SendGrid.
    Belgian,
}

impl Mail {
    /// The message's id.
    pub(crate) const fn message(self) -> &'static str {
        match self {
            Self::French => "autumn-fr",
            Self::Belgian => "autumn-be",
        }
    }

    /// The website that it leads to, by its address.
    pub(crate) const fn address(self) -> &'static str {
        match self {
            Self::French => "https://fr.shop.example",
            Self::Belgian => "https://be.shop.example",
        }
    }
}

/// Somebody who gets a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipient {
    /// The person's id, in the shape of an address.
    pub(crate) profile: String,
    /// The list.
    pub(crate) list: &'static str,
    /// What they get.
    pub(crate) mail: Mail,
    /// Whether it goes out without a pixel and with links as they are: to one in eight.
    pub(crate) plain: bool,
}

/// The lists with their mails.
const LISTS: [(&str, Mail); 3] =
    [("legacy", Mail::Belgian), ("france", Mail::French), ("italy", Mail::Belgian)];

/// The people of a contact file, each once, in its order. Nobody can be written to whose address holds a control character.
pub(crate) fn recipients(contacts: &str) -> Vec<Recipient> {
    let mut seen = BTreeSet::new();
    let mut recipients = Vec::new();
    for line in contacts.lines().skip(1) {
        let mut cells = line.split(';');
        let (Some(profile), Some(list)) = (cells.next(), cells.next()) else { continue };
        let Some((list, mail)) = LISTS.into_iter().find(|(name, _)| *name == list) else { continue };
        if !profile.chars().any(char::is_control) && seen.insert(profile) {
            let plain = recipients.len() % 8 == 7;
            recipients.push(Recipient { profile: profile.to_owned(), list, mail, plain });
        }
    }
    recipients
}
