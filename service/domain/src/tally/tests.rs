//! What is counted, of whom, on which day.

mod laws;

use std::collections::BTreeMap;

use super::{Cell, DayRange, Measure, Report, SHOWN_BY_MESSAGES, Share, last_closed};
use crate::answer::Answer;
use crate::ceiling::{Ceiling, Ceilings};
use crate::context::{CampaignInPlay, Context, MessageInPlay};
use crate::id::{CampaignId, GoalId, InteractionId, MessageId, ProfileId};
use crate::interaction::InteractionKind::{EmailClick, EmailOpen, SmsClick, TransactionGoal};
use crate::interaction::{Currency, Money, Reported, What};
use crate::message::{Channel, Message, MessageClass, SendingBasis};
use crate::mode::{LinkMode, PixelMode, Sent};
use crate::policy::{Applicable, Policy};
use crate::scene::{IDENTIFIED, Someone, campaign, day, message, of, paris, pixel, policy, website};
use crate::scope::Coverage;
use crate::time::{Day, Instant, Zone};
use crate::verdict::{Case, Life, Person, Unjudged, Use, judge};

const AT: &str = "2026-11-02 23:30:00";

fn granted() -> Someone {
    Someone::unknown().grants(paris("2026-11-01 00:00:00"))
}

fn refused() -> Someone {
    Someone::unknown().says(Answer::Refuse, Coverage::TRACKING, paris("2026-11-01 00:00:00"))
}

fn reported(what: What) -> Reported {
    Reported {
        id: InteractionId([1; 16]),
        occurred_at: paris(AT),
        profile: ProfileId::new("somebody").ok(),
        what,
        campaign: CampaignId::new("named").ok(),
        automated: false,
        functional: false,
        device: None,
    }
}

fn message_id() -> MessageId {
    MessageId::new("m").unwrap()
}

fn open() -> What {
    What::EmailOpen { message: message_id() }
}

/// What the share of it adds.
fn adds(
    someone: Option<&Someone>,
    policy: &Policy,
    context: Context<'_>,
    reported: Reported,
) -> Option<Share> {
    let history = someone.map(Someone::history);
    let case = Case {
        asked_for: Use::Record,
        context,
        sent: IDENTIFIED,
        person: history.as_ref().map(|history| Person { life: Life::NeverErased, history }),
        policies: Applicable::of(policy),
        table_zone: &Zone::utc(),
        now: paris("2026-11-04 00:30:00"),
    };
    Share::of(&judge(Unjudged::new(reported), &case), &case)
}

/// The kinds of which a send to somebody is trackable.
fn trackable(someone: &Someone, policy: &Policy, context: Context<'_>, sent: Sent) -> Vec<Measure> {
    let reported = reported(What::Send { message: message_id(), sent });
    let share = adds(Some(someone), policy, context, reported.clone()).unwrap();
    let (_, adds) = share.of_row(&reported, false);
    assert!(adds.iter().flatten().all(|(_, amount)| *amount == 1));
    let mut measures: Vec<Measure> = adds.into_iter().flatten().map(|(measure, _)| measure).collect();
    assert_eq!(measures.remove(0), Measure::Sent);
    measures
}

fn newsletter() -> Message {
    message(MessageClass::Marketing, SendingBasis::Consent)
}

#[test]
fn a_send_is_trackable_for_what_would_be_recorded_if_it_came_back_now() {
    let (fr, mail) = (policy("fr-cnil-2026"), newsletter());
    let all = [EmailOpen, EmailClick].map(Measure::Trackable);
    let shows = |someone: &Someone, sent: Sent| trackable(someone, &fr, of(&mail), sent);
    assert_eq!(shows(&granted(), IDENTIFIED), all);
    assert_eq!(shows(&refused(), IDENTIFIED), [], "sent, and not trackable");
    assert_eq!(shows(&Someone::unknown(), IDENTIFIED), []);
    // An unknown mode sets no ceiling.
    assert_eq!(shows(&granted(), Sent::default()), all);
    let dark = Sent { pixel: Some(PixelMode::None), links: Some(LinkMode::Plain) };
    assert_eq!(shows(&granted(), dark), []);
    for mode in [PixelMode::None, PixelMode::Shared, PixelMode::ExemptLastOpen] {
        assert_eq!(shows(&granted(), pixel(mode)), all[1..], "{}", mode.name());
    }
    let plain = Sent { links: Some(LinkMode::Plain), ..IDENTIFIED };
    assert_eq!(shows(&granted(), plain), all[..1]);
}

// Qualifio 2
#[test]
fn nothing_is_trackable_under_a_ceiling_never() {
    let (fr, mail) = (policy("fr-cnil-2026"), newsletter());
    let under = |ceilings| {
        let website = website("FR", ceilings);
        let message = Some(MessageInPlay { message: &mail, website: Some(&website), campaign: None });
        trackable(&granted(), &fr, Context { message, ..Context::default() }, IDENTIFIED)
    };
    assert_eq!(under(Ceilings::all(Ceiling::Never)), []);
    let no_opens = Ceilings::default().with(EmailOpen, Ceiling::Never);
    assert_eq!(under(no_opens), [Measure::Trackable(EmailClick)]);
}

#[test]
fn an_sms_shows_clicks_on_its_links_alone_and_mail_that_asks_shows_nothing() {
    let fr = policy("fr-cnil-2026");
    let sms = Message { channel: Channel::Sms, ..newsletter() };
    assert_eq!(trackable(&granted(), &fr, of(&sms), IDENTIFIED), [Measure::Trackable(SmsClick)]);
    let asking = message(MessageClass::ConsentRequest, SendingBasis::Consent);
    assert_eq!(trackable(&granted(), &fr, of(&asking), IDENTIFIED), []);
    let undeclared = trackable(&granted(), &fr, Context::default(), IDENTIFIED);
    assert_eq!(undeclared, [EmailOpen, EmailClick].map(Measure::Trackable), "as a plan has it");
}

#[test]
fn a_row_counts_for_the_campaign_it_names_else_for_its_messages_else_for_none() {
    let fr = policy("fr-cnil-2026");
    let mail = Message { campaign: CampaignId::new("of the message").ok(), ..newsletter() };
    let campaign_of = |someone: &Someone, context: Context<'_>, named| {
        let reported = Reported { campaign: named, ..reported(open()) };
        let share = adds(Some(someone), &fr, context, reported);
        share.map(|share| share.into_place().0.as_str().to_owned())
    };
    let named = || CampaignId::new("named").ok();
    assert_eq!(campaign_of(&granted(), of(&mail), named()).as_deref(), Some("named"), "undeclared");
    assert_eq!(campaign_of(&granted(), of(&mail), None).as_deref(), Some("of the message"));
    assert_eq!(campaign_of(&granted(), of(&newsletter()), None), None);
    // Actito 6: what may not be recorded is counted nowhere.
    assert_eq!(campaign_of(&refused(), of(&mail), named()), None);
}

#[test]
fn a_row_counts_on_the_day_it_occurred_on_by_the_policy_that_decided() {
    let day_of =
        |id| adds(Some(&granted()), &policy(id), Context::default(), reported(open())).unwrap().day();
    assert_eq!(day_of("fr-cnil-2026"), day("2026-11-02"));
    let after_midnight = Reported { occurred_at: paris("2026-11-03 00:30:00"), ..reported(open()) };
    let day_of = |id| {
        let share = adds(Some(&granted()), &policy(id), Context::default(), after_midnight.clone());
        share.unwrap().day()
    };
    assert_eq!(day_of("fr-cnil-2026"), day("2026-11-03"));
    assert_eq!(day_of("strict"), day("2026-11-02"), "the table's zone is UTC");
}

#[test]
fn what_is_counted_anonymously_counts_on_the_day_of_counting_for_a_declared_campaign_alone() {
    let (fr, mail, campaign) = (policy("fr-cnil-2026"), newsletter(), campaign(Ceiling::Default));
    let in_play = Some(CampaignInPlay { campaign: &campaign, website: None });
    let message = Some(MessageInPlay { message: &mail, website: None, campaign: in_play });
    let nobodys = || Reported { profile: None, ..reported(open()) };
    let share = adds(None, &fr, Context { message, ..Context::default() }, nobodys()).unwrap();
    assert_eq!(share.into_place(), (campaign.id.clone(), day("2026-11-04")), "it occurred on the 2nd");
    assert_eq!(adds(None, &fr, of(&mail), nobodys()), None, "it names a campaign that nobody declared");
}

#[test]
fn a_machine_is_counted_apart_and_earns_nothing() {
    let amount = Some(Money { minor_units: 4_990, currency: Currency::new("EUR").unwrap() });
    let goal = GoalId::new("sale").unwrap();
    let bought = What::TransactionGoal { goal, amount, order: None, website: None, message: None };
    let share =
        adds(Some(&granted()), &policy("strict"), Context::default(), reported(bought.clone())).unwrap();
    let added = |automated| -> Vec<(Measure, i64)> {
        share.clone().of_row(&reported(bought.clone()), automated).1.into_iter().flatten().collect()
    };
    let revenue = Measure::Revenue(Currency::new("EUR").unwrap());
    assert_eq!(added(false), [(Measure::Human(TransactionGoal), 1), (revenue, 4_990)]);
    assert_eq!(added(true), [(Measure::Automated(TransactionGoal), 1)]);
}

#[test]
fn a_day_is_closed_when_it_is_over_everywhere_and_an_hour_more() {
    let at = |text: &str| crate::scene::clock("UTC", text);
    assert_eq!(last_closed(at("2026-11-04 12:59:59.999999")), Some(day("2026-11-02")));
    assert_eq!(last_closed(at("2026-11-04 13:00:00")), Some(day("2026-11-03")));
    assert_eq!(last_closed(Instant::MIN), None);
}

#[test]
fn a_report_adds_up_all_days_and_tells_those_that_are_wanted() {
    let cell = |day, measure, amount| Cell { day, measure, amount };
    let on = |text| Some(day(text));
    let cells = [
        cell(None, Measure::Sent, 5),
        cell(on("2026-11-01"), Measure::Sent, 2),
        cell(on("2026-11-02"), Measure::Human(EmailOpen), 3),
        cell(on("2026-11-09"), Measure::Human(EmailOpen), 4),
        cell(on("2026-11-01"), Measure::Automated(EmailOpen), -1),
        cell(on("2026-11-01"), Measure::Anonymous(EmailOpen), 12),
    ];
    let wanted = DayRange::new(day("2026-11-01"), day("2026-11-02"));
    let report = Report::of(&cells, wanted, paris("2026-11-20 00:00:00"));
    assert_eq!((report.total.count(Measure::Sent), report.total.count(Measure::Human(EmailOpen))), (7, 7));
    let days: Vec<Day> = report.days.keys().copied().collect();
    assert_eq!(days, [day("2026-11-01"), day("2026-11-02")]);
    assert_eq!(report.days[&days[0]].count(Measure::Automated(EmailOpen)), 0, "never less than none");
    let kinds: Vec<_> = report.anonymous.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, SHOWN_BY_MESSAGES);
    assert_eq!(report.anonymous[0].1.len(), 1);
    assert!(Report::of(&cells, None, paris("2026-11-20 00:00:00")).days.is_empty());
}

#[test]
fn a_range_is_of_one_day_to_four_hundred() {
    let first = day("2026-01-01");
    let until = |last: i64| DayRange::new(first, Day::numbered(first.number() + last).unwrap());
    assert!(until(-1).is_none() && until(0).is_some());
    assert!(until(399).is_some() && until(400).is_none());
}

#[test]
fn what_has_not_reached_the_threshold_is_withheld_and_told_with_what_follows() {
    let counts =
        [("2026-11-01", 4), ("2026-11-02", 5), ("2026-11-05", 3), ("2026-11-06", 20), ("2026-11-07", 9)];
    let counts: BTreeMap<Day, u64> = counts.into_iter().map(|(text, count)| (day(text), count)).collect();
    let told = |closed: &str| {
        let told = super::publish(&counts, Some(day(closed)), super::THRESHOLD);
        told.into_iter().map(|p| format!("{}..{} {}", p.first, p.last, p.count)).collect::<Vec<_>>()
    };
    assert_eq!(told("2026-11-04"), Vec::<String>::new());
    assert_eq!(told("2026-11-05"), ["2026-11-01..2026-11-05 12"]);
    let both = ["2026-11-01..2026-11-05 12", "2026-11-06..2026-11-06 20"];
    assert_eq!(told("2026-11-06"), both);
    assert_eq!(told("2026-12-31"), both, "nine wait for one more");
    assert_eq!(super::publish(&counts, None, super::THRESHOLD), []);
}
