//! What is declared: versions, what a call names with what that names in turn, and messages that are fixed.

use std::collections::BTreeSet;

use assent_domain::id::{CampaignId, MessageId, TenantId, WebsiteId};
use assent_store::{Declaration, DeclarationKind, Declarations, Named, Store, StoreError, StoredDeclaration};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, tenant};

const KINDS: [DeclarationKind; 3] =
    [DeclarationKind::Website, DeclarationKind::Campaign, DeclarationKind::Message];

/// That many messages.
pub(crate) fn messages(count: usize) -> BTreeSet<MessageId> {
    (0..count).map(|number| message(&format!("message-{number}"))).collect()
}

pub(super) fn message(id: &str) -> MessageId {
    MessageId::new(id).unwrap()
}

fn website(id: &str) -> WebsiteId {
    WebsiteId::new(id).unwrap()
}

fn campaign(id: &str) -> CampaignId {
    CampaignId::new(id).unwrap()
}

pub(super) fn plain<'a>(kind: DeclarationKind, id: &'a str, body: &'a str) -> Declaration<'a> {
    Declaration { kind, id, campaign: None, website: None, body }
}

pub(super) async fn put(
    store: &Store,
    declaration: &Declaration<'_>,
    expected: Option<u64>,
) -> Result<StoredDeclaration, StoreError> {
    store.put_declaration(&tenant(), declaration, expected, at(1)).await
}

async fn fix(store: &Store, ids: &[&str], now: i64) {
    let messages = ids.iter().map(|id| message(id)).collect();
    store.fix_messages(&tenant(), &messages, at(now)).await.unwrap();
}

#[apply(every_engine)]
async fn a_declaration_is_changed_only_by_who_read_its_last_version(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    for kind in KINDS {
        let say = |body| plain(kind, "same id", body);
        let first = put(store, &say("one"), None).await.unwrap();
        assert_eq!((first.stored.version, first.stored.recorded_at, first.fixed_at), (1, at(1), None));
        assert_eq!(put(store, &say("two"), None).await, Err(StoreError::Conflict));
        let second = put(store, &say("two"), Some(1)).await.unwrap();
        assert_eq!(second.stored.version, 2);
        assert_eq!(put(store, &say("three"), Some(1)).await, Err(StoreError::Conflict));
        assert_eq!(put(store, &say("two"), Some(1)).await, Ok(second.clone()), "it stays as it is");
        assert_eq!(store.declaration(&tenant(), kind, "same id").await, Ok(Some(second)));
    }
}

#[apply(every_engine)]
async fn declarations_of_a_kind_are_listed_in_the_order_of_their_bytes(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    for kind in KINDS {
        for id in ["b", "é", "a", "B"] {
            put(store, &plain(kind, id, id), None).await.unwrap();
        }
    }
    for kind in KINDS {
        let all = store.list_declarations(&tenant(), kind, None, 10).await.unwrap();
        assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["B", "a", "b", "é"]);
        let page = store.list_declarations(&tenant(), kind, Some("a"), 1).await.unwrap();
        assert_eq!((page.len(), page[0].0.as_str()), (1, "b"));
    }
}

#[apply(every_engine)]
async fn a_message_that_was_sent_stays_as_it_was(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let say = |body| plain(DeclarationKind::Message, "mail", body);
    put(store, &say("one"), None).await.unwrap();
    fix(store, &["mail"], 5).await;
    fix(store, &["mail"], 9).await;

    for expected in [None, Some(0), Some(1), Some(2)] {
        assert_eq!(put(store, &say("two"), expected).await, Err(StoreError::Fixed));
    }
    let again = put(store, &say("one"), None).await.unwrap();
    assert_eq!((again.stored.version, again.fixed_at), (1, Some(at(5))), "the first send counts");
    assert_eq!(store.declaration(&tenant(), DeclarationKind::Message, "mail").await, Ok(Some(again)));
    // Another kind of thing with that id, and another message, are as free as before.
    put(store, &plain(DeclarationKind::Campaign, "mail", "one"), None).await.unwrap();
    put(store, &plain(DeclarationKind::Message, "other", "one"), None).await.unwrap();
}

#[apply(every_engine)]
async fn a_message_that_was_sent_undeclared_is_never_declared(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    fix(store, &["sent", "too"], 5).await;
    for expected in [None, Some(0), Some(1)] {
        let late = put(store, &plain(DeclarationKind::Message, "sent", "one"), expected).await;
        assert_eq!(late, Err(StoreError::Fixed));
    }
    assert_eq!(store.declaration(&tenant(), DeclarationKind::Message, "sent").await, Ok(None));
    let listed = store.list_declarations(&tenant(), DeclarationKind::Message, None, 10).await;
    assert_eq!(listed, Ok(Vec::new()));
    let named = Named { messages: [message("sent"), message("new")].into(), ..Named::default() };
    let found = store.declarations(&tenant(), &named).await.unwrap();
    assert_eq!(found, Declarations { unfixed: [message("new")].into(), ..Declarations::default() });
}

#[apply(every_engine)]
async fn a_change_that_meets_a_send_is_refused(engine: Engine) {
    let home = home(engine).await;
    let say = |body| plain(DeclarationKind::Message, "mail", body);
    put(&home.store, &say("one"), None).await.unwrap();
    let mut send = Look::at(home.database.url()).await.unwrap();
    send.run(if engine == Engine::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await.unwrap();
    send.run("UPDATE declaration SET fixed_at = 5 WHERE id = 'mail'").await.unwrap();
    let store = home.store.clone();
    let change = tokio::spawn(async move { put(&store, &say("two"), Some(1)).await });
    // Until the change waits for the send; SQLite lets it wait without saying so, and needs no more than its turn.
    if engine == Engine::Postgres {
        let mut beside = Look::at(home.database.url()).await.unwrap();
        let waiting = "SELECT count(*)::text FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while beside.column(waiting).await.unwrap() != ["1"] {
            tokio::task::yield_now().await;
        }
    }
    send.run("COMMIT").await.unwrap();
    assert_eq!(change.await.unwrap(), Err(StoreError::Fixed));
}

/// A message of a campaign of a website, that leads to another website.
async fn declared(store: &Store, tenant: &TenantId) {
    let [home, shop] = ["home", "shop"].map(website);
    let spring = campaign("spring");
    for id in ["home", "shop", "unasked"] {
        let site = plain(DeclarationKind::Website, id, id);
        store.put_declaration(tenant, &site, None, at(1)).await.unwrap();
    }
    let of_home =
        Declaration { website: Some(&home), ..plain(DeclarationKind::Campaign, "spring", "spring") };
    store.put_declaration(tenant, &of_home, None, at(1)).await.unwrap();
    for id in ["mail", "unasked"] {
        let plain = plain(DeclarationKind::Message, id, id);
        let leads = Declaration { campaign: Some(&spring), website: Some(&shop), ..plain };
        store.put_declaration(tenant, &leads, None, at(1)).await.unwrap();
    }
}

/// The ids of what was found.
fn found(of: &Declarations) -> [Vec<&str>; 4] {
    [
        of.websites.keys().map(WebsiteId::as_str).collect(),
        of.campaigns.keys().map(CampaignId::as_str).collect(),
        of.messages.keys().map(MessageId::as_str).collect(),
        of.unfixed.iter().map(MessageId::as_str).collect(),
    ]
}

#[apply(every_engine)]
async fn what_a_call_names_comes_with_what_that_names_in_turn(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    declared(store, &tenant()).await;
    let load = async |named: Named| store.declarations(&tenant(), &named).await.unwrap();

    let mail = Named { messages: [message("mail")].into(), ..Named::default() };
    let all = load(mail.clone()).await;
    assert_eq!(found(&all), [vec!["home", "shop"], vec!["spring"], vec!["mail"], vec!["mail"]]);
    assert_eq!(all.messages[&message("mail")].body, "mail");
    assert_eq!(all.websites[&website("shop")].body, "shop");

    let spring = Named { campaigns: [campaign("spring")].into(), ..Named::default() };
    assert_eq!(found(&load(spring).await), [vec!["home"], vec!["spring"], vec![], vec![]]);
    let shop = Named { websites: [website("shop")].into(), ..Named::default() };
    assert_eq!(found(&load(shop.clone()).await), [vec!["shop"], vec![], vec![], vec![]]);

    let nobody = Named {
        websites: [website("spring")].into(),
        campaigns: [campaign("mail")].into(),
        messages: [message("home")].into(),
    };
    assert_eq!(found(&load(nobody).await), [vec![], vec![], vec![], vec!["home"]], "ids are of their kind");
    assert_eq!(load(Named::default()).await, Declarations::default());

    let elsewhere = TenantId::new("tenant-b").unwrap();
    let theirs = store.declarations(&elsewhere, &Named { messages: mail.messages, ..shop }).await.unwrap();
    assert_eq!(found(&theirs), [vec![], vec![], vec![], vec!["mail"]]);
}

#[apply(every_engine)]
async fn another_campaign_or_website_of_a_message_counts_from_its_next_version(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    declared(store, &tenant()).await;
    put(store, &plain(DeclarationKind::Message, "mail", "free"), Some(1)).await.unwrap();
    let mail = Named { messages: [message("mail")].into(), ..Named::default() };
    let all = store.declarations(&tenant(), &mail).await.unwrap();
    assert_eq!(found(&all), [vec![], vec![], vec!["mail"], vec!["mail"]]);
}

#[apply(every_engine)]
async fn a_send_fixes_the_messages_of_its_own_tenant_alone(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let elsewhere = TenantId::new("tenant-b").unwrap();
    fix(store, &["mail"], 5).await;
    let mail = plain(DeclarationKind::Message, "mail", "one");
    let theirs = store.put_declaration(&elsewhere, &mail, None, at(6)).await.unwrap();
    assert_eq!((theirs.stored.version, theirs.fixed_at), (1, None));
}
