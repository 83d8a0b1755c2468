//! Profile tables: stored against what was last read, listed page by page.

use assent_tests::{apply, every_app, marks};
use std::time::Duration;
use tonic::Code;

use super::*;

async fn get(client: &Client, id: &str) -> Result<ProfileTable, Status> {
    let request = v1::GetProfileTableRequest { id: id.to_owned() };
    let answer = client.settings().get_profile_table(request).await?.into_inner();
    Ok(answer.profile_table.expect("the table"))
}

#[apply(every_app)]
async fn a_table_reads_as_it_was_put(app: &TestApp) {
    let client = app.client();
    let sent = ProfileTable { policy_id: Some("it-garante-2026".to_owned()), ..table(&story::people()) };
    let stored = put_table(client, sent.clone()).await.expect("a table is stored");
    assert_eq!((stored.version, stored.recorded_at), (1, Some(story::timestamp(assent_tests::app::START))));
    assert!(stored.etag.is_some());
    let expected =
        ProfileTable { etag: stored.etag.clone(), version: 1, recorded_at: stored.recorded_at, ..sent };
    assert_eq!(stored, expected);
    assert_eq!(get(client, &story::people()).await.expect("the table"), stored);
    let unknown = get(client, &marks::id("gone")).await.expect_err("no table");
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "PROFILE_TABLE_UNKNOWN"));
}

#[apply(every_app)]
async fn a_table_is_changed_by_who_read_it_last(app: &TestApp) {
    let client = app.client();
    let first = put_table(client, table(&story::people())).await.expect("a table is stored");
    app.advance(Duration::from_secs(1));
    let zone = |zone: &str, etag: Option<&String>| ProfileTable {
        zone: zone.to_owned(),
        etag: etag.cloned(),
        ..table(&story::people())
    };
    let second = put_table(client, zone("Europe/Rome", first.etag.as_ref())).await.expect("a second version");
    assert_eq!(second.version, 2);
    assert!(second.etag != first.etag && second.recorded_at != first.recorded_at);

    let guess = "2".to_owned();
    for stale in [first.etag.as_ref(), None, Some(&guess)] {
        let refused = put_table(client, zone("Europe/Paris", stale)).await.expect_err("another was faster");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    }
    for any in [first.etag.as_ref(), None, second.etag.as_ref()] {
        let again = put_table(client, zone("Europe/Rome", any)).await.expect("what is stored is stored");
        assert_eq!(again, second, "safe to repeat");
    }
    let gone = ProfileTable { etag: second.etag, ..table(&marks::id("others")) };
    assert_eq!(reason(&put_table(client, gone).await.expect_err("it was never there")), "ETAG_MISMATCH");
}

#[apply(every_app)]
async fn what_a_left_out_field_held_is_gone(app: &TestApp) {
    let client = app.client();
    let first = put_table(client, table(&story::people())).await.expect("a table is stored");
    let bare = ProfileTable { controller: None, etag: first.etag, ..table(&story::people()) };
    let stored = put_table(client, bare).await.expect("a second version");
    assert_eq!((stored.controller, stored.version), (None, 2));
}

#[apply(every_app)]
async fn a_zone_and_a_policy_must_exist(app: &TestApp) {
    let client = app.client();
    let sent = ProfileTable { zone: "Europe/Bruges".to_owned(), ..table(&story::people()) };
    let wrong = put_table(client, sent).await.expect_err("no such zone");
    assert_eq!(
        (wrong.code(), fields(&wrong)),
        (Code::InvalidArgument, vec!["profile_table.zone".to_owned()])
    );
    put_override(client, override_of("ours", "strict")).await.expect("an override");
    for policy in ["gone", "ours"] {
        let sent = ProfileTable { policy_id: Some(policy.to_owned()), ..table(&story::people()) };
        let wrong = put_table(client, sent).await.expect_err("no built-in policy");
        assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::FailedPrecondition, "POLICY_UNKNOWN"));
        assert_eq!(fields(&wrong), ["profile_table.policy_id"]);
    }
    let nothing = ProfileTable { zone: String::new(), ..table("") };
    let wrong = put_table(client, nothing).await.expect_err("neither id nor zone");
    assert_eq!(fields(&wrong), ["profile_table.id", "profile_table.zone"]);
}

#[apply(every_app)]
async fn tables_are_listed_page_by_page_in_the_order_of_their_bytes(app: &TestApp) {
    let client = app.client();
    for word in ["b", "é", "a", "B", "c"] {
        put_table(client, table(&marks::id(word))).await.expect("a table is stored");
    }
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let request = v1::ListProfileTablesRequest { page_size: 2, page_token: token.clone() };
        let page = client.settings().list_profile_tables(request).await.expect("a page").into_inner();
        listed.extend(page.profile_tables.into_iter().map(|table| table.id));
        pages += 1;
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (["B", "a", "b", "c", "é"].map(marks::id).to_vec(), 3));
}

#[apply(every_app)]
async fn a_page_token_is_of_its_tenant_and_list(app: &TestApp) {
    let client = app.client();
    let them = client.with_key(Some(&app.theirs().key)).blind();
    put_table(client, table(&story::people())).await.expect("a table is stored");
    let policies = |client: Client| async move {
        let request = v1::ListPoliciesRequest { page_size: 1, page_token: None };
        let page = client.settings().list_policies(request).await.expect("a page").into_inner();
        page.next_page_token.expect("more policies")
    };
    let ours = policies(client.clone()).await;
    let request = v1::ListProfileTablesRequest { page_size: 1, page_token: Some(ours) };
    let wrong = client.settings().list_profile_tables(request).await.expect_err("another list's");
    assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));
    for token in [policies(them).await, "nonsense".to_owned()] {
        let request = v1::ListPoliciesRequest { page_size: 1, page_token: Some(token.clone()) };
        let wrong = client.settings().list_policies(request).await.expect_err("not ours");
        assert_eq!(reason(&wrong), "PAGE_TOKEN_MALFORMED");
        let request = v1::ListPolicyOverridesRequest { page_size: 1, page_token: Some(token) };
        let wrong = client.settings().list_policy_overrides(request).await.expect_err("not ours");
        assert_eq!(reason(&wrong), "PAGE_TOKEN_MALFORMED");
    }
}
