//! Messages: declared before they are planned or sent, and fixed from then on.

use std::time::Duration;

use assent_domain::id::{MessageId, TenantId};
use assent_service::clock::Clock;
use assent_store::{Store, StoreOptions};
use assent_tests::app::TestApp;
use assent_tests::{apply, every_app, marks};
use tonic::Code;

use super::*;

async fn put(client: &Client, message: v1::Message) -> Result<v1::Message, Status> {
    let put = v1::PutMessageRequest { message: Some(message) };
    let answer = client.settings().put_message(put).await?.into_inner();
    Ok(answer.message.expect("the message as it is stored"))
}

async fn get(client: &Client, id: &str) -> Result<v1::Message, Status> {
    let request = v1::GetMessageRequest { id: id.to_owned() };
    let answer = client.settings().get_message(request).await?.into_inner();
    Ok(answer.message.expect("the message"))
}

async fn list(client: &Client, page_token: Option<String>) -> Result<v1::ListMessagesResponse, Status> {
    let request = v1::ListMessagesRequest { page_size: 2, page_token };
    Ok(client.settings().list_messages(request).await?.into_inner())
}

fn mail() -> v1::Message {
    story::message(marks::id("mail"), &marks::id("withdraw"))
}

/// What the first send of a message does to it.
async fn send(app: &TestApp, word: &str) {
    let store = Store::connect(&StoreOptions::new(app.database().url())).await.expect("the app's store");
    let tenant = TenantId::new(&app.ours().id).expect("a tenant");
    let message = MessageId::new(marks::id(word)).expect("a message");
    store.fix_messages(&tenant, &[message].into(), app.clock().now()).await.expect("it is fixed");
    store.close().await;
}

fn is_fixed(refused: &Status) -> bool {
    (refused.code(), reason(refused).as_str()) == (Code::FailedPrecondition, "MESSAGE_FIXED")
}

#[apply(every_app)]
async fn a_message_reads_as_it_was_put_though_nobody_declared_what_it_names(app: &TestApp) {
    let client = app.client();
    let stored = put(client, mail()).await.expect("a message is stored");
    let expected =
        v1::Message { etag: stored.etag.clone(), version: 1, recorded_at: stored.recorded_at, ..mail() };
    assert!(stored.etag.is_some() && stored.recorded_at.is_some() && stored.fixed_at.is_none());
    assert_eq!(stored, expected);
    assert_eq!(get(client, &mail().id).await.expect("the message"), stored);
    let unknown = get(client, &marks::id("gone")).await.expect_err("no message");
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "MESSAGE_UNKNOWN"));
}

#[apply(every_app)]
async fn every_channel_class_and_basis_can_be_declared(app: &TestApp) {
    let client = app.client();
    for class in 1..=6 {
        let (channel, basis) = (1 + class % 2, 1 + class % 5);
        let id = marks::id(&format!("class {class}"));
        let sent = v1::Message { id, channel, class, basis, ..v1::Message::default() };
        let stored = put(client, sent).await.expect("a message is stored");
        assert_eq!((stored.channel, stored.class, stored.basis), (channel, class, basis));
    }
}

fn told(class: v1::MessageClass, notice: &[u8]) -> v1::Message {
    v1::Message {
        class: class.into(),
        coverage: story::everything(),
        notice_id: Some(notice.to_vec()),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(false),
        justification: Some("the post was on strike".to_owned()),
        ..mail()
    }
}

async fn text(client: &Client) -> Vec<u8> {
    let put = v1::PutNoticeRequest { text: story::notice_text("ours") };
    let stored = client.consents().put_notice(put).await.expect("a text is stored").into_inner();
    stored.notice.expect("the text").id
}

#[apply(every_app)]
async fn what_a_message_tells_or_asks_reads_as_it_was_put(app: &TestApp) {
    let client = app.client();
    let text = text(client).await;
    let scopes = vec![v1::Scope::EmailClick.into(), v1::Scope::Device.into()];
    let tracking = Some(v1::coverage::Tracking::Scopes(v1::ScopeList { scopes }));
    let whole = told(v1::MessageClass::Notice, &text);
    let request = v1::Message {
        id: marks::id("question"),
        class: v1::MessageClass::ConsentRequest.into(),
        coverage: Some(v1::Coverage { marketing: false, tracking }),
        notice_id: Some(text.clone()),
        ..mail()
    };
    let bare = v1::Message { id: marks::id("bare"), class: v1::MessageClass::Notice.into(), ..mail() };
    for sent in [whole, request, bare] {
        let stored = put(client, sent.clone()).await.expect("a message is stored");
        let v1::Message { etag, recorded_at, .. } = stored.clone();
        assert_eq!(stored, v1::Message { etag, version: 1, recorded_at, ..sent.clone() });
        assert_eq!(get(client, &sent.id).await.expect("the message"), stored);
    }
}

#[apply(every_app)]
async fn a_message_of_another_class_has_nothing_to_tell(app: &TestApp) {
    let client = app.client();
    let text = text(client).await;
    let of_notices = ["message.conditions_unchanged", "message.justification", "message.withdrawal_offered"];
    let all =
        ["message.conditions_unchanged", "message.coverage", "message.justification", "message.notice_id"];
    for class in [
        v1::MessageClass::Marketing,
        v1::MessageClass::Transactional,
        v1::MessageClass::ServiceLegal,
        v1::MessageClass::Security,
    ] {
        let refused = put(client, told(class, &text)).await.expect_err("it tells nothing");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
        assert_eq!(fields(&refused), [&all[..], &["message.withdrawal_offered"]].concat());
    }
    let refused = put(client, told(v1::MessageClass::ConsentRequest, &text)).await.expect_err("it asks");
    assert_eq!(fields(&refused), of_notices);
    assert_eq!(reason(&get(client, &mail().id).await.expect_err("nothing is stored")), "MESSAGE_UNKNOWN");
}

#[apply(every_app)]
async fn the_text_of_a_message_must_be_stored(app: &TestApp) {
    let client = app.client();
    let unknown = told(v1::MessageClass::Notice, &[7; 32]);
    let refused = put(client, unknown).await.expect_err("nobody stored that text");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "NOTICE_UNKNOWN"));
    assert_eq!(fields(&refused), ["message.notice_id"]);
    let text = text(client).await;
    put(client, told(v1::MessageClass::Notice, &text)).await.expect("now it is stored");
}

#[apply(every_app)]
async fn functional_links_in_another_order_are_the_same_links(app: &TestApp) {
    let client = app.client();
    let stored = put(client, mail()).await.expect("a message is stored");
    let mut links = mail().functional_link_ids;
    links.reverse();
    links.push(links[0].clone());
    let again = put(client, v1::Message { functional_link_ids: links, ..mail() }).await.expect("the same");
    assert_eq!(again, stored);
}

#[apply(every_app)]
async fn a_message_is_changed_by_who_read_it_last_until_it_is_sent(app: &TestApp) {
    let client = app.client();
    let first = put(client, mail()).await.expect("a message is stored");
    let sms = |etag: Option<&String>| v1::Message {
        channel: v1::Channel::Sms.into(),
        campaign_id: None,
        etag: etag.cloned(),
        ..mail()
    };
    let second = put(client, sms(first.etag.as_ref())).await.expect("a second version");
    assert_eq!((second.version, second.campaign_id.as_ref()), (2, None));
    let refused = put(client, v1::Message { etag: first.etag, ..mail() }).await.expect_err("it is stale");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));

    app.advance(Duration::from_secs(5));
    send(app, "mail").await;
    let fixed_at = Some(story::timestamp(assent_tests::app::START + 5_000_000));
    let fixed = v1::Message { fixed_at, ..second };
    assert_eq!(get(client, &mail().id).await.expect("the message"), fixed);
    assert_eq!(list(client, None).await.expect("a page").messages, std::slice::from_ref(&fixed));
    for etag in [fixed.etag.as_ref(), None] {
        let late = v1::Message { basis: v1::SendingBasis::RequestedService.into(), ..sms(etag) };
        let refused = put(client, late).await.expect_err("nobody claims an exemption afterwards");
        assert!(is_fixed(&refused), "{refused:?}");
        assert_eq!(put(client, sms(etag)).await.expect("the same content is no change"), fixed);
    }
}

#[apply(every_app)]
async fn a_message_that_was_sent_undeclared_stays_undeclared(app: &TestApp) {
    let client = app.client();
    send(app, "mail").await;
    let refused = put(client, mail()).await.expect_err("nobody claims an exemption afterwards");
    assert!(is_fixed(&refused), "{refused:?}");
    assert_eq!(refused.get_details_error_info().map(|info| info.metadata.len()), Some(0));
    let unknown = get(client, &mail().id).await.expect_err("it was never declared");
    assert_eq!(reason(&unknown), "MESSAGE_UNKNOWN");
    assert_eq!(list(client, None).await.expect("a page").messages, []);
}

#[apply(every_app)]
async fn the_campaign_and_website_of_a_message_that_was_sent_may_still_change(app: &TestApp) {
    let client = app.client();
    put(client, mail()).await.expect("a message is stored");
    send(app, "mail").await;
    let campaign = campaign::put(client, story::campaign(marks::id("spring"))).await.expect("declared later");
    website::put(client, story::website(marks::id("site"))).await.expect("declared later");
    let bare = v1::Campaign { id: campaign.id, etag: campaign.etag, ..v1::Campaign::default() };
    assert_eq!(campaign::put(client, bare).await.expect("a second version").version, 2);
}

#[apply(every_app)]
async fn every_wrong_field_of_a_message_is_named(app: &TestApp) {
    let client = app.client();
    let nothing = put(client, v1::Message::default()).await.expect_err("nothing is said");
    assert_eq!((nothing.code(), reason(&nothing).as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
    assert_eq!(fields(&nothing), ["message.basis", "message.channel", "message.class", "message.id"]);
    let wrong = v1::Message {
        channel: 3,
        class: 7,
        basis: 6,
        campaign_id: Some(String::new()),
        website_id: Some("x".repeat(129)),
        ceiling: 5,
        functional_link_ids: vec!["fine".to_owned(), String::new(), "a\tb".to_owned()],
        ..mail()
    };
    let links = ["message.functional_link_ids[1]", "message.functional_link_ids[2]"];
    assert_eq!(
        fields(&put(client, wrong).await.expect_err("all of it is wrong")),
        [
            "message.basis",
            "message.campaign_id",
            "message.ceiling",
            "message.channel",
            "message.class",
            links[0],
            links[1],
            "message.website_id"
        ]
    );
    let many = (0..101).map(|number| number.to_string()).collect();
    let many = put(client, v1::Message { functional_link_ids: many, ..mail() }).await;
    let many = many.expect_err("more links than a message has");
    assert_eq!((many.code(), reason(&many).as_str()), (Code::InvalidArgument, "BATCH_TOO_LARGE"));
}

#[apply(every_app)]
async fn messages_are_listed_page_by_page_without_those_nobody_declared(app: &TestApp) {
    let client = app.client();
    send(app, "aa").await;
    for word in ["b", "a", "B"] {
        let message = story::message(marks::id(word), &marks::id("withdraw"));
        put(client, message).await.expect("a message is stored");
    }
    let first = list(client, None).await.expect("a page");
    assert!(first.next_page_token.is_some());
    let last = list(client, first.next_page_token).await.expect("another page");
    assert_eq!(last.next_page_token, None);
    let ids: Vec<_> = first.messages.into_iter().chain(last.messages).map(|message| message.id).collect();
    assert_eq!(ids, ["B", "a", "b"].map(marks::id));
    let wrong = list(client, Some("nonsense".to_owned())).await.expect_err("no token of ours");
    assert_eq!(reason(&wrong), "PAGE_TOKEN_MALFORMED");
}
