//! The seeds: what Qualifio asked for in the first place, told as stories through the SDK, as a customer's program would. Each
//! name begins with the number of its wish.

use assent_sdk::{
    Ceiling, Ceilings, Channel, Click, Client, Coverage, Interaction, LinkMode, Message, MessageClass,
    PixelMode, SendingBasis, Website,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks};

use super::actito::{fates, say, settled_under, yes};

/// Every seed that stands, so that none is lost by a change of name.
const SEEDS: [&str; 2] = [
    "qualifio_4_a_website_outside_france_can_be_set_to_never",
    "qualifio_5_opens_and_clicks_are_set_separately_per_website",
];

#[test]
fn every_seed_is_a_story_here() {
    let here = include_str!("qualifio.rs");
    for seed in SEEDS {
        assert!(here.contains(&format!("#[apply(every_app)]\nasync fn {seed}(app: &TestApp)")), "{seed}");
    }
}

/// A tenant's program, and Ada, who granted everything.
async fn with_consent(app: &TestApp) -> Client {
    let (client, notice) = settled_under(app, "strict").await;
    say(&client, vec![("ada", yes(Coverage::tracking(), notice))]).await;
    client
}

/// Declares a website and a message of the same word that leads to it.
async fn website(client: &Client, word: &str, country: &str, ceilings: Ceilings) {
    let website = Website::new(marks::id(word)).country(country).ceilings(ceilings);
    client.settings().put_website(website).await.expect("a website is declared");
    let message =
        Message::new(marks::id(word), Channel::Email, MessageClass::Marketing, SendingBasis::Consent);
    client.settings().put_message(message.website(marks::id(word))).await.expect("a message is declared");
}

/// What becomes of Ada's mail of that word: that it was sent, opened, clicked.
async fn mail(client: &Client, word: &str) -> Vec<String> {
    let (at, ada) = (assent_sdk::Instant::from_micros(START), marks::id("ada"));
    let sent = Interaction::message_sent(&ada, at, marks::id(word), PixelMode::Identified, LinkMode::Tracked);
    let open = Interaction::email_open(&ada, at, marks::id(word));
    let click = Interaction::email_click(&ada, at, Click::in_message(marks::id(word)));
    let told = fates(client, vec![sent, open, click]).await;
    let without_policy =
        |told: String| told.rsplit_once(' ').map_or_else(String::new, |(told, _)| told.to_owned());
    told.into_iter().map(without_policy).collect()
}

#[apply(every_app)]
async fn qualifio_4_a_website_outside_france_can_be_set_to_never(app: &TestApp) {
    let client = with_consent(app).await;
    website(&client, "belgian", "BE", Ceilings::all(Ceiling::Never)).await;
    website(&client, "american", "US", Ceilings::all(Ceiling::Never)).await;
    website(&client, "tracked", "BE", Ceilings::default()).await;
    for word in ["belgian", "american"] {
        let told = mail(&client, word).await;
        assert_eq!(told, ["RECORDED SEND", "DISCARDED TRACKING_DISABLED", "DISCARDED TRACKING_DISABLED"]);
        let at = assent_sdk::Instant::from_micros(START);
        let visit = Interaction::website_visit(marks::id("ada"), at, marks::id(word));
        assert!(fates(&client, vec![visit]).await[0].starts_with("DISCARDED TRACKING_DISABLED "));
    }
    assert_eq!(mail(&client, "tracked").await, ["RECORDED SEND", "RECORDED GRANTED", "RECORDED GRANTED"]);
}

#[apply(every_app)]
async fn qualifio_5_opens_and_clicks_are_set_separately_per_website(app: &TestApp) {
    let client = with_consent(app).await;
    let (none, never) = (Ceilings::default(), Ceiling::Never);
    website(&client, "no opens", "BE", none.email_open(never)).await;
    website(&client, "no clicks", "BE", none.email_click(never)).await;
    website(&client, "shared", "BE", none.email_open(Ceiling::Anonymous)).await;
    for (word, opened, clicked) in [
        ("no opens", "DISCARDED TRACKING_DISABLED", "RECORDED GRANTED"),
        ("no clicks", "RECORDED GRANTED", "DISCARDED TRACKING_DISABLED"),
        ("shared", "DISCARDED ANONYMOUS_ONLY", "RECORDED GRANTED"),
    ] {
        assert_eq!(mail(&client, word).await, ["RECORDED SEND", opened, clicked], "{word}");
    }
}
