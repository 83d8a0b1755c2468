//! Before the day: tables, websites, the campaign and its messages; the contact file; the sends.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::Write;

use assent_sdk::{
    Campaign, Ceiling, Ceilings, Channel, Client, Controller, Instant, Interaction, LinkMode, Message,
    MessageClass, PixelMode, ProfileTable, RecordInteractions, SendingBasis, Upsert, Website,
};

use crate::contacts::contact::List;
use crate::contacts::read::Contents;
use crate::events::recipient::{Mail, Recipient};

/// The link of every mail that ends tracking: functional, and so always served and never stored.
pub(crate) const NO_TRACKING: &str = "no-tracking";

/// The profile table of a list: the tour's own, so that it disturbs no other.
pub(crate) fn table(list: &str) -> String {
    format!("tour-{list}")
}

/// Declares everything that the day refers to.
pub(crate) async fn declare(client: &Client, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let settings = client.settings();
    let controller = Controller::new("Example Ltd", "1 Example Street, Brussels", "privacy@example.org");
    for (list, zone, policy) in [
        (List::Legacy, "Europe/Brussels", "legacy"),
        (List::France, "Europe/Paris", "fr-cnil-2026"),
        (List::Italy, "Europe/Rome", "it-garante-2026"),
    ] {
        let table = ProfileTable::new(table(list.name()), zone).policy(policy);
        settings.put_profile_table(table.controller(controller.clone())).await?;
    }
    settings.put_website(Website::new("shop-fr").country("FR")).await?;
    // Opens are left to each person's consent; clicks are not tracked there, whoever consents.
    let ceilings = Ceilings::default().email_click(Ceiling::Never);
    settings.put_website(Website::new("shop-be").country("BE").ceilings(ceilings)).await?;
    settings.put_campaign(Campaign::new("autumn")).await?;
    for (mail, website) in [(Mail::French, "shop-fr"), (Mail::Belgian, "shop-be")] {
        let (class, basis) = (MessageClass::Marketing, SendingBasis::SoftOptIn);
        let message = Message::new(mail.message(), Channel::Email, class, basis).campaign("autumn");
        settings.put_message(message.website(website).functional_link(NO_TRACKING)).await?;
    }
    writeln!(
        out,
        "declared: 3 profile tables, a French and a Belgian website, a campaign with a mail for each"
    )?;
    Ok(())
}

/// Records what the contact file says.
pub(crate) async fn load(
    client: &Client,
    contents: &Contents,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    for text in contents.contacts.iter().flat_map(|contact| &contact.texts) {
        client.consents().put_notice(text.as_str()).await?;
    }
    let people: BTreeSet<&str> = contents.contacts.iter().map(|contact| contact.profile.as_str()).collect();
    let (mut taken, mut refused) = (0, BTreeSet::new());
    for list in List::ALL {
        let of_list = || {
            let of_list = contents.contacts.iter().filter(|contact| contact.list == list);
            of_list.flat_map(|contact| contact.items.iter().map(|(_, item)| (contact.line, item)))
        };
        let items = of_list().map(|(_, item)| item.clone());
        let results = client.consents().upsert(Upsert::into_table(table(list.name())).items(items)).await?;
        for ((line, _), result) in of_list().zip(results) {
            if result.is_ok() {
                taken += 1;
            } else {
                refused.insert(line);
            }
        }
    }
    let unread: usize = contents.malformed.values().map(Vec::len).sum();
    let people = people.len();
    let refused = refused.len();
    writeln!(
        out,
        "contact file: {people} people; {taken} items taken, of {refused} lines not all; {unread} lines not read"
    )?;
    Ok(())
}

/// Records that the mails went out, one in eight without a pixel and with links as they are.
pub(crate) async fn send(
    client: &Client,
    recipients: &[Recipient],
    at: Instant,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut plain = 0;
    for list in List::ALL {
        let mut batch = RecordInteractions::into_table(table(list.name()));
        for one in recipients.iter().filter(|one| one.list == list.name()) {
            let (pixel, links) = if one.plain {
                plain += 1;
                (PixelMode::None, LinkMode::Plain)
            } else {
                (PixelMode::Identified, LinkMode::Tracked)
            };
            let message = one.mail.message();
            batch = batch.interaction(Interaction::message_sent(&one.profile, at, message, pixel, links));
        }
        for result in client.interactions().record(batch).await? {
            result?;
        }
    }
    writeln!(out, "sent: {} mails, {plain} of them without tracking", recipients.len())?;
    Ok(())
}
