//! Websites: a country and a ceiling per kind, stored against what was last read.

use std::time::Duration;

use assent_tests::{apply, every_app, marks};
use tonic::Code;

use super::*;

pub(super) async fn put(client: &Client, website: v1::Website) -> Result<v1::Website, Status> {
    let put = v1::PutWebsiteRequest { website: Some(website) };
    let answer = client.settings().put_website(put).await?.into_inner();
    Ok(answer.website.expect("the website as it is stored"))
}

async fn get(client: &Client, id: &str) -> Result<v1::Website, Status> {
    let request = v1::GetWebsiteRequest { id: id.to_owned() };
    let answer = client.settings().get_website(request).await?.into_inner();
    Ok(answer.website.expect("the website"))
}

fn site() -> v1::Website {
    story::website(marks::id("site"))
}

// Qualifio 5
#[apply(every_app)]
async fn a_website_reads_as_it_was_put_each_ceiling_on_its_own(app: &TestApp) {
    let client = app.client();
    let stored = put(client, site()).await.expect("a website is stored");
    assert_eq!((stored.version, stored.recorded_at), (1, Some(story::timestamp(assent_tests::app::START))));
    assert!(stored.etag.is_some());
    let expected =
        v1::Website { etag: stored.etag.clone(), version: 1, recorded_at: stored.recorded_at, ..site() };
    assert_eq!(stored, expected);
    assert_eq!(get(client, &site().id).await.expect("the website"), stored);
    let unknown = get(client, &marks::id("gone")).await.expect_err("no website");
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "WEBSITE_UNKNOWN"));
}

#[apply(every_app)]
async fn a_website_is_changed_by_who_read_it_last(app: &TestApp) {
    let client = app.client();
    let first = put(client, site()).await.expect("a website is stored");
    app.advance(Duration::from_secs(1));
    let country = |code: &str, etag: Option<&String>| v1::Website {
        country: Some(code.to_owned()),
        etag: etag.cloned(),
        ..site()
    };
    let second = put(client, country("IT", first.etag.as_ref())).await.expect("a second version");
    assert!(second.version == 2 && second.etag != first.etag && second.recorded_at != first.recorded_at);
    for stale in [first.etag.as_ref(), None] {
        let refused = put(client, country("BE", stale)).await.expect_err("another was faster");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    }
    for any in [first.etag.as_ref(), None, second.etag.as_ref()] {
        let again = put(client, country("IT", any)).await.expect("what is stored is stored");
        assert_eq!(again, second, "safe to repeat");
    }
    let gone = v1::Website { etag: second.etag, id: marks::id("other"), ..site() };
    assert_eq!(reason(&put(client, gone).await.expect_err("it was never there")), "ETAG_MISMATCH");
}

#[apply(every_app)]
async fn a_ceiling_that_is_not_said_is_the_ordinary_one(app: &TestApp) {
    let client = app.client();
    let bare = v1::Website { id: marks::id("bare"), ..v1::Website::default() };
    let stored = put(client, bare.clone()).await.expect("a website is stored");
    let ordinary = v1::Ceiling::Default.into();
    let ceilings = v1::WebsiteCeilings {
        email_open: ordinary,
        email_click: ordinary,
        sms_click: ordinary,
        website_visit: ordinary,
        transaction_goal: ordinary,
    };
    assert_eq!((stored.country.as_ref(), stored.ceilings), (None, Some(ceilings)));
    let same = put(client, v1::Website { ceilings: Some(ceilings), ..bare }).await.expect("the same");
    assert_eq!(same, stored);
}

#[apply(every_app)]
async fn every_wrong_field_of_a_website_is_named(app: &TestApp) {
    let ceilings = v1::WebsiteCeilings { email_click: 9, transaction_goal: -1, ..Default::default() };
    let wrong = v1::Website {
        id: "x".repeat(129),
        country: Some("fr".to_owned()),
        ceilings: Some(ceilings),
        etag: Some(String::new()),
        ..v1::Website::default()
    };
    let wrong = put(app.client(), wrong).await.expect_err("nothing of it is right");
    assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
    let ceilings = ["website.ceilings.email_click", "website.ceilings.transaction_goal"];
    assert_eq!(fields(&wrong), [ceilings[0], ceilings[1], "website.country", "website.etag", "website.id"]);
    let nothing = app.client().settings().put_website(v1::PutWebsiteRequest::default()).await;
    assert_eq!(fields(&nothing.expect_err("nothing was sent")), ["website"]);
}

#[apply(every_app)]
async fn websites_are_listed_page_by_page_in_the_order_of_their_bytes(app: &TestApp) {
    let client = app.client();
    for word in ["b", "é", "a", "B", "c"] {
        put(client, story::website(marks::id(word))).await.expect("a website is stored");
    }
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let request = v1::ListWebsitesRequest { page_size: 2, page_token: token.clone() };
        let page = client.settings().list_websites(request).await.expect("a page").into_inner();
        listed.extend(page.websites);
        pages += 1;
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    let ids: Vec<_> = listed.iter().map(|website| website.id.clone()).collect();
    assert_eq!((ids, pages), (["B", "a", "b", "c", "é"].map(marks::id).to_vec(), 3));
    assert_eq!(get(client, &listed[0].id).await.expect("the website"), listed[0]);
    for token in ["", "nonsense"] {
        let request = v1::ListWebsitesRequest { page_size: 2, page_token: Some(token.to_owned()) };
        let wrong = client.settings().list_websites(request).await.expect_err("no token of ours");
        assert_eq!(wrong.code(), Code::InvalidArgument, "{token}");
    }
}

#[apply(every_app)]
async fn who_plans_sends_reads_what_is_declared_and_changes_none(app: &TestApp) {
    put(app.client(), site()).await.expect("a website is stored");
    let key = app.key(&app.ours().id, "plan").await;
    let planner = app.client().with_key(Some(&key));
    get(&planner, &site().id).await.expect("the website");
    let listed = planner.settings().list_websites(v1::ListWebsitesRequest::default()).await;
    assert_eq!(listed.expect("a page").into_inner().websites.len(), 1);
    let refused = put(&planner, site()).await.expect_err("not its role");
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::PermissionDenied, "ROLE_MISSING"));
    let key = app.key(&app.ours().id, "record").await;
    let tracker = app.client().with_key(Some(&key));
    let refused = get(&tracker, &site().id).await.expect_err("not its role");
    assert_eq!(reason(&refused), "ROLE_MISSING");
}
