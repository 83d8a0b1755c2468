//! Campaigns: they may name a website and carry a ceiling.

use assent_tests::{apply, every_app, marks};
use tonic::Code;

use super::*;

pub(super) async fn put(client: &Client, campaign: v1::Campaign) -> Result<v1::Campaign, Status> {
    let put = v1::PutCampaignRequest { campaign: Some(campaign) };
    let answer = client.settings().put_campaign(put).await?.into_inner();
    Ok(answer.campaign.expect("the campaign as it is stored"))
}

async fn get(client: &Client, id: &str) -> Result<v1::Campaign, Status> {
    let request = v1::GetCampaignRequest { id: id.to_owned() };
    let answer = client.settings().get_campaign(request).await?.into_inner();
    Ok(answer.campaign.expect("the campaign"))
}

fn spring() -> v1::Campaign {
    story::campaign(marks::id("spring"))
}

#[apply(every_app)]
async fn a_campaign_reads_as_it_was_put_though_nobody_declared_its_website(app: &TestApp) {
    let client = app.client();
    let stored = put(client, spring()).await.expect("a campaign is stored");
    let expected =
        v1::Campaign { etag: stored.etag.clone(), version: 1, recorded_at: stored.recorded_at, ..spring() };
    assert!(stored.etag.is_some() && stored.recorded_at.is_some());
    assert_eq!(stored, expected);
    assert_eq!(get(client, &spring().id).await.expect("the campaign"), stored);
    let unknown = get(client, &marks::id("gone")).await.expect_err("no campaign");
    assert_eq!((unknown.code(), reason(&unknown).as_str()), (Code::NotFound, "CAMPAIGN_UNKNOWN"));
}

#[apply(every_app)]
async fn a_campaign_is_changed_by_who_read_it_last_and_what_is_left_out_is_gone(app: &TestApp) {
    let client = app.client();
    let first = put(client, spring()).await.expect("a campaign is stored");
    let bare = v1::Campaign { id: spring().id, etag: first.etag.clone(), ..v1::Campaign::default() };
    let second = put(client, bare).await.expect("a second version");
    assert_eq!((second.version, second.website_id.as_ref()), (2, None));
    assert_eq!(second.ceiling, i32::from(v1::Ceiling::Default));
    for stale in [first.etag, None] {
        let refused = put(client, v1::Campaign { etag: stale, ..spring() }).await;
        let refused = refused.expect_err("another was faster");
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
    }
}

#[apply(every_app)]
async fn every_wrong_field_of_a_campaign_is_named(app: &TestApp) {
    let wrong = v1::Campaign { website_id: Some("a\nb".to_owned()), ceiling: 5, ..v1::Campaign::default() };
    let wrong = put(app.client(), wrong).await.expect_err("nothing of it is right");
    assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
    assert_eq!(fields(&wrong), ["campaign.ceiling", "campaign.id", "campaign.website_id"]);
}

#[apply(every_app)]
async fn campaigns_are_listed_page_by_page_and_a_token_is_of_its_list(app: &TestApp) {
    let client = app.client();
    for word in ["b", "a", "B"] {
        put(client, story::campaign(marks::id(word))).await.expect("a campaign is stored");
        website::put(client, story::website(marks::id(word))).await.expect("a website is stored");
    }
    let list = async |page_token| {
        let request = v1::ListCampaignsRequest { page_size: 2, page_token };
        Ok::<_, Status>(client.settings().list_campaigns(request).await?.into_inner())
    };
    let first = list(None).await.expect("a page");
    assert!(first.next_page_token.is_some());
    let last = list(first.next_page_token).await.expect("another page");
    assert_eq!(last.next_page_token, None);
    let ids: Vec<_> = first.campaigns.into_iter().chain(last.campaigns).map(|campaign| campaign.id).collect();
    assert_eq!(ids, ["B", "a", "b"].map(marks::id));

    let request = v1::ListWebsitesRequest { page_size: 1, page_token: None };
    let websites = client.settings().list_websites(request).await.expect("a page").into_inner();
    let wrong = list(websites.next_page_token).await.expect_err("another list's");
    assert_eq!((wrong.code(), reason(&wrong).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));
}
