//! Notice texts: stored once, byte for byte, under their hash.

use super::*;
use assent_tests::{apply, every_app};
use sha2::{Digest, Sha256};
use std::time::Duration;

#[apply(every_app)]
async fn a_text_is_stored_once_and_read_byte_for_byte(app: &TestApp) {
    let text = "Deux\r\n\tlignes, é décomposé: e\u{301}\n";
    let put = async || {
        let request = v1::PutNoticeRequest { text: text.to_owned() };
        app.client().consents().put_notice(request).await.expect("a text is stored").into_inner().notice
    };
    let first = put().await.expect("the text");
    assert_eq!(first.text, text);
    assert_eq!(first.id, Sha256::digest(text).to_vec());
    assert_eq!(first.recorded_at, Some(story::timestamp(START)));

    app.advance(Duration::from_secs(60));
    assert_eq!(put().await.as_ref(), Some(&first), "its first time stays");
    let request = v1::GetNoticeRequest { notice_id: first.id.clone() };
    let told = app.client().consents().get_notice(request).await.expect("the text").into_inner().notice;
    assert_eq!(told, Some(first));
}

#[apply(every_app)]
async fn a_text_nobody_stored_is_not_found(app: &TestApp) {
    let theirs = Sha256::digest(story::notice_text(assent_tests::app::FOREIGN)).to_vec();
    for notice_id in [vec![5; 32], theirs] {
        let request = v1::GetNoticeRequest { notice_id };
        let status = app.client().consents().get_notice(request).await.expect_err("no such text");
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "NOTICE_UNKNOWN"));
    }
    let request = v1::GetNoticeRequest { notice_id: vec![5; 31] };
    let status = app.client().consents().get_notice(request).await.expect_err("no hash");
    assert_eq!((reason(&status).as_str(), fields(&status)), ("FIELD_INVALID", vec!["notice_id".to_owned()]));
    let request = v1::PutNoticeRequest { text: "a\0b".to_owned() };
    let status = app.client().consents().put_notice(request).await.expect_err("no text");
    assert_eq!((reason(&status).as_str(), fields(&status)), ("FIELD_INVALID", vec!["text".to_owned()]));
}

#[apply(every_app)]
async fn texts_are_listed_in_the_order_of_their_ids(app: &TestApp) {
    let mut ids = Vec::new();
    for words in ["one", "two", "three"] {
        ids.push(put_notice(app, words).await.id);
    }
    ids.sort();
    let page = async |page_token: Option<String>| {
        let request = v1::ListNoticesRequest { page_size: 2, page_token };
        app.client().consents().list_notices(request).await.map(tonic::Response::into_inner)
    };
    let first = page(None).await.expect("a page");
    assert_eq!(first.notices.len(), 2);
    let second = page(first.next_page_token).await.expect("a page");
    assert_eq!(second.next_page_token, None);
    let listed: Vec<_> = first.notices.iter().chain(&second.notices).collect();
    assert_eq!(listed.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(), ids);
    let sizes = listed.iter().map(|entry| entry.size_bytes);
    assert!(sizes.clone().all(|size| size > 90), "{:?}", sizes.collect::<Vec<_>>());
    let status = page(Some("made up".to_owned())).await.expect_err("no token");
    assert_eq!(reason(&status), "PAGE_TOKEN_MALFORMED");
}
