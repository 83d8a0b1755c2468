//! What one tenant declared does not exist for another.

use super::*;

/// Of each kind two, so that the lists have a second page.
async fn settled(app: &TestApp) -> (v1::Website, v1::Campaign, v1::Message) {
    story::declare(app.client(), OURS).await;
    let mut client = app.client().settings();
    let website = v1::PutWebsiteRequest { website: Some(story::website(marks::id("shop"))) };
    let website = client.put_website(website).await.expect("a website").into_inner().website;
    let campaign = v1::PutCampaignRequest { campaign: Some(story::campaign(marks::id("summer"))) };
    let campaign = client.put_campaign(campaign).await.expect("a campaign").into_inner().campaign;
    let message = v1::PutMessageRequest { message: Some(story::message(marks::id("news"), OURS)) };
    let message = client.put_message(message).await.expect("a message").into_inner().message;
    (website.expect("the website"), campaign.expect("the campaign"), message.expect("the message"))
}

#[apply(every_app)]
async fn what_a_tenant_declared_is_declared_for_nobody_else(app: &TestApp) {
    let (website, campaign, message) = settled(app).await;
    let before = held(app).await;
    let them = outsider(app).await;
    let mut client = them.settings();

    let unknown = refused(client.get_website(v1::GetWebsiteRequest { id: website.id.clone() }).await);
    assert_eq!(unknown, no(Code::NotFound, "WEBSITE_UNKNOWN"));
    let unknown = refused(client.get_campaign(v1::GetCampaignRequest { id: campaign.id.clone() }).await);
    assert_eq!(unknown, no(Code::NotFound, "CAMPAIGN_UNKNOWN"));
    let unknown = refused(client.get_message(v1::GetMessageRequest { id: message.id.clone() }).await);
    assert_eq!(unknown, no(Code::NotFound, "MESSAGE_UNKNOWN"));

    // What is there to be changed is not theirs; without an etag they make their own.
    let stale = no(Code::Aborted, "ETAG_MISMATCH");
    let put = |website| v1::PutWebsiteRequest { website: Some(website) };
    assert_eq!(refused(client.put_website(put(website.clone())).await), stale);
    let own = v1::Website { etag: None, country: Some("IT".to_owned()), ..website };
    let own = client.put_website(put(own)).await.expect("their own website").into_inner();
    assert_eq!(own.website.expect("their website").version, 1);
    let put = |campaign| v1::PutCampaignRequest { campaign: Some(campaign) };
    assert_eq!(refused(client.put_campaign(put(campaign.clone())).await), stale);
    let own = client.put_campaign(put(v1::Campaign { etag: None, website_id: None, ..campaign })).await;
    assert_eq!(own.expect("their own campaign").into_inner().campaign.expect("their campaign").version, 1);
    let put = |message| v1::PutMessageRequest { message: Some(message) };
    assert_eq!(refused(client.put_message(put(message.clone())).await), stale);
    let own = v1::Message { etag: None, functional_link_ids: Vec::new(), ..message };
    let own = client.put_message(put(own)).await.expect("their own message").into_inner();
    assert_eq!(own.message.expect("their message").version, 1);

    assert_eq!(held(app).await, before, "nothing of ours changed");
    let methods = ["GetWebsite", "PutWebsite", "GetCampaign", "PutCampaign", "GetMessage", "PutMessage"];
    kept_apart(app, "SettingsService", &methods);
}

#[apply(every_app)]
async fn the_lists_of_what_a_tenant_declared_are_its_own(app: &TestApp) {
    settled(app).await;
    let them = outsider(app).await;
    let (mut ours, mut client) = (app.client().settings(), them.settings());
    let malformed = no(Code::InvalidArgument, "PAGE_TOKEN_MALFORMED");

    let websites = |page_token| v1::ListWebsitesRequest { page_size: 1, page_token };
    let page = ours.list_websites(websites(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    assert_eq!(refused(client.list_websites(websites(page.next_page_token)).await), malformed);
    let page = client.list_websites(websites(None)).await.expect("a page").into_inner();
    assert_eq!((page.websites, page.next_page_token), (Vec::new(), None));

    let campaigns = |page_token| v1::ListCampaignsRequest { page_size: 1, page_token };
    let page = ours.list_campaigns(campaigns(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    assert_eq!(refused(client.list_campaigns(campaigns(page.next_page_token)).await), malformed);
    let page = client.list_campaigns(campaigns(None)).await.expect("a page").into_inner();
    assert_eq!((page.campaigns, page.next_page_token), (Vec::new(), None));

    let messages = |page_token| v1::ListMessagesRequest { page_size: 1, page_token };
    let page = ours.list_messages(messages(None)).await.expect("a page").into_inner();
    assert!(page.next_page_token.is_some());
    assert_eq!(refused(client.list_messages(messages(page.next_page_token)).await), malformed);
    let page = client.list_messages(messages(None)).await.expect("a page").into_inner();
    assert_eq!((page.messages, page.next_page_token), (Vec::new(), None));

    kept_apart(app, "SettingsService", &["ListWebsites", "ListCampaigns", "ListMessages"]);
}
