//! Words to tell a test's story in: tables, people, and what people said.
//!
//! All ids are marked, and both tenants of a test app know the same ones.

use assent_proto::v1;

use crate::client::Client;
use crate::marks;

/// People that both tenants know; a test may know more.
pub const PEOPLE: [&str; 5] = ["anna", "bruno", "chloe", "dario", "elena"];

/// The id of the profile table that every test app has.
#[must_use]
pub fn people() -> String {
    marks::id("people")
}

/// The text that people are shown; `words` tells one text from another.
#[must_use]
pub fn notice_text(words: &str) -> String {
    format!(
        "We would like to know which of our messages you read. You can change your mind at any time. {words}"
    )
}

/// A profile table under the `strict` policy, with a controller, so that a grant can be stored.
#[must_use]
pub fn profile_table(id: String, words: &str) -> v1::ProfileTable {
    let controller = v1::Controller {
        name: format!("Shop {words}"),
        address: "1 High Street".to_owned(),
        contact: "privacy office".to_owned(),
    };
    v1::ProfileTable {
        id,
        controller: Some(controller),
        policy_id: None,
        zone: "Europe/Brussels".to_owned(),
        ..v1::ProfileTable::default()
    }
}

/// The person that a word names.
#[must_use]
pub fn person(word: &str) -> Option<v1::ProfileKey> {
    Some(v1::ProfileKey { id: marks::id(word) })
}

/// Marketing and every scope of tracking.
#[must_use]
pub fn everything() -> Option<v1::Coverage> {
    Some(v1::Coverage {
        marketing: true,
        tracking: Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})),
    })
}

/// Every scope of tracking.
#[must_use]
pub fn tracking() -> Option<v1::Coverage> {
    Some(v1::Coverage {
        marketing: false,
        tracking: Some(v1::coverage::Tracking::AllScopes(v1::AllScopes {})),
    })
}

/// The form where people answer.
#[must_use]
pub fn form(words: &str) -> Option<v1::Source> {
    let (name, version) = (Some(format!("newsletter form {words}")), Some("3".to_owned()));
    Some(v1::Source { kind: v1::SourceKind::Form.into(), name, version })
}

/// All the evidence that any built-in policy asks for, but the time of the decision.
#[must_use]
pub fn evidence(notice: &[u8], words: &str) -> v1::Evidence {
    v1::Evidence {
        method: Some("checkbox".to_owned()),
        source: form(words),
        notice_id: Some(notice.to_vec()),
        language: Some("fr-BE".to_owned()),
        actor: Some(format!("web user {words}")),
        proof_reference: None,
    }
}

/// One answer of one person, said at an instant (microseconds since 1970).
#[must_use]
pub fn item(
    who: &str,
    answer: v1::Answer,
    at: i64,
    evidence: Option<v1::Evidence>,
) -> v1::UpsertConsentsItem {
    let said = v1::AnswerGiven {
        answer: answer.into(),
        coverage: tracking(),
        decided_at: Some(timestamp(at)),
        basis: if answer == v1::Answer::Grant { v1::Basis::Explicit.into() } else { 0 },
        evidence,
    };
    let event = Some(v1::upsert_consents_item::Event::Answer(said));
    v1::UpsertConsentsItem { profile: person(who), facts: None, event }
}

/// A batch for the table [`people`], with a `request_id` of its own.
#[must_use]
pub fn batch(items: Vec<v1::UpsertConsentsItem>) -> v1::UpsertConsentsRequest {
    v1::UpsertConsentsRequest {
        profile_table: people(),
        items,
        request_id: marks::uuid(),
        validate_only: false,
        origin: None,
    }
}

/// A message of an import.
#[must_use]
pub const fn import(message: v1::import_consents_request::Message) -> v1::ImportConsentsRequest {
    v1::ImportConsentsRequest { message: Some(message) }
}

/// What an import of that id into the table [`people`] begins with.
#[must_use]
pub fn import_header(id: &str) -> v1::ImportHeader {
    let source = v1::ImportSource { name: Some("CRM".to_owned()), version: Some("11".to_owned()) };
    v1::ImportHeader {
        import_id: marks::id(id),
        profile_table: people(),
        source: Some(source),
        origin: None,
        dry_run: false,
    }
}

/// A line about a person, with what it says of them.
#[must_use]
pub fn import_line(
    line: u64,
    who: &str,
    events: impl IntoIterator<Item = v1::import_event::Event>,
) -> v1::ImportLine {
    let events = events.into_iter().map(|event| v1::ImportEvent { event: Some(event) }).collect();
    v1::ImportLine { line, profile: person(who), facts: None, events }
}

/// An instant on the wire, from microseconds since 1970.
#[must_use]
pub const fn timestamp(micros: i64) -> prost_types::Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "less than a thousand million")]
    let nanos = (micros.rem_euclid(1_000_000) * 1_000) as i32;
    prost_types::Timestamp { seconds: micros.div_euclid(1_000_000), nanos }
}

/// Gives a tenant its table, its notice, and a grant of each of [`PEOPLE`]; `words` stand in every text.
/// Returns the notice's id. At the end nothing waits to be numbered.
///
/// # Panics
/// When the service does not take it.
pub async fn settle_in(client: &Client, words: &str) -> Vec<u8> {
    let table = v1::PutProfileTableRequest { profile_table: Some(profile_table(people(), words)) };
    client.settings().put_profile_table(table).await.expect("a table is stored");
    let notice = v1::PutNoticeRequest { text: notice_text(words) };
    let notice = client.consents().put_notice(notice).await.expect("a notice is stored").into_inner();
    let notice = notice.notice.expect("the stored notice").id;
    let yes = |who: &&str| {
        let at = crate::app::START - 86_400_000_000;
        item(who, v1::Answer::Grant, at, Some(evidence(&notice, words)))
    };
    let answer = client.consents().upsert_consents(batch(PEOPLE.iter().map(yes).collect())).await;
    for result in answer.expect("a batch is answered").into_inner().results {
        let stored = matches!(result.result, Some(v1::upsert_consents_result::Result::Outcome(_)));
        assert!(stored, "a full grant is stored: {result:?}");
    }
    number_everything(client).await;
    notice
}

/// A website, ceilings and all.
#[must_use]
pub fn website(id: String) -> v1::Website {
    let ceilings = v1::WebsiteCeilings {
        email_open: v1::Ceiling::Never.into(),
        email_click: v1::Ceiling::Anonymous.into(),
        sms_click: v1::Ceiling::Consented.into(),
        website_visit: v1::Ceiling::Default.into(),
        transaction_goal: v1::Ceiling::Never.into(),
    };
    v1::Website { id, country: Some("FR".to_owned()), ceilings: Some(ceilings), ..v1::Website::default() }
}

/// A campaign of the website `site`.
#[must_use]
pub fn campaign(id: String) -> v1::Campaign {
    let ceiling = v1::Ceiling::Consented.into();
    v1::Campaign { id, website_id: Some(marks::id("site")), ceiling, ..v1::Campaign::default() }
}

/// An email of the campaign `spring` that leads to the website `site`; `words` is one of its functional links.
#[must_use]
pub fn message(id: String, words: &str) -> v1::Message {
    v1::Message {
        id,
        channel: v1::Channel::Email.into(),
        class: v1::MessageClass::Marketing.into(),
        basis: v1::SendingBasis::Consent.into(),
        campaign_id: Some(marks::id("spring")),
        website_id: Some(marks::id("site")),
        ceiling: v1::Ceiling::Anonymous.into(),
        functional_link_ids: vec![marks::id("unsubscribe"), words.to_owned()],
        ..v1::Message::default()
    }
}

/// Declares the website `site`, its campaign `spring` and the campaign's message `mail`.
///
/// # Panics
/// When the service does not take them.
pub async fn declare(client: &Client, words: &str) {
    let mut settings = client.settings();
    let website = v1::PutWebsiteRequest { website: Some(website(marks::id("site"))) };
    settings.put_website(website).await.expect("a website is stored");
    let campaign = v1::PutCampaignRequest { campaign: Some(campaign(marks::id("spring"))) };
    settings.put_campaign(campaign).await.expect("a campaign is stored");
    let message = v1::PutMessageRequest { message: Some(message(marks::id("mail"), words)) };
    settings.put_message(message).await.expect("a message is stored");
}

/// That person's consent records, oldest first.
///
/// # Panics
/// When the service does not tell them, or not all on one page.
pub async fn records(client: &Client, who: &str) -> Vec<v1::ConsentRecord> {
    let request = v1::ListConsentRecordsRequest {
        profile_table: people(),
        profile: person(who),
        ..v1::ListConsentRecordsRequest::default()
    };
    let page = client.consents().list_consent_records(request).await.expect("a history is told").into_inner();
    assert_eq!(page.next_page_token, None, "one page holds them");
    page.records
}

/// Waits until nothing that was written before waits for its number.
///
/// # Panics
/// When the feed does not answer.
pub async fn number_everything(client: &Client) {
    let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Latest.into()));
    client
        .changes()
        .get_cursor(v1::GetCursorRequest { start, filter: None })
        .await
        .expect("the feed answers");
    let position = Some(v1::read_interactions_request::Position::Edge(v1::CursorEdge::Latest.into()));
    let latest = v1::ReadInteractionsRequest { position, ..v1::ReadInteractionsRequest::default() };
    client.interactions().read_interactions(latest).await.expect("the feed answers");
}
