//! The seeds: what Qualifio asked for in the first place, told as stories through the SDK, as a customer's program would. Each
//! name begins with the number of its wish.

use std::time::Duration;

use assent_sdk::{
    AnonymousMode, AnswerGiven, Campaign, CampaignReportQuery, Ceiling, Ceilings, Channel, Click, Client,
    Coverage, DescribeOptIns, Instant, Interaction, InteractionKind, Item, LinkMode, Message, MessageClass,
    NoOptInReason, OptIn, OptInBox, OptInText, OptIns, Paging, PixelMode, PlanTracking, PolicyOverride,
    RateFigures, Reason, Recipient, RecordBody, Scope, SendingBasis, State, Tracking, Upsert, Website,
};
use assent_tests::app::{START, TestApp};
use assent_tests::{apply, every_app, marks, story};

use super::actito::{fates, last_open_day, say, settled_under, yes};

/// Every seed that stands, so that none is lost by a change of name.
const SEEDS: [&str; 7] = [
    "qualifio_1_one_joint_opt_in_or_a_separate_one_each_with_its_wording_stored",
    "qualifio_2_a_website_set_to_never_track_sends_and_has_no_statistics",
    "qualifio_3_french_websites_are_forced_to_never_from_14_july_2026",
    "qualifio_4_a_website_outside_france_can_be_set_to_never",
    "qualifio_5_opens_and_clicks_are_set_separately_per_website",
    "qualifio_6_campaign_opt_ins_reflect_the_websites_tracking_setting",
    "qualifio_8_aggregate_rates_and_the_last_open_day_are_exempt",
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

/// Declares a website, and a campaign and a message of the same word that lead to it.
async fn website(client: &Client, word: &str, country: &str, ceilings: Ceilings) {
    let website = Website::new(marks::id(word)).country(country).ceilings(ceilings);
    client.settings().put_website(website).await.expect("a website is declared");
    let campaign = Campaign::new(marks::id(word)).website(marks::id(word));
    client.settings().put_campaign(campaign).await.expect("a campaign is declared");
    let message =
        Message::new(marks::id(word), Channel::Email, MessageClass::Marketing, SendingBasis::Consent);
    let message = message.website(marks::id(word)).campaign(marks::id(word));
    client.settings().put_message(message).await.expect("a message is declared");
}

/// What becomes of Ada's mail of that word: that it was sent, opened, clicked.
async fn mail(client: &Client, word: &str) -> Vec<String> {
    let (at, ada) = (Instant::from_micros(START), marks::id("ada"));
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
        let at = Instant::from_micros(START);
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

/// Plans and records the sending of that word's mail to Ada; the modes it goes out with.
async fn sent(client: &Client, word: &str) -> (PixelMode, LinkMode) {
    let plan = PlanTracking::of_message(marks::id(word)).in_table(story::people());
    let plan = plan.recipient(Recipient::new(marks::id("ada"))).record_sends();
    let told = client.interactions().plan(plan).await.expect("a plan").remove(0).expect("Ada's");
    (told.pixel.mode, told.links.mode)
}

/// A campaign's sends, opens and clicks: people over base.
async fn rates(client: &Client, word: &str) -> (u64, [(u64, u64); 2]) {
    let total = client.interactions().report(marks::id(word)).await.expect("a report").total;
    let rate = |of: RateFigures| {
        assert_eq!(of.trackable + of.not_trackable, total.sends);
        (of.human, of.trackable)
    };
    (total.sends, [rate(total.email_opens), rate(total.email_clicks)])
}

#[apply(every_app)]
async fn qualifio_2_a_website_set_to_never_track_sends_and_has_no_statistics(app: &TestApp) {
    let client = with_consent(app).await;
    website(&client, "never", "BE", Ceilings::all(Ceiling::Never)).await;
    website(&client, "tracked", "BE", Ceilings::default()).await;
    for (word, modes) in [
        ("never", (PixelMode::None, LinkMode::Plain)),
        ("tracked", (PixelMode::Identified, LinkMode::Tracked)),
    ] {
        assert_eq!(sent(&client, word).await, modes);
    }
    let told = mail(&client, "never").await;
    assert_eq!(told, ["RECORDED SEND", "DISCARDED TRACKING_DISABLED", "DISCARDED TRACKING_DISABLED"]);
    mail(&client, "tracked").await;
    assert_eq!(
        rates(&client, "never").await,
        (2, [(0, 0), (0, 0)]),
        "sent all the same, and no rate has a base"
    );
    assert_eq!(rates(&client, "tracked").await, (2, [(1, 2), (1, 2)]));
}

#[apply(every_app)]
async fn qualifio_3_french_websites_are_forced_to_never_from_14_july_2026(app: &TestApp) {
    // 23:59:59.999999 in Paris on the 13th.
    let last = 1_783_979_999_999_999;
    let clock = |micros| assent_domain::time::Instant::from_micros(micros).expect("an instant");
    app.clock().set(clock(last));
    let at = Instant::from_micros(last);
    let (client, notice) = settled_under(app, "strict").await;
    say(&client, vec![("ada", yes(Coverage::tracking(), notice).decided_at(at))]).await;
    let mut switched = PolicyOverride::new(marks::id("qualifio"), "strict");
    switched.force_never_on_french_websites = Some(true);
    client.settings().put_policy_override(switched).await.expect("the switch is on");
    website(&client, "french", "FR", Ceilings::default()).await;
    website(&client, "belgian", "BE", Ceilings::default()).await;
    let all = (PixelMode::Identified, LinkMode::Tracked);
    let deeds = |word: &str, at| {
        let open = Interaction::email_open(marks::id("ada"), at, marks::id(word));
        vec![open, Interaction::email_click(marks::id("ada"), at, Click::in_message(marks::id(word)))]
    };
    let told = async |word: &str, at| {
        let told = fates(&client, deeds(word, at)).await;
        told.into_iter().map(|told| told.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    for word in ["french", "belgian"] {
        assert_eq!(sent(&client, word).await, all, "{word}, on the 13th");
        assert_eq!(told(word, at).await, ["RECORDED GRANTED"; 2], "{word}, on the 13th");
    }

    app.advance(Duration::from_micros(1));
    assert_eq!(sent(&client, "french").await, (PixelMode::None, LinkMode::Plain), "on the 14th");
    assert_eq!(sent(&client, "belgian").await, all);
    for at in [at, Instant::from_micros(last + 1)] {
        assert_eq!(told("french", at).await, ["DISCARDED TRACKING_DISABLED"; 2], "whenever it occurred");
    }
    assert_eq!(told("belgian", Instant::from_micros(last + 1)).await, ["RECORDED GRANTED"; 2]);
    // What was counted by then stays as it was, and what was sent since has no base.
    assert_eq!(rates(&client, "french").await, (2, [(1, 1), (1, 1)]));
    assert_eq!(rates(&client, "belgian").await, (2, [(2, 2), (2, 2)]));
    let days = CampaignReportQuery::of(marks::id("french"))
        .days("2026-07-13".parse().expect("a day"), "2026-07-14".parse().expect("a day"));
    let told = client.interactions().report(days).await.expect("a report").days;
    let told =
        told.iter().map(|(day, of)| (day.day(), of.sends, of.email_opens.trackable)).collect::<Vec<_>>();
    assert_eq!(told, [(13, 1, 1), (14, 1, 0)]);
}

#[apply(every_app)]
async fn qualifio_8_aggregate_rates_and_the_last_open_day_are_exempt(app: &TestApp) {
    let (client, _) = settled_under(app, "fr-cnil-2026").await;
    // The controller's own choice, on record: opens and clicks are counted after discarding who it was.
    let mut counted = PolicyOverride::new(marks::id("qualifio"), "fr-cnil-2026");
    counted.anonymous_mode = Some(AnonymousMode::FromIdentified);
    counted.anonymous_kinds = vec![InteractionKind::EmailOpen, InteractionKind::EmailClick];
    client.settings().put_policy_override(counted).await.expect("the switches are on");
    website(&client, "shop", "FR", Ceilings::default()).await;
    let service = Message::new(
        marks::id("receipt"),
        Channel::Email,
        MessageClass::Transactional,
        SendingBasis::RequestedService,
    );
    client.settings().put_message(service.campaign(marks::id("shop"))).await.expect("a message is declared");
    let crowd: Vec<String> = (0..12).map(|number| format!("refuser {number}")).collect();
    let no = crowd.iter().map(|who| (who.as_str(), AnswerGiven::refuse(Coverage::tracking())));
    say(&client, no.collect()).await;
    app.advance(Duration::from_secs(1));
    let at = Instant::from_micros(START);
    let mut deeds = Vec::new();
    for who in &crowd {
        let (who, mail) = (marks::id(who), marks::id("receipt"));
        deeds.push(Interaction::message_sent(&who, at, &mail, PixelMode::Identified, LinkMode::Tracked));
        deeds.push(Interaction::email_open(&who, at, &mail));
        deeds.push(Interaction::email_click(&who, at, Click::in_message(&mail)));
    }
    for told in fates(&client, deeds).await.chunks(3) {
        let told: Vec<&str> = told.iter().map(|told| told.split(' ').next().expect("a word")).collect();
        assert_eq!(told, ["RECORDED", "EXEMPTED", "EXEMPTED"]);
    }
    app.advance(Duration::from_secs(2 * 24 * 3600));
    let told = client.interactions().report(marks::id("shop")).await.expect("a report");
    assert_eq!(
        (told.total.sends, told.total.email_opens.human, told.total.email_opens.trackable),
        (12, 0, 0)
    );
    let counts: Vec<_> = told.anonymous.iter().map(|of| (of.kind, of.total, of.periods.len())).collect();
    assert_eq!(counts, [(InteractionKind::EmailOpen, 12, 1), (InteractionKind::EmailClick, 12, 1)]);
    // Of each person the day alone, and nothing that says which mail.
    assert_eq!(last_open_day(&client, &crowd[3]).await, Some("2026-09-01".parse().expect("a day")));
    let found = client.interactions().activity(story::people(), marks::id(&crowd[3]), Paging::first());
    let found = found.await.expect("activity").interactions;
    assert!(found.iter().all(|row| row.interaction.what.kind() == InteractionKind::Send));
}

/// Puts the table under that policy and stores a wording for each box; what a form of the French shop must ask then.
async fn form(client: &Client, policy: &str) -> OptIns {
    let mut table = client.settings().profile_table(story::people()).await.expect("the table");
    table.policy_id = Some(policy.to_owned());
    table.opt_in_texts.clear();
    for of in [OptInBox::Marketing, OptInBox::Tracking, OptInBox::Joint] {
        let wording = format!("{}\r\n{policy}, {of}: où ?", story::notice_text("ours"));
        let stored = client.consents().put_notice(wording).await.expect("a wording is stored");
        table = table.opt_in_text(OptInText::new(of, "fr", stored.id));
    }
    client.settings().put_profile_table(table).await.expect("the table is changed");
    let form = DescribeOptIns::of_website(story::people(), marks::id("shop")).language("fr-FR");
    client.consents().describe_opt_ins(form).await.expect("what a form asks")
}

/// Somebody ticks a box; what they granted, or why nothing of it was stored.
async fn tick(client: &Client, who: &str, one: &OptIn, coverage: Coverage) -> Result<(), Option<Reason>> {
    let granted = yes(coverage, one.wordings[0].notice);
    let batch = Upsert::into_table(story::people()).items([Item::new(marks::id(who)).answer(granted)]);
    let told = client.consents().upsert(batch).await.expect("a batch is answered").remove(0);
    let told = told.map_err(|error| error.reason())?;
    assert!(told.series.iter().all(|one| one.standing.state == State::Granted));
    Ok(())
}

/// The wordings that a person's records name, each read back by its id.
async fn wordings_on_record(client: &Client, who: &str) -> Vec<String> {
    let records = client.consents().records(story::people(), marks::id(who), Paging::first()).await;
    let mut wordings = Vec::new();
    for record in records.expect("a history").items {
        let RecordBody::Answer(given) = record.body else { panic!("an answer") };
        let notice = given.evidence.notice.expect("the wording's id");
        wordings.push(client.consents().notice(notice).await.expect("the wording").text);
    }
    wordings
}

#[apply(every_app)]
async fn qualifio_1_one_joint_opt_in_or_a_separate_one_each_with_its_wording_stored(app: &TestApp) {
    let (client, _) = settled_under(app, "strict").await;
    website(&client, "shop", "IT", Ceilings::default()).await;

    // Where the rules let one tick do for both, it grants both, and the record names what was read.
    let asked = form(&client, "it-garante-2026").await;
    let joint = asked.opt_in(OptInBox::Joint).expect("one tick may do");
    assert!(joint.coverage.marketing && joint.coverage.tracking != Tracking::None);
    assert_eq!(tick(&client, "ada", joint, joint.coverage.clone()).await, Ok(()));
    assert_eq!(wordings_on_record(&client, "ada").await, [joint.wordings[0].text.clone()]);
    assert!(joint.wordings[0].text.contains("\r\nit-garante-2026, JOINT: où ?"), "byte for byte");

    // Where they want two, the form shows two, and one tick for both is refused.
    for policy in ["fr-cnil-2026", "strict"] {
        let asked = form(&client, policy).await;
        assert!(asked.opt_in(OptInBox::Joint).is_none(), "{policy}");
        let [mail, tracking] =
            [OptInBox::Marketing, OptInBox::Tracking].map(|of| asked.opt_in(of).expect("a box"));
        let refused = tick(&client, policy, tracking, tracking.coverage.clone().and_marketing()).await;
        assert_eq!(refused, Err(Some(Reason::JointNotAllowed)), "{policy}");
        for one in [mail, tracking] {
            assert_eq!(tick(&client, policy, one, one.coverage.clone()).await, Ok(()), "{policy}");
        }
        let read = [mail, tracking].map(|one| one.wordings[0].text.clone());
        assert_eq!(wordings_on_record(&client, policy).await, read, "{policy}");
        assert_ne!(read[0], read[1]);
    }
}

/// What a form of that word's campaign asks of tracking.
async fn tracking_asked(client: &Client, word: &str) -> Result<Vec<Scope>, Option<NoOptInReason>> {
    let form = DescribeOptIns::of_campaign(story::people(), marks::id(word));
    let asked = client.consents().describe_opt_ins(form).await.expect("what a form asks");
    assert!(asked.declared && asked.opt_in(OptInBox::Marketing).is_some());
    match asked.opt_in(OptInBox::Tracking).map(|one| one.coverage.tracking.clone()) {
        Some(Tracking::Scopes(scopes)) => Ok(scopes),
        Some(other) => panic!("the scopes that exist: {other:?}"),
        None => Err(asked.no_tracking),
    }
}

#[apply(every_app)]
async fn qualifio_6_campaign_opt_ins_reflect_the_websites_tracking_setting(app: &TestApp) {
    // 23:59:59.999999 in Paris on 13 July.
    app.clock().set(assent_domain::time::Instant::from_micros(1_783_979_999_999_999).expect("an instant"));
    let (client, _) = settled_under(app, "strict").await;
    let all = [
        Scope::EmailOpen,
        Scope::EmailClick,
        Scope::SmsClick,
        Scope::WebsiteVisit,
        Scope::TransactionGoal,
        Scope::Device,
    ];
    website(&client, "shop", "BE", Ceilings::default()).await;
    assert_eq!(tracking_asked(&client, "shop").await, Ok(all.to_vec()));
    // What the website is set to the campaign's form asks at once.
    let set = async |ceilings| {
        let mut shop = client.settings().website(marks::id("shop")).await.expect("the website");
        shop.ceilings = ceilings;
        client.settings().put_website(shop).await.expect("it is set");
    };
    set(Ceilings::default().email_open(Ceiling::Never).email_click(Ceiling::Anonymous)).await;
    assert_eq!(tracking_asked(&client, "shop").await, Ok(all[2..].to_vec()));
    for (ceiling, why) in [
        (Ceiling::Never, Some(NoOptInReason::TrackingDisabled)),
        (Ceiling::Anonymous, Some(NoOptInReason::AnonymousOnly)),
    ] {
        set(Ceilings::all(ceiling)).await;
        assert_eq!(tracking_asked(&client, "shop").await, Err(why));
    }
    set(Ceilings::all(Ceiling::Consented)).await;
    assert_eq!(tracking_asked(&client, "shop").await, Ok(all.to_vec()));

    // The switch for French websites counts from its day on.
    let mut switched = PolicyOverride::new(marks::id("qualifio"), "strict");
    switched.force_never_on_french_websites = Some(true);
    client.settings().put_policy_override(switched).await.expect("the switch is on");
    website(&client, "french", "FR", Ceilings::default()).await;
    assert_eq!(tracking_asked(&client, "french").await, Ok(all.to_vec()));
    app.advance(Duration::from_micros(1));
    assert_eq!(tracking_asked(&client, "french").await, Err(Some(NoOptInReason::TrackingDisabled)));
    assert_eq!(tracking_asked(&client, "shop").await, Ok(all.to_vec()));
}
