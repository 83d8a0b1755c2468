use std::collections::BTreeMap;

use assent_domain::ceiling::{Ceiling, Ceilings};
use assent_domain::context::Context;
use assent_domain::id::{CampaignId, LinkId, MessageId, WebsiteId};
use assent_domain::message::{Channel, MessageClass, SendingBasis, Statement};
use assent_domain::opt_in::OptInTexts;
use assent_domain::record::Country;
use assent_domain::time::Instant;

use super::*;

fn site(id: &str) -> WebsiteId {
    WebsiteId::new(id).unwrap()
}

fn campaign(id: &str) -> CampaignId {
    CampaignId::new(id).unwrap()
}

fn message(id: &str) -> MessageId {
    MessageId::new(id).unwrap()
}

fn stored(body: String) -> Versioned {
    Versioned { version: 1, body, recorded_at: Instant::MIN }
}

/// Two websites of two countries, a campaign of the one, and its message that leads to the other.
fn declarations() -> Declarations {
    let website = |id, country| {
        let website = Website {
            id: site(id),
            country: Country::new(country),
            ceilings: Ceilings::default(),
            opt_in_texts: OptInTexts::default(),
        };
        (site(id), stored(StoredWebsite::write(&website).unwrap()))
    };
    let spring = Campaign {
        id: campaign("spring"),
        website: Some(site("fr")),
        ceiling: Ceiling::Never,
        opt_in_texts: OptInTexts::default(),
    };
    let mail = Message {
        id: message("mail"),
        channel: Channel::Email,
        campaign: Some(campaign("spring")),
        website: Some(site("it")),
        class: MessageClass::Marketing,
        basis: SendingBasis::Consent,
        ceiling: Ceiling::Default,
        functional_links: vec![LinkId::new("unsubscribe").unwrap()],
        statement: Statement::default(),
    };
    Declarations {
        websites: BTreeMap::from([website("fr", "FR"), website("it", "IT")]),
        campaigns: BTreeMap::from([(spring.id.clone(), stored(StoredCampaign::write(&spring).unwrap()))]),
        messages: BTreeMap::from([(mail.id.clone(), stored(StoredMessage::write(&mail).unwrap()))]),
        ..Declarations::default()
    }
}

fn countries(context: &Context<'_>) -> Vec<String> {
    context.countries().map(|country| country.code().to_owned()).collect()
}

#[test]
fn a_message_brings_its_campaign_and_both_their_websites_into_play() {
    let declared = Declared::read(&declarations()).unwrap();
    let context = declared.context(None, None, Some(&message("mail")));
    assert_eq!(countries(&context), ["IT", "FR"]);
    assert_eq!(context.campaign().map(|campaign| campaign.id.as_str()), Some("spring"));
    let mail = context.message().unwrap();
    assert!(mail.is_functional(&LinkId::new("unsubscribe").unwrap()));

    let context = declared.context(Some(&site("it")), Some(&campaign("spring")), None);
    assert_eq!(countries(&context), ["IT", "FR"]);
    assert!(context.message().is_none());
}

#[test]
fn what_nobody_declared_adds_nothing() {
    let declared = Declared::read(&declarations()).unwrap();
    let context = declared.context(Some(&site("gone")), Some(&campaign("gone")), Some(&message("gone")));
    assert!(context.websites().next().is_none() && context.campaign().is_none());
    let partial = Declarations { campaigns: BTreeMap::new(), ..declarations() };
    let declared = Declared::read(&partial).unwrap();
    let context = declared.context(None, None, Some(&message("mail")));
    assert_eq!(
        countries(&context),
        ["IT"],
        "its campaign was never declared, so neither is its website in play"
    );
}

#[test]
fn what_cannot_be_read_is_a_fault_and_never_nothing() {
    let mut broken = declarations();
    broken.messages.insert(message("mail"), stored("{}".to_owned()));
    assert!(matches!(Declared::read(&broken), Err(Failure::Internal(_))));
}

#[test]
fn what_cannot_be_read_is_in_the_way_of_whatever_it_is_around_and_of_nothing_else() {
    let mut broken = declarations();
    broken.websites.insert(site("fr"), stored("{\"of_a_later_release\":true}".to_owned()));
    let declared = Declared::as_far_as_readable(&broken);
    assert!(!declared.is_readable_around(Some(&site("fr")), None, None));
    assert!(!declared.is_readable_around(None, Some(&campaign("spring")), None), "the campaign's website");
    assert!(!declared.is_readable_around(None, None, Some(&message("mail"))), "its campaign's website");
    assert!(declared.is_readable_around(Some(&site("it")), Some(&campaign("gone")), Some(&message("gone"))));

    let mut broken = declarations();
    broken.campaigns.insert(campaign("spring"), stored("{\"of_a_later_release\":true}".to_owned()));
    let declared = Declared::as_far_as_readable(&broken);
    assert!(!declared.is_readable_around(Some(&site("it")), Some(&campaign("spring")), None));
    assert!(!declared.is_readable_around(None, None, Some(&message("mail"))), "its campaign");
    assert!(declared.is_readable_around(Some(&site("fr")), None, None));

    let mut broken = declarations();
    broken.messages.insert(message("mail"), stored("{\"of_a_later_release\":true}".to_owned()));
    let declared = Declared::as_far_as_readable(&broken);
    assert!(!declared.is_readable_around(None, None, Some(&message("mail"))));
    assert!(declared.is_readable_around(Some(&site("fr")), Some(&campaign("spring")), None));
}
