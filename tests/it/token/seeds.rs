//! The seeds that speak of links, told through the SDK as a customer's program would.

use std::time::Duration;

use assent_sdk::{
    Answer as Said, Choice, Coverage, Evidence, Instant, Interaction, LinkMode, NewToken, Outcome, Paging,
    PixelMode, Reason, RecordBody, Redeem, Scope, Series as Of, SourceKind, State as Reads, TokenCapability,
};

use crate::actito::{fates, say, settled_under, yes};

use super::*;

#[apply(every_app)]
async fn qualifio_7_tracking_consent_is_withdrawn_from_a_link_in_the_email(app: &TestApp) {
    let (client, notice) = settled_under(app, "fr-cnil-2026").await;
    let ada = marks::id("ada");
    say(
        &client,
        vec![("ada", yes(Coverage::tracking(), notice)), ("ada", yes(Coverage::marketing(), notice))],
    )
    .await;

    // The mail goes out with its link, and is read.
    let link = NewToken::withdraw(&ada, Coverage::tracking()).in_message(marks::id("spring"));
    let made = client.consents().create_tokens(story::people(), [link]).await.expect("a token is made");
    let link = made.into_iter().next().expect("one").expect("it is made");
    let open = |at: i64| Interaction::email_open(&ada, Instant::from_micros(at), marks::id("spring"));
    let at = Instant::from_micros(START);
    let sent =
        Interaction::message_sent(&ada, at, marks::id("spring"), PixelMode::Identified, LinkMode::Tracked);
    let told = fates(&client, vec![sent, open(START)]).await;
    assert_eq!(told, ["RECORDED SEND fr-cnil-2026", "RECORDED GRANTED fr-cnil-2026"]);

    // A week later the link is followed, by a scanner first: nothing happens until the button is pressed.
    app.advance(Duration::from_secs(7 * 86_400));
    for _ in 0..3 {
        let page = client.consents().describe_token(&link).await.expect("a page");
        assert_eq!((page.capability, &page.coverage), (TokenCapability::Withdraw, &Coverage::tracking()));
        assert!(
            page.standings.len() == 6 && page.standings.iter().all(|reads| reads.state == Reads::Granted)
        );
        assert_eq!(page.standing(Of::Marketing), None);
    }
    let later = START + 7 * 86_400_000_000;
    assert_eq!(fates(&client, vec![open(later)]).await, ["RECORDED GRANTED fr-cnil-2026"]);
    let told = client.consents().redeem_token(Redeem::withdraw(link.clone())).await.expect("an answer");
    let told = told.into_iter().next().expect("one").expect("it is recorded");
    assert!(
        told.iter().all(|line| (line.outcome, line.standing.state) == (Outcome::Changed, Reads::Withdrawn))
    );

    // From there on that mail is read in peace, and mail goes on.
    assert_eq!(fates(&client, vec![open(later)]).await, ["DISCARDED WITHDRAWN fr-cnil-2026"]);
    let history = client.consents().records(story::people(), &ada, Paging::first()).await.expect("a history");
    let RecordBody::Answer(last) = &history.items.last().expect("a record").body else { panic!("an answer") };
    let Evidence { method, source, .. } = &last.evidence;
    let source = source.as_ref().expect("a source");
    assert_eq!((method.as_deref(), source.kind), (Some("message_link"), SourceKind::Message));
    assert_eq!(source.name, Some(marks::id("spring")));
    assert_eq!(states(app, "ada").await[0], State::Granted);
}

#[apply(every_app)]
async fn actito_12_ones_own_choices_are_read_and_changed_through_a_link(app: &TestApp) {
    let (client, notice) = settled_under(app, "strict").await;
    let consents = client.consents();
    let ada = marks::id("ada");
    say(&client, vec![("ada", yes(Coverage::marketing(), notice))]).await;
    let until = Instant::from_micros(START + 90 * 86_400_000_000);
    let made = consents.create_tokens(story::people(), [NewToken::preferences_until(&ada, until)]).await;
    let link = made.expect("a token is made").remove(0).expect("it is made");

    // The page: what she chose, and since when.
    app.advance(Duration::from_secs(86_400));
    let page = consents.describe_token(&link).await.expect("a page");
    assert_eq!((page.capability, page.standings.len()), (TokenCapability::Preferences, 7));
    assert_eq!((page.profile_table.as_str(), page.expires_at), (story::people().as_str(), Some(until)));
    let mail = page.standing(Of::Marketing).expect("it is shown");
    assert_eq!((mail.state, mail.since), (Reads::Granted, Some(Instant::from_micros(START))));
    assert!(page.standing(Of::EmailOpen).is_some_and(|reads| reads.state == Reads::Unknown));

    // She wants no mail any more, but for her opens to be counted; clicks she says nothing of.
    let opens = Coverage::scopes([Scope::EmailOpen]);
    let choices = || {
        [
            Choice::new(Said::Withdraw, Coverage::marketing()),
            Choice::new(Said::Grant, opens.clone()).notice(notice, "fr"),
        ]
    };
    let told = consents.redeem_token(Redeem::choices(link.clone(), choices())).await.expect("an answer");
    assert!(told[0].is_ok(), "a no needs no proof");
    let lacking = told[1].as_ref().expect_err("a yes needs all of it");
    assert_eq!(lacking.reason(), Some(Reason::EvidenceMissing));
    let saved = Redeem::choices(link.clone(), choices()).form("preference centre", "3");
    let told = consents.redeem_token(saved).await.expect("an answer");
    let words: Vec<_> = told
        .iter()
        .flat_map(|told| told.as_ref().expect("it is recorded"))
        .map(|line| format!("{} {} {}", line.standing.series, line.outcome, line.standing.state))
        .collect();
    assert_eq!(words, ["MARKETING RENEWED WITHDRAWN", "EMAIL_OPEN CREATED GRANTED"]);
    let page = consents.describe_token(&link).await.expect("a page");
    let reads = |series| page.standing(series).expect("it is shown").state;
    assert_eq!([reads(Of::Marketing), reads(Of::EmailOpen)], [Reads::Withdrawn, Reads::Granted]);
    assert_eq!(reads(Of::EmailClick), Reads::Unknown);

    // Long after, the link shows nothing any more, and still takes a no.
    app.advance(Duration::from_secs(90 * 86_400));
    let gone = consents.describe_token(&link).await.expect_err("it has run out");
    assert_eq!(gone.reason(), Some(Reason::TokenExpired));
    let told = consents.redeem_token(Redeem::withdraw_from(link, opens)).await.expect("an answer");
    assert!(told[0].is_ok());
    assert_eq!(states(app, "ada").await[1], State::Withdrawn);
}
