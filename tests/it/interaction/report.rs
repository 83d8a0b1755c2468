//! GetCampaignReport: figures with their bases, counted when something is recorded and never again; and what is told of those that
//! name nobody.

use std::time::Duration;

use assent_proto::google::Date;
use assent_proto::v1::{self, Answer, LinkMode, PixelMode};
use assent_tests::app::{START, TestApp};
use assent_tests::deed::{click, fates, goal, open, send, sms_click, visit};
use assent_tests::plan::{recording, to, words};
use assent_tests::{apply, every_app, marks, story};
use tonic::Code;

use super::{
    BEFORE, HOUR, campaign, changing, changing_the_french, declare, french, judged_by, mail_of_campaign,
    newsletter, of_campaign, of_nobody, rows, says, set, settled, under,
};

const ONE_DAY: Duration = Duration::from_secs(24 * 3600);

async fn report_of(app: &TestApp, request: v1::GetCampaignReportRequest) -> v1::GetCampaignReportResponse {
    app.client().interactions().get_campaign_report(request).await.expect("a report").into_inner()
}

async fn report(app: &TestApp, word: &str) -> v1::GetCampaignReportResponse {
    report_of(app, v1::GetCampaignReportRequest { campaign_id: marks::id(word), days: None }).await
}

/// The figures as one line: sends; of opens, clicks and SMS clicks base, not trackable, people, machines; visits; goals; revenue.
fn line(of: &v1::CampaignFigures) -> String {
    let rate = |of: &Option<v1::RateFigures>| {
        let of = of.as_ref().expect("a rate");
        format!("{}+{}: {} {}", of.trackable, of.not_trackable, of.human, of.automated)
    };
    let revenue = of.revenue.iter().map(|money| format!(" {}{}", money.minor_units, money.currency_code));
    format!(
        "{} | {} | {} | {} | {} {}{}",
        of.sends,
        rate(&of.email_opens),
        rate(&of.email_clicks),
        rate(&of.sms_clicks),
        of.website_visits,
        of.transaction_goals,
        revenue.collect::<String>()
    )
}

async fn total(app: &TestApp, word: &str) -> String {
    line(&report(app, word).await.total.expect("a total"))
}

/// An interaction of that campaign.
fn in_campaign(word: &str, interaction: v1::Interaction) -> v1::Interaction {
    v1::Interaction { campaign_id: Some(marks::id(word)), ..interaction }
}

/// Everything that Anna, who granted, can do about mail of that word and its campaign.
fn all_of(word: &str) -> Vec<v1::Interaction> {
    let (anna, at) = ("anna", BEFORE);
    vec![
        open(anna, at, word),
        open(anna, at, word),
        click(anna, at, word, "offer"),
        in_campaign(word, sms_click(anna, at, "text")),
        in_campaign(word, visit(anna, at, "shop")),
        in_campaign(word, goal(anna, at, "sale", 4_990)),
        v1::Interaction { automated: true, ..open(anna, at, word) },
        v1::Interaction { automated: true, ..in_campaign(word, goal(anna, at, "sale", 1)) },
    ]
}

const ALL: &str = "3 | 1+2: 2 1 | 1+2: 1 0 | 0+3: 1 0 | 1 1 4990EUR";

/// Sends mail of that word to Anna, who granted, Bruno, who refused, and Zoe, whom nobody asked; Anna does all she can.
async fn spring(app: &TestApp) {
    says(app, "bruno", Answer::Refuse).await;
    mail_of_campaign(app, "spring").await;
    words(app.client(), recording(to(&["anna", "bruno", "zoe"], "spring"))).await;
    let told = fates(app.client(), all_of("spring")).await;
    assert_eq!(told, ["RECORDED GRANTED"; 8]);
}

#[apply(every_app)]
async fn every_figure_stands_with_its_base(app: &TestApp) {
    french(app).await;
    assert_eq!(total(app, "spring").await, "0 | 0+0: 0 0 | 0+0: 0 0 | 0+0: 0 0 | 0 0", "nothing yet");
    spring(app).await;
    // What may not be recorded enters no figure.
    let refused = vec![
        open("bruno", BEFORE, "spring"),
        click("bruno", BEFORE, "spring", "offer"),
        in_campaign("spring", goal("bruno", BEFORE, "sale", 100)),
    ];
    assert_eq!(fates(app.client(), refused).await, ["DISCARDED REFUSED"; 3]);
    // Every call was made twice by this client: nothing counts twice.
    assert_eq!(total(app, "spring").await, ALL);
    let told = report(app, "spring").await;
    assert!(told.days.is_empty() && told.anonymous.is_empty());
}

#[apply(every_app)]
async fn a_send_reported_is_based_on_the_mode_it_went_out_with(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    let sent = [
        (PixelMode::Identified, LinkMode::Tracked),
        (PixelMode::None, LinkMode::Tracked),
        (PixelMode::Shared, LinkMode::Plain),
        (PixelMode::ExemptLastOpen, LinkMode::Plain),
        (PixelMode::Unspecified, LinkMode::Unspecified),
    ];
    let sends = sent.map(|(pixel, links)| send("anna", BEFORE, "spring", pixel, links));
    fates(app.client(), sends.to_vec()).await;
    assert_eq!(total(app, "spring").await, "5 | 2+3: 0 0 | 3+2: 0 0 | 0+5: 0 0 | 0 0");
    // An SMS has no pixel, and its links are its own kind's.
    campaign(app, "texts", v1::Ceiling::Default).await;
    let sms = v1::Message { channel: v1::Channel::Sms.into(), ..newsletter("text") };
    declare(app, of_campaign(sms, "texts")).await;
    fates(app.client(), vec![send("anna", BEFORE, "text", PixelMode::None, LinkMode::Tracked)]).await;
    assert_eq!(total(app, "texts").await, "1 | 0+1: 0 0 | 0+1: 0 0 | 1+0: 0 0 | 0 0");
}

#[apply(every_app)]
async fn figures_stay_whatever_is_erased_withdrawn_outlived_or_turned_on_later(app: &TestApp) {
    french(app).await;
    spring(app).await;
    judged_by(app, "strict").await;
    assert_eq!(total(app, "spring").await, ALL, "a stricter policy");
    let never = v1::Campaign {
        id: marks::id("autumn"),
        ceiling: v1::Ceiling::Never.into(),
        ..v1::Campaign::default()
    };
    app.client()
        .settings()
        .put_campaign(v1::PutCampaignRequest { campaign: Some(never) })
        .await
        .expect("another campaign");
    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(total(app, "spring").await, ALL, "a withdrawal where the policy erases");
    for who in ["anna", "bruno"] {
        let erase = v1::EraseProfileRequest {
            profile_table: story::people(),
            profile: story::person(who),
            origin: None,
        };
        app.client().privacy().erase_profile(erase).await.expect("an erasure");
    }
    assert_eq!(rows(app, "interaction").await, 1, "what is left is Zoe's");
    assert_eq!(total(app, "spring").await, ALL, "an erasure");
    changing(app, "strict", v1::PolicyOverride { interactions_kept_days: Some(1), ..Default::default() })
        .await;
    app.advance(ONE_DAY + Duration::from_secs(3600));
    for turn in 0.. {
        if rows(app, "interaction").await == 0 {
            break;
        }
        assert!(turn < 1_000, "what has outlived its retention is never deleted");
        app.advance(Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    assert_eq!(total(app, "spring").await, ALL, "retention");
}

#[apply(every_app)]
async fn figures_are_the_same_folded_or_not(app: &TestApp) {
    french(app).await;
    spring(app).await;
    let entries = rows(app, "tally_entry").await;
    assert!(entries > 5, "one for each figure of each transaction: {entries}");
    for turn in 0.. {
        assert_eq!(total(app, "spring").await, ALL, "turn {turn}");
        if rows(app, "tally_entry").await == 0 {
            break;
        }
        assert!(turn < 500, "entries are never folded");
        app.advance(Duration::from_secs(15));
        tokio::task::yield_now().await;
    }
    assert!(rows(app, "tally").await > 5);
    // What comes later is added.
    fates(app.client(), vec![open("anna", BEFORE, "spring")]).await;
    assert_eq!(total(app, "spring").await, ALL.replacen("2 1", "3 1", 1));
}

#[apply(every_app)]
async fn a_human_signal_moves_a_machines_count_and_earns_what_it_was_worth(app: &TestApp) {
    settled(app).await;
    mail_of_campaign(app, "spring").await;
    let mut human =
        vec![open("anna", BEFORE, "spring"), in_campaign("spring", goal("anna", BEFORE, "sale", 300))];
    let machine = |of: &v1::Interaction| v1::Interaction { automated: true, ..of.clone() };
    assert_eq!(fates(app.client(), human.iter().map(machine).collect()).await, ["RECORDED GRANTED"; 2]);
    assert_eq!(total(app, "spring").await, "0 | 0+0: 0 1 | 0+0: 0 0 | 0+0: 0 0 | 0 0");
    // Whatever else the signal says: the row stays where it was counted.
    human[0].campaign_id = Some(marks::id("other"));
    assert_eq!(fates(app.client(), human.clone()).await, ["DUPLICATE GRANTED"; 2]);
    assert_eq!(total(app, "spring").await, "0 | 0+0: 1 0 | 0+0: 0 0 | 0+0: 0 0 | 0 1 300EUR");
    // Never the reverse, and once only.
    assert_eq!(fates(app.client(), human.iter().map(machine).collect()).await, ["DUPLICATE GRANTED"; 2]);
    assert_eq!(fates(app.client(), human).await, ["DUPLICATE GRANTED"; 2]);
    assert_eq!(total(app, "spring").await, "0 | 0+0: 1 0 | 0+0: 0 0 | 0+0: 0 0 | 0 1 300EUR");
    assert_eq!(total(app, "other").await, "0 | 0+0: 0 0 | 0+0: 0 0 | 0+0: 0 0 | 0 0");
}

#[apply(every_app)]
async fn revenue_is_told_by_currency_and_what_belongs_to_no_campaign_nowhere(app: &TestApp) {
    settled(app).await;
    let worth = |cents, code: &str| {
        let mut reached = goal("anna", BEFORE, "sale", cents);
        if let Some(v1::interaction::What::TransactionGoal(goal)) = &mut reached.what {
            goal.amount = Some(v1::Money { minor_units: cents, currency_code: code.to_owned() });
        }
        reached
    };
    let deeds = vec![
        in_campaign("undeclared", worth(100, "USD")),
        in_campaign("undeclared", worth(250, "EUR")),
        in_campaign("undeclared", worth(50, "EUR")),
        worth(7, "EUR"),
        open("anna", BEFORE, "of no campaign"),
    ];
    fates(app.client(), deeds).await;
    assert_eq!(total(app, "undeclared").await, "0 | 0+0: 0 0 | 0+0: 0 0 | 0+0: 0 0 | 0 3 300EUR 100USD");
    assert_eq!(rows(app, "tally_entry").await, 3, "goals, and revenue in two currencies");
}

fn date(month: i32, day: i32) -> Option<Date> {
    Some(Date { year: 2026, month, day })
}

fn days(first: Option<Date>, last: Option<Date>) -> v1::GetCampaignReportRequest {
    let days = Some(v1::ReportDays { first_day: first, last_day: last });
    v1::GetCampaignReportRequest { campaign_id: marks::id("spring"), days }
}

#[apply(every_app)]
async fn days_are_told_one_by_one_where_they_are_asked_for(app: &TestApp) {
    under(app, "legacy").await;
    mail_of_campaign(app, "spring").await;
    // 22:30 UTC is the next day in Brussels.
    let at = [START - 48 * HOUR, START - 37 * HOUR - HOUR / 2, START - 10 * HOUR];
    let told = fates(app.client(), at.map(|at| open("zoe", at, "spring")).to_vec()).await;
    assert_eq!(told, ["RECORDED DEFAULT_PERMITS"; 3]);
    let told = report_of(app, days(date(8, 30), date(9, 1))).await;
    let opens = |of: v1::GetCampaignReportResponse| -> Vec<String> {
        let day = |of: v1::CampaignDay| {
            let (day, figures) = (of.day.expect("a day"), of.figures.expect("figures"));
            format!("{}-{} {}", day.month, day.day, figures.email_opens.expect("a rate").human)
        };
        assert_eq!(of.total.expect("a total").email_opens.expect("a rate").human, 3, "of all days");
        of.days.into_iter().map(day).collect()
    };
    assert_eq!(opens(told), ["8-30 1", "8-31 1", "9-1 1"]);
    assert_eq!(report_of(app, days(date(9, 1), date(9, 1))).await.days.len(), 1);

    for (first, last) in [(date(9, 2), date(9, 1)), (date(2, 30), date(9, 1))] {
        let refused = app.client().interactions().get_campaign_report(days(first, last)).await;
        assert_eq!(refused.expect_err("no such days").code(), Code::InvalidArgument);
    }
    let far = Some(Date { year: 2027, month: 10, day: 7 });
    let refused = app.client().interactions().get_campaign_report(days(date(9, 1), far)).await;
    assert_eq!(refused.expect_err("more than 400 days").code(), Code::InvalidArgument);
}

/// What is told of anonymous counts: `EMAIL_OPEN 12: 9-1..9-3 12`.
async fn anonymous(app: &TestApp) -> Vec<String> {
    let day =
        |day: &Option<Date>| day.as_ref().map(|day| format!("{}-{}", day.month, day.day)).expect("a day");
    let counts = |counts: v1::AnonymousCounts| {
        let kind = counts.kind().as_str_name().trim_start_matches("INTERACTION_KIND_").to_owned();
        let period =
            |of: &v1::AnonymousPeriod| format!(" {}..{} {}", day(&of.first_day), day(&of.last_day), of.count);
        format!("{kind} {}:{}", counts.total, counts.periods.iter().map(period).collect::<String>())
    };
    report(app, "spring").await.anonymous.into_iter().map(counts).collect()
}

const LONG_AGO: i64 = START - 100 * HOUR;

async fn seen_by_nobody(app: &TestApp, opens: usize, clicks: usize) {
    let mut seen: Vec<_> = (0..opens).map(|_| of_nobody(open("", LONG_AGO, "spring"))).collect();
    seen.extend((0..clicks).map(|_| of_nobody(click("", LONG_AGO, "spring", "offer"))));
    for told in fates(app.client(), seen).await {
        assert_eq!(told, "EXEMPTED NO_PROFILE");
    }
}

#[apply(every_app)]
async fn anonymous_counts_are_told_by_periods_of_closed_days_that_reach_ten(app: &TestApp) {
    french(app).await;
    mail_of_campaign(app, "spring").await;
    let kinds = [v1::InteractionKind::EmailOpen, v1::InteractionKind::EmailClick].map(Into::into).to_vec();
    changing_the_french(app, v1::PolicyOverride { anonymous_kinds: kinds, ..v1::PolicyOverride::default() })
        .await;
    // Requests are kept for 72 hours, so that no more than those may pass.
    set(app, START - 48 * HOUR);
    // They occurred days ago: what counts is the day on which they are counted.
    seen_by_nobody(app, 12, 9).await;
    assert_eq!(anonymous(app).await, Vec::<String>::new(), "the day is not over");
    app.advance(ONE_DAY);
    assert_eq!(
        anonymous(app).await,
        Vec::<String>::new(),
        "12:00 UTC the day after: it is still the 30th somewhere"
    );
    app.advance(Duration::from_secs(3600));
    assert_eq!(anonymous(app).await, ["EMAIL_OPEN 12: 8-30..8-30 12"], "nine clicks are withheld");
    seen_by_nobody(app, 4, 1).await;
    app.advance(ONE_DAY);
    let clicks = "EMAIL_CLICK 10: 8-30..8-31 10";
    assert_eq!(anonymous(app).await, ["EMAIL_OPEN 12: 8-30..8-30 12", clicks], "four opens are withheld");
    seen_by_nobody(app, 6, 0).await;
    app.advance(ONE_DAY);
    assert_eq!(anonymous(app).await, ["EMAIL_OPEN 22: 8-30..8-30 12 8-31..9-1 10", clicks]);
    // They are in no other figure, and no policy of later changes them.
    judged_by(app, "strict").await;
    assert_eq!(anonymous(app).await, ["EMAIL_OPEN 22: 8-30..8-30 12 8-31..9-1 10", clicks]);
    assert_eq!(total(app, "spring").await, "0 | 0+0: 0 0 | 0+0: 0 0 | 0+0: 0 0 | 0 0");
}

#[apply(every_app)]
async fn a_report_is_for_those_who_may_read(app: &TestApp) {
    under(app, "legacy").await;
    let key = app.key(&app.ours().id, "record,plan").await;
    let tracker = app.client().with_key(Some(&key));
    let asked = v1::GetCampaignReportRequest { campaign_id: marks::id("spring"), days: None };
    let refused = tracker.interactions().get_campaign_report(asked).await;
    assert_eq!(refused.expect_err("it only records").code(), Code::PermissionDenied);
}
