//! What a form of a website or campaign must ask, with the texts that settings declare.

use super::*;
use assent_tests::{apply, every_app, marks};
use v1::describe_opt_ins_request::Place;
use v1::{NoOptInReason, OptInBox, OptInDeclaredBy, OptInText};

fn text(of: OptInBox, language: &str, notice: &[u8]) -> OptInText {
    OptInText { r#box: of.into(), language: language.to_owned(), notice_id: notice.to_vec() }
}

fn of_website(word: &str) -> v1::DescribeOptInsRequest {
    v1::DescribeOptInsRequest {
        profile_table: story::people(),
        place: Some(Place::WebsiteId(marks::id(word))),
        ..v1::DescribeOptInsRequest::default()
    }
}

fn of_campaign(word: &str) -> v1::DescribeOptInsRequest {
    v1::DescribeOptInsRequest { place: Some(Place::CampaignId(marks::id(word))), ..of_website(word) }
}

async fn described(app: &TestApp, asked: v1::DescribeOptInsRequest) -> v1::DescribeOptInsResponse {
    app.client().consents().describe_opt_ins(asked).await.expect("what a form asks").into_inner()
}

fn boxes(told: &v1::DescribeOptInsResponse) -> Vec<OptInBox> {
    told.boxes.iter().map(v1::OptIn::r#box).collect()
}

/// Language, text and who declared it, of one box.
fn wordings(told: &v1::DescribeOptInsResponse, of: OptInBox) -> Vec<(&str, &str, OptInDeclaredBy)> {
    let one = told.boxes.iter().find(|one| one.r#box() == of).expect("the box");
    one.wordings.iter().map(|one| (one.language.as_str(), one.text.as_str(), one.declared_by())).collect()
}

async fn put_website(app: &TestApp, website: v1::Website) -> Result<v1::Website, Status> {
    let put = v1::PutWebsiteRequest { website: Some(website) };
    let stored = app.client().settings().put_website(put).await?;
    Ok(stored.into_inner().website.expect("the website"))
}

fn website(country: &str, opt_in_texts: Vec<OptInText>) -> v1::Website {
    v1::Website {
        id: marks::id("site"),
        country: Some(country.to_owned()),
        opt_in_texts,
        ..v1::Website::default()
    }
}

#[apply(every_app)]
async fn the_nearest_wording_stands_beside_each_box(app: &TestApp) {
    settled(app, "it-garante-2026").await;
    let mut texts = Vec::new();
    for words in ["of the table", "of the site", "of the campaign", "in Dutch"] {
        texts.push(put_notice(app, words).await);
    }
    let id = |place: usize| texts[place].id.as_slice();
    let get = v1::GetProfileTableRequest { id: story::people() };
    let table = app.client().settings().get_profile_table(get).await.expect("the table").into_inner();
    let mut table = table.profile_table.expect("the table");
    table.opt_in_texts = vec![
        text(OptInBox::Marketing, "fr", id(0)),
        text(OptInBox::Tracking, "fr", id(0)),
        text(OptInBox::Tracking, "nl", id(3)),
    ];
    let put = v1::PutProfileTableRequest { profile_table: Some(table.clone()) };
    let stored = app.client().settings().put_profile_table(put).await.expect("a second version").into_inner();
    assert_eq!(stored.profile_table.expect("the table").opt_in_texts, table.opt_in_texts);
    let site = website("US", vec![text(OptInBox::Tracking, "fr", id(1)), text(OptInBox::Joint, "fr", id(1))]);
    assert_eq!(put_website(app, site.clone()).await.expect("it is stored").opt_in_texts, site.opt_in_texts);
    let spring = v1::Campaign {
        id: marks::id("spring"),
        website_id: Some(site.id.clone()),
        opt_in_texts: vec![text(OptInBox::Joint, "fr", id(2))],
        ..v1::Campaign::default()
    };
    let put = v1::PutCampaignRequest { campaign: Some(spring.clone()) };
    let stored = app.client().settings().put_campaign(put).await.expect("it is stored").into_inner();
    assert_eq!(stored.campaign.expect("the campaign").opt_in_texts, spring.opt_in_texts);

    let (table, of_site, campaign) =
        (OptInDeclaredBy::ProfileTable, OptInDeclaredBy::Website, OptInDeclaredBy::Campaign);
    let told = described(app, of_campaign("spring")).await;
    assert!(told.declared);
    let words = |place: usize| texts[place].text.as_str();
    assert_eq!(wordings(&told, OptInBox::Marketing), [("fr", words(0), table)]);
    assert_eq!(wordings(&told, OptInBox::Tracking), [("fr", words(1), of_site), ("nl", words(3), table)]);
    assert_eq!(wordings(&told, OptInBox::Joint), [("fr", words(2), campaign)]);
    let told = described(app, of_website("site")).await;
    assert_eq!(wordings(&told, OptInBox::Joint), [("fr", words(1), of_site)]);

    let languages = ["nl-BE", "de", "fr"].map(str::to_owned).to_vec();
    let told = described(app, v1::DescribeOptInsRequest { languages, ..of_website("site") }).await;
    assert_eq!(wordings(&told, OptInBox::Tracking), [("nl", words(3), table), ("fr", words(1), of_site)]);
    let missing: Vec<_> = told.boxes.iter().map(|one| one.missing_languages.join(" ")).collect();
    assert_eq!(missing, ["nl-BE de", "de", "nl-BE de"]);
}

#[apply(every_app)]
async fn the_policies_of_the_table_and_of_the_place_both_say_what_a_form_asks(app: &TestApp) {
    settled(app, "legacy").await;
    let first = put_website(app, website("US", Vec::new())).await.expect("it is stored");
    let joint = [OptInBox::Marketing, OptInBox::Tracking, OptInBox::Joint];
    let told = described(app, of_website("site")).await;
    assert_eq!((boxes(&told).as_slice(), told.demands.len()), (&joint[..], 0));
    assert_eq!(told.controller.as_ref().map(|one| one.name.as_str()), Some("Shop ours"));
    let french = v1::Website { etag: first.etag, ..website("FR", Vec::new()) };
    put_website(app, french).await.expect("a second version");
    let told = described(app, of_website("site")).await;
    let policies: Vec<_> = told.policies.iter().map(|one| (one.id.as_str(), one.version)).collect();
    assert_eq!(policies, [("legacy", 1), ("fr-cnil-2026", 1)]);
    assert_eq!(boxes(&told), [OptInBox::Marketing, OptInBox::Tracking]);
    let demands: Vec<_> = told.demands().collect();
    assert_eq!(demands.len(), 8);
    assert!(
        demands.contains(&v1::EvidenceItem::NoticeText) && demands.contains(&v1::EvidenceItem::Controller)
    );
    // The person's own country counts instead of the website's.
    let italian = v1::DescribeOptInsRequest { jurisdiction: Some("IT".to_owned()), ..of_website("site") };
    let told = described(app, italian).await;
    assert_eq!((boxes(&told).as_slice(), told.policies[1].id.as_str()), (&joint[..], "it-garante-2026"));

    let told = described(app, of_website("never declared")).await;
    assert!(!told.declared);
    assert_eq!(boxes(&told), joint, "what nobody declared adds nothing");
    let gone = v1::DescribeOptInsRequest { profile_table: marks::id("gone"), ..of_website("site") };
    let status = app.client().consents().describe_opt_ins(gone).await.expect_err("no such table");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "PROFILE_TABLE_UNKNOWN"));
}

#[apply(every_app)]
async fn a_table_without_a_controller_asks_for_nothing(app: &TestApp) {
    let table = v1::ProfileTable { controller: None, ..story::profile_table(story::people(), "ours") };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    app.client().settings().put_profile_table(put).await.expect("a table is stored");
    let told = described(app, of_website("site")).await;
    assert!(told.boxes.is_empty() && told.controller.is_none());
    assert_eq!(
        (told.no_marketing(), told.no_tracking()),
        (NoOptInReason::NoController, NoOptInReason::NoController)
    );
}

#[apply(every_app)]
async fn a_text_that_is_not_stored_is_never_declared(app: &TestApp) {
    let notice = settled(app, "strict").await;
    let lost = [5; 32];
    let texts = || {
        vec![
            text(OptInBox::Tracking, "fr", &lost),
            text(OptInBox::Tracking, "nl", &notice),
            text(OptInBox::Marketing, "fr", &lost),
        ]
    };
    let named =
        |setting: &str| [0, 2].map(|place| format!("{setting}.opt_in_texts[{place}].notice_id")).to_vec();
    let status = put_website(app, website("FR", texts())).await.expect_err("a text is not stored");
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "NOTICE_UNKNOWN"));
    assert_eq!(fields(&status), named("website"));
    let spring = v1::Campaign { id: marks::id("spring"), opt_in_texts: texts(), ..v1::Campaign::default() };
    let put = v1::PutCampaignRequest { campaign: Some(spring) };
    let status = app.client().settings().put_campaign(put).await.expect_err("a text is not stored");
    assert_eq!((reason(&status).as_str(), fields(&status)), ("NOTICE_UNKNOWN", named("campaign")));
    let table = v1::ProfileTable { opt_in_texts: texts(), ..story::profile_table(marks::id("more"), "ours") };
    let put = v1::PutProfileTableRequest { profile_table: Some(table) };
    let status = app.client().settings().put_profile_table(put).await.expect_err("a text is not stored");
    assert_eq!((reason(&status).as_str(), fields(&status)), ("NOTICE_UNKNOWN", named("profile_table")));

    let twice = ["fr", "nl", "FR", "fr"].map(|language| text(OptInBox::Tracking, language, &notice)).to_vec();
    let status = put_website(app, website("FR", twice)).await.expect_err("one language twice");
    assert_eq!(reason(&status), "FIELD_INVALID");
    assert_eq!(fields(&status), ["website.opt_in_texts[2]", "website.opt_in_texts[3]"]);
    let get = v1::GetWebsiteRequest { id: marks::id("site") };
    let status = app.client().settings().get_website(get).await.expect_err("nothing was stored");
    assert_eq!(reason(&status), "WEBSITE_UNKNOWN");
}
