//! The mode that a message went out with bounds what can come back of it, and what may be read of it later.

use assent_proto::v1::{LinkMode, PixelMode};
use assent_tests::deed::{click, fates, open, send, visit};
use assent_tests::{apply, every_app};

use super::activity::{activity_of, page};
use super::feed::{earliest, ids, read};
use super::{BEFORE, HOUR, settled};

#[apply(every_app)]
async fn pixels_bound_opens_and_links_bound_clicks(app: &TestApp) {
    settled(app).await;
    let modes = [
        (PixelMode::Identified, LinkMode::Tracked, "RECORDED GRANTED", "RECORDED GRANTED"),
        (PixelMode::ExemptLastOpen, LinkMode::Tracked, "DISCARDED LAST_OPEN_ONLY", "RECORDED GRANTED"),
        (PixelMode::Shared, LinkMode::Plain, "DISCARDED ANONYMOUS_ONLY", "DISCARDED TRACKING_DISABLED"),
        (PixelMode::None, LinkMode::Tracked, "DISCARDED TRACKING_DISABLED", "RECORDED GRANTED"),
        (PixelMode::Unspecified, LinkMode::Unspecified, "RECORDED GRANTED", "RECORDED GRANTED"),
    ];
    for (turn, (pixel, links, opened, clicked)) in modes.into_iter().enumerate() {
        let message = format!("message {turn}");
        let sent = send("anna", BEFORE, &message, pixel, links);
        let after = [open("anna", BEFORE + 1, &message), click("anna", BEFORE + 1, &message, "offer")];
        // With its own send, and in a call of its own.
        let mut together = vec![sent];
        together.extend(after.clone());
        let told = fates(app.client(), together).await;
        assert_eq!(told, ["RECORDED SEND", opened, clicked], "{pixel:?} {links:?}");
        let later = vec![open("anna", BEFORE + 2, &message), click("anna", BEFORE + 2, &message, "offer")];
        assert_eq!(fates(app.client(), later).await, [opened, clicked], "{pixel:?} {links:?}");
        assert_eq!(fates(app.client(), vec![visit("anna", BEFORE, "shop")]).await, ["RECORDED GRANTED"]);
    }
}

#[apply(every_app)]
async fn of_several_sends_the_latest_not_after_the_interaction_counts(app: &TestApp) {
    settled(app).await;
    let sends = vec![
        send("anna", BEFORE, "spring", PixelMode::None, LinkMode::Plain),
        send("anna", BEFORE + HOUR / 2, "spring", PixelMode::Identified, LinkMode::Tracked),
    ];
    fates(app.client(), sends).await;
    let opens = vec![
        open("anna", BEFORE - 1, "spring"),
        open("anna", BEFORE, "spring"),
        open("anna", BEFORE + HOUR / 2 - 1, "spring"),
        open("anna", BEFORE + HOUR / 2, "spring"),
        open("chloe", BEFORE, "spring"),
    ];
    let told = fates(app.client(), opens).await;
    let (yes, no) = ("RECORDED GRANTED", "DISCARDED TRACKING_DISABLED");
    assert_eq!(told, [yes, no, no, yes, yes], "before any send, and to somebody else, the mode is unknown");
}

/// The model found it: wait blocks asked for the mode, the other reads did not.
#[apply(every_app)]
async fn a_send_that_is_reported_late_hides_what_its_mode_could_not_have_shown(app: &TestApp) {
    settled(app).await;
    let opened = open("anna", BEFORE + 1, "spring");
    let rest = vec![
        opened.clone(),
        click("anna", BEFORE + 2, "spring", "offer"),
        open("anna", BEFORE - 1, "spring"),
        open("anna", BEFORE + 1, "summer"),
        open("chloe", BEFORE + 1, "spring"),
    ];
    assert_eq!(fates(app.client(), rest).await, ["RECORDED GRANTED"; 5], "no mode is known yet");
    let seen = async || {
        let activity = page(app, activity_of("anna")).await.interactions;
        let activity = activity.into_iter().filter_map(|row| Some(row.interaction?.interaction_id));
        (activity.collect::<Vec<_>>(), ids(&read(app.client(), earliest()).await))
    };
    let (activity, feed) = seen().await;
    assert!(activity.contains(&opened.interaction_id) && feed.contains(&opened.interaction_id));

    for (turn, pixel) in
        [PixelMode::None, PixelMode::Shared, PixelMode::ExemptLastOpen].into_iter().enumerate()
    {
        let at = BEFORE - 3 + i64::try_from(turn).expect("few");
        fates(app.client(), vec![send("anna", at, "spring", pixel, LinkMode::Tracked)]).await;
        let (after, fed) = seen().await;
        // The older open is hidden too, the send is shown: one more, two fewer.
        assert_eq!((after.len(), fed.len()), (activity.len() - 1 + turn, feed.len() - 1 + turn), "{pixel:?}");
        for hidden in [&after, &fed] {
            assert!(!hidden.contains(&opened.interaction_id), "{pixel:?}");
        }
    }
    // The latest not after it says otherwise.
    fates(app.client(), vec![send("anna", BEFORE, "spring", PixelMode::Identified, LinkMode::Tracked)]).await;
    let (after, fed) = seen().await;
    assert!(after.contains(&opened.interaction_id) && fed.contains(&opened.interaction_id));
}
