//! What is declared, as a customer's program declares it.

use assent_sdk::{
    Campaign, Ceiling, Ceilings, Channel, Message, MessageClass, Options, Paging, Reason, SendingBasis,
    Website,
};
use assent_tests::{apply, every_app, marks};

#[apply(every_app)]
async fn a_program_reads_back_what_it_declared(app: &TestApp) {
    let options = Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = assent_sdk::Client::connect(options).await.expect("the service answers");
    let settings = client.settings();

    let ceilings = Ceilings::all(Ceiling::Never).email_click(Ceiling::Consented).sms_click(Ceiling::Default);
    let site = Website::new(marks::id("site")).country("FR").ceilings(ceilings);
    let stored = settings.put_website(site.clone()).await.expect("a website is stored");
    assert_eq!((stored.country.as_deref(), stored.ceilings, stored.version), (Some("FR"), ceilings, 1));
    assert_eq!(settings.website(&site.id).await.expect("the website"), stored);

    let spring = Campaign::new(marks::id("spring")).website(&site.id).ceiling(Ceiling::Anonymous);
    let stored = settings.put_campaign(spring.clone()).await.expect("a campaign is stored");
    assert_eq!((&stored.website_id, stored.ceiling), (&Some(site.id.clone()), Ceiling::Anonymous));
    assert_eq!(settings.campaign(&spring.id).await.expect("the campaign"), stored);

    let mail =
        Message::new(marks::id("mail"), Channel::Email, MessageClass::Marketing, SendingBasis::Consent)
            .campaign(&spring.id)
            .website(&site.id)
            .ceiling(Ceiling::Consented)
            .functional_link(marks::id("unsubscribe"));
    let stored = settings.put_message(mail.clone()).await.expect("a message is stored");
    let mut expected = mail.clone();
    (expected.version, expected.recorded_at) = (1, stored.recorded_at);
    expected.etag.clone_from(&stored.etag);
    assert!(stored.etag.is_some() && stored.fixed_at.is_none());
    assert_eq!(stored, expected);
    assert_eq!(settings.message(&mail.id).await.expect("the message"), stored);
    let mut changed = stored;
    changed.class = MessageClass::Transactional;
    assert_eq!(settings.put_message(changed).await.expect("a second version").version, 2);
    let stale = settings.put_message(mail).await.expect_err("it was read without its etag");
    assert_eq!(stale.reason(), Some(Reason::EtagMismatch));

    assert_eq!(settings.websites(Paging::default()).await.expect("a page").items.len(), 1);
    assert_eq!(settings.campaigns(Paging::default()).await.expect("a page").items.len(), 1);
    assert_eq!(settings.messages(Paging::default()).await.expect("a page").items.len(), 1);
    for (unknown, reason) in [
        (settings.website(marks::id("gone")).await.err(), Reason::WebsiteUnknown),
        (settings.campaign(marks::id("gone")).await.err(), Reason::CampaignUnknown),
        (settings.message(marks::id("gone")).await.err(), Reason::MessageUnknown),
    ] {
        assert_eq!(unknown.expect("there is none").reason(), Some(reason));
    }
}
