//! A snapshot goes on where it was cut, for whom it was made, and as long as what it told stands.

use assent_tests::engine::copy;

use super::*;

fn resuming(token: &str, page_size: u32) -> SnapshotConsentsRequest {
    SnapshotConsentsRequest { resume_token: Some(token.to_owned()), ..pages_of(page_size) }
}

async fn refused_with(client: &Client, request: SnapshotConsentsRequest) -> (Status, String) {
    let status = client.changes().snapshot_consents(request).await.expect_err("no snapshot");
    let reason = status.get_details_error_info().expect("an error has a reason").reason;
    (status, reason)
}

#[apply(every_app)]
async fn a_snapshot_goes_on_from_each_of_its_pages(app: &TestApp) {
    everybody(app).await;
    let client = app.client();
    let (pages, end) = Copying::begin(client, pages_of(1)).await.rest().await;
    assert_eq!(pages.len(), 9);
    // What comes later is before nobody's page, and changes nothing of where to read on.
    say(app, "bruno", Answer::Refuse, marketing()).await;
    for (told, page) in pages.iter().enumerate() {
        for size in [1, 3, 1_000] {
            let (rest, same_end) = whole(client, resuming(&page.resume_token, size)).await;
            let expected = pages[told + 1..].iter().flat_map(|page| &page.profiles);
            assert!(rest.iter().map(key).eq(expected.map(key)), "after page {told}");
            assert_eq!(same_end.position, end.position);
            same_as_consents(client, &rest).await;
        }
    }
    assert_eq!(people(&read(client, after(&end.cursor)).await.changes), ["bruno"]);
}

#[apply(every_app)]
async fn a_resume_token_is_for_one_tenant_and_one_filter(app: &TestApp) {
    everybody(app).await;
    let client = app.client();
    let (pages, end) = Copying::begin(client, pages_of(2)).await.rest().await;
    let token = pages[1].resume_token.as_str();
    let them = client.with_key(Some(&app.theirs().key)).blind();
    let theirs = Copying::begin(&them, pages_of(1)).await.rest().await.0;
    assert!(theirs.len() > 1, "they have people of their own");
    let mut changed = token.to_owned();
    changed.replace_range(60..61, if token[60..61] == *"A" { "B" } else { "A" });
    for wrong in [&theirs[1].resume_token, &changed, &token[1..], "nonsense", "ünïcode", &end.cursor] {
        let (status, reason) = refused_with(client, resuming(wrong, 1)).await;
        assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_MALFORMED"));
        assert!(!status.message().contains(wrong));
    }
    assert_eq!(refused(client, after(token)).await.1, "CURSOR_MALFORMED", "nor is it a cursor");
    let marketing = vec![Purpose::Marketing.into()];
    let filter = Some(ChangeFilter { purposes: marketing, ..ChangeFilter::default() });
    let (status, reason) =
        refused_with(client, SnapshotConsentsRequest { filter, ..resuming(token, 1) }).await;
    assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_FILTER_MISMATCH"));
    let same = Some(ChangeFilter::default());
    assert_eq!(whole(client, SnapshotConsentsRequest { filter: same, ..resuming(token, 1) }).await.1, end);
    let shown = base64(token);
    for secret in [marks::MARK, "anna", "bruno", "people"] {
        assert!(!shown.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
    }
}

fn base64(token: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token).expect("a token is base64")
}

/// What a page told may be lost by whoever puts an older copy of the database back: whoever goes on then is told, though where
/// the snapshot began is still there.
#[apply(every_engine)]
async fn a_snapshot_whose_pages_were_lost_does_not_go_on(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    say(&backup, "anna", Answer::Refuse, marketing()).await;
    let mut snapshot = Copying::begin(backup.client(), pages_of(1)).await;
    let begun = snapshot.page().await.resume_token;
    drop(snapshot);
    backup.stop().await;

    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    say(&lost, "anna", Answer::Withdraw, marketing()).await;
    let mut snapshot = Copying::begin(lost.client(), resuming(&begun, 1)).await;
    snapshot.page().await;
    let page = snapshot.page().await;
    assert_eq!(page.profiles[0].profile_version, 2, "which nobody will hold in a moment");
    drop(snapshot);
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    let client = restored.client();
    let (status, reason) = refused_with(client, resuming(&page.resume_token, 1)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_AHEAD_OF_HEAD"));
    restored.advance(Duration::from_secs(1));
    say(&restored, "anna", Answer::Object, marketing()).await;
    let (status, reason) = refused_with(client, resuming(&page.resume_token, 1)).await;
    assert_eq!((status.code(), reason.as_str()), (Code::DataLoss, "CURSOR_DIVERGED"));
    let (told, end) = whole(client, resuming(&begun, 1)).await;
    assert_eq!((told.len(), end.position), (1, 1), "who was told nothing that was lost goes on");
    restored.finish().await;
    backup.finish().await;
}

/// The gap between a snapshot's end and the reader's first look at what comes after it: a page told what nobody will ever read, and
/// the cursor at the end lies before it.
#[apply(every_engine)]
async fn a_snapshot_that_ended_is_not_gone_on_from_when_what_it_showed_was_lost(engine: Engine) {
    let mut backup = TestApp::start(engine).await;
    settled(&backup).await;
    say(&backup, "anna", Answer::Refuse, marketing()).await;
    let mut snapshot = Copying::begin(backup.client(), pages_of(1)).await;
    let begun = snapshot.page().await.resume_token;
    drop(snapshot);
    backup.stop().await;

    let lost = TestApp::start_with(copy(backup.database()).await, &[]).await;
    for who in ["bruno", "chloe"] {
        say(&lost, who, Answer::Refuse, marketing()).await;
    }
    let (told, end) = whole(lost.client(), resuming(&begun, 1)).await;
    assert_eq!((told.len(), end.position), (3, 1), "it shows what was written after its cursor");
    let part = read(lost.client(), ReadConsentChangesRequest { page_size: 1, ..after(&end.cursor) }).await;
    let rest = read(lost.client(), after(&part.next_cursor)).await;
    assert_eq!((part.covered_through, rest.covered_through), (2, 3));
    let watched = [&end.cursor, &part.next_cursor].map(String::to_owned);
    lost.finish().await;

    let restored = TestApp::start_with(copy(backup.database()).await, &[]).await;
    let client = restored.client();
    for (written, expected) in [
        (None, "CURSOR_AHEAD_OF_HEAD"),
        (Some("dario"), "CURSOR_AHEAD_OF_HEAD"),
        (Some("elena"), "CURSOR_DIVERGED"),
    ] {
        if let Some(who) = written {
            restored.advance(Duration::from_secs(1));
            say(&restored, who, Answer::Object, marketing()).await;
        }
        let (status, reason) = refused(client, after(&end.cursor)).await;
        assert_eq!(
            (status.code(), reason.as_str()),
            (Code::DataLoss, expected),
            "though its cursor is there"
        );
        for cursor in &watched {
            let position = Some(v1::watch_consent_changes_request::Position::Cursor(cursor.clone()));
            let request =
                v1::WatchConsentChangesRequest { position, ..v1::WatchConsentChangesRequest::default() };
            let status = client.changes().watch_consent_changes(request).await.expect_err("no stream");
            assert_eq!(status.code(), Code::DataLoss);
        }
    }
    restored.finish().await;
    backup.finish().await;
}
