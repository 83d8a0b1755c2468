//! Sound requests about websites, campaigns and messages.

use assent_proto::v1;
use assent_tests::app::{START, TestApp};
use assent_tests::{marks, story};

use super::valid::{Valid, valid};

/// What is declared; the two of a kind make a second page.
pub(super) async fn requests(app: &TestApp, notice: &[u8]) -> Vec<Valid> {
    let mut client = app.client().once().settings();
    story::declare(&app.client().once(), &marks::id("ours")).await;
    let worded = v1::Website { etag: None, ..website(notice) };
    client.put_website(v1::PutWebsiteRequest { website: Some(worded) }).await.expect("a website");
    let worded = v1::Campaign { etag: None, ..campaign(notice) };
    client.put_campaign(v1::PutCampaignRequest { campaign: Some(worded) }).await.expect("a campaign");
    let another = v1::Website { id: marks::id("another"), ..v1::Website::default() };
    client.put_website(v1::PutWebsiteRequest { website: Some(another) }).await.expect("a website");
    let another = v1::Campaign { id: marks::id("another"), ..v1::Campaign::default() };
    client.put_campaign(v1::PutCampaignRequest { campaign: Some(another) }).await.expect("a campaign");
    let another = story::message(marks::id("another"), &marks::id("ours"));
    client.put_message(v1::PutMessageRequest { message: Some(another) }).await.expect("a message");
    let told = v1::Message { etag: None, ..message(notice) };
    client.put_message(v1::PutMessageRequest { message: Some(told) }).await.expect("a notice");

    let mut websites = v1::ListWebsitesRequest { page_size: 1, page_token: None };
    let page = client.list_websites(websites.clone()).await.expect("a page").into_inner();
    websites.page_token = Some(page.next_page_token.expect("another page"));
    let mut campaigns = v1::ListCampaignsRequest { page_size: 1, page_token: None };
    let page = client.list_campaigns(campaigns.clone()).await.expect("a page").into_inner();
    campaigns.page_token = Some(page.next_page_token.expect("another page"));
    let mut messages = v1::ListMessagesRequest { page_size: 1, page_token: None };
    let page = client.list_messages(messages.clone()).await.expect("a page").into_inner();
    messages.page_token = Some(page.next_page_token.expect("another page"));
    vec![
        valid("SettingsService.PutWebsite", &v1::PutWebsiteRequest { website: Some(website(notice)) }),
        valid("SettingsService.GetWebsite", &v1::GetWebsiteRequest { id: marks::id("site") }),
        valid("SettingsService.ListWebsites", &websites),
        valid("SettingsService.PutCampaign", &v1::PutCampaignRequest { campaign: Some(campaign(notice)) }),
        valid("SettingsService.GetCampaign", &v1::GetCampaignRequest { id: marks::id("spring") }),
        valid("SettingsService.ListCampaigns", &campaigns),
        valid("SettingsService.PutMessage", &v1::PutMessageRequest { message: Some(message(notice)) }),
        valid("SettingsService.GetMessage", &v1::GetMessageRequest { id: marks::id("mail") }),
        valid("SettingsService.ListMessages", &messages),
    ]
}

fn website(notice: &[u8]) -> v1::Website {
    v1::Website {
        etag: Some("whatever was read".to_owned()),
        version: 7,
        recorded_at: Some(story::timestamp(START)),
        opt_in_texts: super::forms::texts(notice),
        ..story::website(marks::id("worded"))
    }
}

fn campaign(notice: &[u8]) -> v1::Campaign {
    v1::Campaign {
        etag: Some("whatever was read".to_owned()),
        version: 7,
        recorded_at: Some(story::timestamp(START)),
        opt_in_texts: super::forms::texts(notice),
        ..story::campaign(marks::id("worded"))
    }
}

/// A notice: no other class has as many fields.
fn message(notice: &[u8]) -> v1::Message {
    v1::Message {
        class: v1::MessageClass::Notice.into(),
        coverage: story::everything(),
        notice_id: Some(notice.to_vec()),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(true),
        justification: Some("the post was on strike".to_owned()),
        etag: Some("whatever was read".to_owned()),
        version: 7,
        recorded_at: Some(story::timestamp(START)),
        fixed_at: Some(story::timestamp(START)),
        ..story::message(marks::id("notice"), &marks::id("ours"))
    }
}
