//! What is declared, and what people said: ours to keep, so that no canary stands in it.

use assent_proto::v1::{
    self, Answer, Basis, Ceiling, Channel, LinkMode, MessageClass, PixelMode, SendingBasis,
    upsert_consents_item::Event,
};
use assent_service::clock::{Clock, SystemClock};
use assent_tests::{marks, story};

use super::caller::{Caller, patiently};
use super::ground::Ground;

pub(super) const HOUR: i64 = 3_600_000_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// The tables of the first tenant, named by their policies. The second one has those of [`TIGHTENED`].
pub(super) const TABLES: [&str; 4] = ["strict", "fr-cnil-2026", "it-garante-2026", "legacy"];

/// The one where opens are exempt.
pub(super) const FRENCH: &str = TABLES[1];

/// Mail that the people asked for.
pub(super) const RECEIPT: &str = "receipt";

/// Whose last-open day is moved: somebody there who refused.
pub(super) const LAST_OPENER: &str = "lou";

/// The campaigns of the first tenant.
pub(super) const CAMPAIGNS: [&str; 4] = ["spring", "closed", "shared", "asked"];

/// The tables of the tenant whose policies are overridden.
pub(super) const TIGHTENED: [&str; 2] = ["strict", "legacy"];

/// Who may call.
#[derive(Clone, Debug)]
pub(super) struct World {
    /// Every role of the first tenant.
    pub(super) shop: String,
    /// The first tenant's trackers: the role `record` alone.
    pub(super) tracker: String,
    /// Every role of the tenant that has overrides.
    pub(super) tight: String,
    /// The text that people are shown.
    pub(super) notice: Vec<u8>,
}

/// The server's now, in microseconds.
pub(super) fn now() -> i64 {
    SystemClock::new().now().micros()
}

/// Declares everything, and has people say what they say.
pub(super) async fn settle(ground: &Ground) -> World {
    let every = "record,plan,consent,read,settings,privacy";
    let (shop, tight) = (ground.key("shop", every), ground.key("tight", every));
    let tracker = ground.key("shop", "record");
    let ours = ground.caller(&shop);
    for table in TABLES {
        put_table(&ours, table).await;
    }
    declare(&ours).await;
    let notice = put_notice(&ours).await;
    for table in TABLES {
        say(&ours, table, no("rita", Answer::Refuse)).await;
        say(&ours, table, no(LAST_OPENER, Answer::Refuse)).await;
        say(&ours, table, no("olga", Answer::Object)).await;
        say(&ours, table, yes("gina", now() - DAY, &notice)).await;
        say(&ours, table, yes("wim", now() - DAY, &notice)).await;
        say(&ours, table, no("wim", Answer::Withdraw)).await;
        say(&ours, table, yes("lara", now() - HOUR, &notice)).await;
        say(&ours, table, yes("pia", now() - DAY, &notice)).await;
    }
    say(&ours, "strict", of(yes("sam", now() - DAY, &notice), &[v1::Scope::EmailOpen])).await;
    let but_devices = [
        v1::Scope::EmailOpen,
        v1::Scope::EmailClick,
        v1::Scope::SmsClick,
        v1::Scope::WebsiteVisit,
        v1::Scope::TransactionGoal,
    ];
    say(&ours, "strict", of(yes("dora", now() - DAY, &notice), &but_devices)).await;
    assumed_of_a_german(&ours).await;
    for table in TABLES {
        // Without a pixel and with plain links, to somebody who granted everything.
        sent(&ours, table, "pia", "plain", PixelMode::None, LinkMode::Plain).await;
    }
    for who in ["rita", LAST_OPENER] {
        // As the law lets it be seen that somebody opens it who refused.
        sent(&ours, FRENCH, who, RECEIPT, PixelMode::ExemptLastOpen, LinkMode::Plain).await;
    }

    let theirs = ground.caller(&tight);
    tighten(&theirs).await;
    let notice_too = put_notice(&theirs).await;
    say(&theirs, "strict", yes("ed", now() - 40 * DAY, &notice_too)).await;
    World { shop, tracker, tight, notice }
}

async fn put_table(caller: &Caller, policy: &str) {
    let table = story::profile_table(policy.to_owned(), "ours");
    let table = v1::ProfileTable { policy_id: Some(policy.to_owned()), ..table };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    caller.settings().put_profile_table(put).await.expect("a table is stored");
}

async fn put_notice(caller: &Caller) -> Vec<u8> {
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let stored = caller.consents().put_notice(put).await.expect("a text is stored").into_inner();
    stored.notice.expect("the text").id
}

/// Websites and campaigns of each ceiling, a mail of each of those, and mails that carry no tracking at all.
async fn declare(caller: &Caller) {
    let mut settings = caller.settings();
    let ceilings =
        [("closed", Ceiling::Never), ("shared", Ceiling::Anonymous), ("asked", Ceiling::Consented)];
    put_campaign(caller, "spring", Ceiling::Default).await;
    put_mail(caller, "spring mail", |mail| mail.campaign_id = Some("spring".to_owned())).await;
    put_mail(caller, RECEIPT, |mail| {
        mail.class = MessageClass::Transactional.into();
        mail.basis = SendingBasis::RequestedService.into();
    })
    .await;
    for (id, ceiling) in ceilings {
        let every = ceiling.into();
        let of_kinds = v1::WebsiteCeilings {
            email_open: every,
            email_click: every,
            sms_click: every,
            website_visit: every,
            transaction_goal: every,
        };
        let website = v1::Website { id: id.to_owned(), ceilings: Some(of_kinds), ..v1::Website::default() };
        let put = v1::PutWebsiteRequest { website: Some(website) };
        settings.put_website(put).await.expect("a website is stored");
        put_campaign(caller, id, ceiling).await;
        put_mail(caller, &format!("{id} website"), |mail| mail.website_id = Some(id.to_owned())).await;
        put_mail(caller, &format!("{id} campaign"), |mail| mail.campaign_id = Some(id.to_owned())).await;
        put_mail(caller, &format!("{id} mail"), |mail| mail.ceiling = every).await;
    }
    put_mail(caller, "mail", |mail| mail.functional_link_ids = vec!["unsubscribe".to_owned()]).await;
    put_mail(caller, "plain", |_| {}).await;
    put_mail(caller, "asking", |mail| mail.class = MessageClass::ConsentRequest.into()).await;
}

async fn put_campaign(caller: &Caller, id: &str, ceiling: Ceiling) {
    let campaign = v1::Campaign { id: id.to_owned(), ceiling: ceiling.into(), ..v1::Campaign::default() };
    let put = v1::PutCampaignRequest { campaign: Some(campaign) };
    caller.settings().put_campaign(put).await.expect("a campaign is stored");
}

async fn put_mail(caller: &Caller, id: &str, but: impl FnOnce(&mut v1::Message)) {
    let mut message = v1::Message {
        id: id.to_owned(),
        channel: Channel::Email.into(),
        class: MessageClass::Marketing.into(),
        basis: SendingBasis::Consent.into(),
        ..v1::Message::default()
    };
    but(&mut message);
    let put = v1::PutMessageRequest { message: Some(message) };
    caller.settings().put_message(put).await.expect("a message is stored");
}

/// Overrides: without an answer nothing is permitted under `legacy`, and a grant under `strict` holds for thirty days.
async fn tighten(caller: &Caller) {
    for table in TIGHTENED {
        put_table(caller, table).await;
    }
    let denied = v1::PolicyOverride { unanswered_denied: Some(true), ..v1::PolicyOverride::default() };
    let short = v1::PolicyOverride { expires_after_days: Some(30), ..v1::PolicyOverride::default() };
    for (base, tightened) in [("legacy", denied), ("strict", short)] {
        let (id, base_policy_id) = (format!("tight {base}"), base.to_owned());
        let tightened = v1::PolicyOverride { id, base_policy_id, ..tightened };
        let put = v1::PutPolicyOverrideRequest { policy_override: Some(tightened) };
        caller.settings().put_policy_override(put).await.expect("an override is stored");
    }
}

fn item(who: &str, event: Option<Event>, facts: Option<v1::ProfileFacts>) -> v1::UpsertConsentsItem {
    v1::UpsertConsentsItem { profile: Some(v1::ProfileKey { id: who.to_owned() }), facts, event }
}

/// A full grant of tracking.
pub(super) fn yes(who: &str, at: i64, notice: &[u8]) -> v1::UpsertConsentsItem {
    let evidence = story::evidence(notice, "ours");
    let told = story::item(who, Answer::Grant, at, Some(evidence));
    item(who, told.event, None)
}

/// Something else than a grant, of tracking as a whole.
pub(super) fn no(who: &str, answer: Answer) -> v1::UpsertConsentsItem {
    let given =
        v1::AnswerGiven { answer: answer.into(), coverage: story::tracking(), ..v1::AnswerGiven::default() };
    item(who, Some(Event::Answer(given)), None)
}

/// The same of those scopes alone.
pub(super) fn of(mut item: v1::UpsertConsentsItem, scopes: &[v1::Scope]) -> v1::UpsertConsentsItem {
    if let Some(Event::Answer(given)) = &mut item.event {
        let scopes = scopes.iter().map(|scope| i32::from(*scope)).collect();
        let tracking = Some(v1::coverage::Tracking::Scopes(v1::ScopeList { scopes }));
        given.coverage = Some(v1::Coverage { marketing: false, tracking });
    }
    item
}

/// A TRUE that was assumed under `legacy`, of somebody in Germany: no consent there.
async fn assumed_of_a_german(caller: &Caller) {
    let evidence = v1::Evidence {
        method: Some("campaign of spring".to_owned()),
        source: story::form("ours"),
        ..v1::Evidence::default()
    };
    let given = v1::AnswerGiven {
        answer: Answer::Grant.into(),
        basis: Basis::Assumed.into(),
        coverage: story::tracking(),
        decided_at: Some(story::timestamp(now() - DAY)),
        evidence: Some(evidence),
    };
    say(caller, "legacy", item("gerd", Some(Event::Answer(given)), None)).await;
    let (jurisdiction, source) = (Some("DE".to_owned()), story::form("ours"));
    let facts = v1::ProfileFacts { jurisdiction, source, ..v1::ProfileFacts::default() };
    say(caller, "legacy", item("gerd", None, Some(facts))).await;
}

/// Reports that a mail went out to somebody in that table, long ago.
async fn sent(caller: &Caller, table: &str, who: &str, message: &str, pixel: PixelMode, links: LinkMode) {
    let sent = v1::MessageSent { message_id: message.to_owned(), pixel: pixel.into(), links: links.into() };
    let send = v1::Interaction {
        interaction_id: marks::uuid(),
        occurred_at: Some(story::timestamp(now() - 60 * DAY)),
        profile: Some(v1::ProfileKey { id: who.to_owned() }),
        what: Some(v1::interaction::What::Send(sent)),
        ..v1::Interaction::default()
    };
    caller.record(table, vec![send]).await;
}

/// Has somebody say something, which must be accepted.
pub(super) async fn say(caller: &Caller, table: &str, item: v1::UpsertConsentsItem) {
    let request = v1::UpsertConsentsRequest { profile_table: table.to_owned(), ..story::batch(vec![item]) };
    let answer = patiently(async || {
        caller.consents().upsert_consents(request.clone()).await.map(tonic::Response::into_inner)
    });
    for result in answer.await.results {
        let stored = matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_)));
        assert!(stored, "{table}: {result:?}");
    }
}
