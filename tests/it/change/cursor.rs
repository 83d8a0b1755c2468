//! Cursors: where they begin, and which are none.

use assent_tests::{apply, every_app};
use tonic::Code;

use super::*;

#[apply(every_app)]
async fn a_cursor_begins_at_either_end_or_at_a_recorded_time(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let edge = |edge: CursorEdge| Start::Edge(edge.into());
    let empty = cursor_at(client, edge(CursorEdge::Latest), None).await;
    assert_eq!((empty.position, empty.oldest_position, empty.head_recorded_at), (0, 1, None));
    let head = empty.head.expect("a head");
    assert_eq!((head.position, head.chain.len()), (0, 32));

    for who in ["anna", "bruno", "chloe"] {
        say(app, who, Answer::Refuse, marketing()).await;
        app.advance(Duration::from_secs(60));
    }
    let latest = cursor_at(client, edge(CursorEdge::Latest), None).await;
    assert_eq!(latest.position, 3);
    assert_eq!(latest.head_recorded_at, Some(story::timestamp(START + 120_000_002)));
    assert!(read(client, after(&latest.cursor)).await.changes.is_empty());
    let first = cursor_at(client, edge(CursorEdge::Earliest), None).await;
    assert_eq!(first.position, 0);
    assert_eq!(people(&read(client, after(&first.cursor)).await.changes), ["anna", "bruno", "chloe"]);

    for (since, expected) in [(0, 0), (60_000_001, 1), (60_000_002, 2), (121_000_000, 3)] {
        let at = Start::RecordedAt(story::timestamp(START + since));
        assert_eq!(cursor_at(client, at, None).await.position, expected, "{since}");
    }
    assert_eq!(people(&read(client, after(&empty.cursor)).await.changes).len(), 3, "from before the first");
}

#[apply(every_app)]
async fn what_was_not_made_for_this_tenant_is_malformed(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    say(app, "anna", Answer::Refuse, marketing()).await;
    let ours = earliest(client, None).await;
    let them = client.with_key(Some(&app.theirs().key)).blind();
    let theirs = earliest(&them, None).await;
    read(&them, after(&theirs)).await;
    let mut changed = ours.clone();
    changed.replace_range(30..31, if ours[30..31] == *"A" { "B" } else { "A" });
    for cursor in [theirs.as_str(), changed.as_str(), &ours[1..], "nonsense", "ünïcode"] {
        let (status, reason) = refused(client, after(cursor)).await;
        assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "CURSOR_MALFORMED"));
        assert!(!status.message().contains(cursor));
    }
}

#[apply(every_app)]
async fn a_request_that_says_too_little_or_too_much_is_told_where(app: &TestApp) {
    let client = app.client();
    let fields = |status: &Status| -> Vec<String> {
        let wrong = status.get_details_bad_request().expect("the wrong fields").field_violations;
        wrong.into_iter().map(|wrong| wrong.field).collect()
    };
    let nothing = v1::GetCursorRequest { start: None, filter: None };
    let status = client.changes().get_cursor(nothing).await.expect_err("no start");
    assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["start".to_owned()]));
    let (status, reason) = refused(
        client,
        ReadConsentChangesRequest {
            max_wait: Some(prost_types::Duration { seconds: 31, nanos: 0 }),
            filter: Some(ChangeFilter { effects: vec![99], ..ChangeFilter::default() }),
            ..after("")
        },
    )
    .await;
    assert_eq!(reason, "FIELD_INVALID");
    let mut wrong = fields(&status);
    wrong.sort_unstable();
    assert_eq!(wrong, ["cursor", "filter.effects[0]", "max_wait"]);
}
