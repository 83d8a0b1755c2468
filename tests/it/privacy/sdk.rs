//! A person is told what is held of them, and erased, by the SDK.

use assent_sdk::{ErasureState, Held};
use assent_tests::{apply, every_app};

use super::*;

#[apply(every_app)]
async fn the_sdk_tells_what_is_held_and_erases_it(app: &TestApp) {
    settled(app).await;
    let options =
        assent_sdk::Options::new(format!("http://{}", app.address())).api_key(app.ours().key.clone());
    let client = assent_sdk::Client::connect(options).await.expect("the service answers");
    let mut walk = client.privacy().access(story::people(), marks::id(WHO)).await.expect("access");
    let mut words = Vec::new();
    while let Some(held) = walk.next().await.expect("a piece") {
        words.push(match held {
            Held::Profile(profile) => format!("profile {}", profile.profile_version),
            Held::Record(record) => format!("record {}", record.profile_version),
            Held::Notice(notice) => format!("notice {}", notice.text == story::notice_text("ours")),
            Held::Interaction(_) => "interaction".to_owned(),
            Held::LastDevice(device) => format!("device {}", device.device.as_deref() == Some(WORDS)),
            Held::LastOpenDay(day) => format!("last open day {day}"),
            other => panic!("a piece of a later release: {other:?}"),
        });
    }
    let mut expected = vec!["profile 2", "record 1", "record 2", "notice true"];
    expected.extend(["interaction"; 3]);
    expected.extend(["device true", "last open day 2026-09-01"]);
    assert_eq!(words, expected);
    assert!(walk.next().await.expect("the end stays the end").is_none());

    let erasure = client.privacy().erase(story::people(), marks::id(WHO)).await.expect("an erasure");
    assert_eq!(erasure.state, ErasureState::Pending);
    assert!(erasure.completes_after.is_some_and(|after| after > erasure.erased_at));
    completed(app).await;
    let again =
        client.privacy().erase_from(story::people(), marks::id(WHO), "crm").await.expect("an erasure");
    assert_eq!((again.state, again.completes_after), (ErasureState::Complete, None));
    let unknown =
        client.privacy().erase(marks::id("elsewhere"), marks::id(WHO)).await.expect_err("no such table");
    assert_eq!(unknown.reason(), Some(assent_sdk::Reason::ProfileTableUnknown));
}
