//! How many statements whole calls take: as many for a thousand people as for one.

use super::*;
use assent_tests::meter::{sum, taken};
use assent_tests::{apply, every_app, link, marks};
use v1::describe_opt_ins_request::Place;
use v1::{OptInBox, OptInText};

#[apply(every_app)]
async fn a_thousand_people_are_checked_by_two_statements_as_one_is(app: &TestApp) {
    settled(app, "strict").await;
    for count in [1, 1_000] {
        let profiles = (0..count).filter_map(|number| story::person(&format!("p{number}"))).collect();
        let request = v1::CheckAskableRequest { profile_table: story::people(), profiles };
        let (told, taken) = taken(app.client().consents().check_askable(request)).await;
        assert_eq!(told.expect("they are checked").into_inner().results.len(), count);
        assert_eq!(sum(&taken), 2, "{taken:?}");
    }
}

#[apply(every_app)]
async fn what_a_form_asks_takes_three_statements_however_many_texts_it_shows(app: &TestApp) {
    settled(app, "strict").await;
    let mut texts = Vec::new();
    for language in ["fr", "nl", "de", "en"] {
        let notice_id = put_notice(app, language).await.id;
        texts.push(OptInText { r#box: OptInBox::Tracking.into(), language: language.to_owned(), notice_id });
    }
    for opt_in_texts in [Vec::new(), texts] {
        let shown = opt_in_texts.len();
        let id = marks::id(&format!("site with {shown}"));
        let website = v1::Website { id: id.clone(), opt_in_texts, ..v1::Website::default() };
        let put = v1::PutWebsiteRequest { website: Some(website) };
        app.client().settings().put_website(put).await.expect("a website is stored");
        let request = v1::DescribeOptInsRequest {
            profile_table: story::people(),
            place: Some(Place::WebsiteId(id)),
            ..v1::DescribeOptInsRequest::default()
        };
        let (told, taken) = taken(app.client().consents().describe_opt_ins(request)).await;
        let told = told.expect("what a form asks").into_inner();
        let wordings: usize = told.boxes.iter().map(|one| one.wordings.len()).sum();
        assert_eq!(wordings, shown);
        // What it shows is read by one more.
        assert_eq!(sum(&taken), 2 + u64::from(shown > 0), "{taken:?}");
    }
}

#[apply(every_app)]
async fn tokens_take_one_statement_to_make_and_what_any_answer_takes_to_redeem(app: &TestApp) {
    settled(app, "strict").await;
    let client = app.client().once();
    let mut tokens = Vec::new();
    for count in [1, 1_000] {
        let items = (0..count).map(|number| link::choosing(&format!("p{number}"))).collect();
        let (made, taken) = taken(link::tokens(&client, items)).await;
        assert_eq!(made.len(), count);
        assert_eq!(sum(&taken), 1, "{taken:?}");
        tokens = made;
    }
    let (told, taken_by_it) = taken(link::describe(&client, &tokens[0])).await;
    assert!(told.is_ok());
    assert_eq!(sum(&taken_by_it), 2, "{taken_by_it:?}");

    let (told, redeemed) = taken(link::redeem(&client, link::withdrawal(&tokens[0], None))).await;
    assert!(told.expect("a withdrawal")[0].is_ok());
    let withdraws = says("p1", Answer::Withdraw, story::everything(), None);
    let (told, direct) = taken(client.consents().upsert_consents(story::batch(vec![withdraws]))).await;
    told.expect("a batch is answered");
    assert_eq!(redeemed, direct);
    let words = |answer| vec![link::choice(answer, marketing(), &[7; 32]); 16];
    let chosen = link::choices(&tokens[2], words(Answer::Object));
    let (told, taken) = taken(link::redeem(&client, chosen)).await;
    assert!(told.expect("choices").iter().all(Result::is_ok));
    assert!(sum(&taken) <= sum(&redeemed), "{taken:?}");
}
