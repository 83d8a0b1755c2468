//! Following the feed: each change once, in order, both purposes, acceptances and refusals alike.

use assent_proto::v1::{Basis, Effect, Series, SeriesChange, State};
use assent_tests::{apply, every_app};

use super::*;

fn lines(change: &ConsentChange) -> Vec<(Series, Effect, State, State)> {
    let told = |line: &SeriesChange| (line.series(), line.effect(), line.old_state(), line.new_state());
    change.lines.iter().map(told).collect()
}

/// Actito 10: incremental export of consent changes, both consents, yes and no.
#[apply(every_app)]
async fn changes_of_both_purposes_are_handed_on_yes_and_no(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let start = earliest(client, None).await;
    say(app, "anna", Answer::Grant, story::everything()).await;
    say(app, "bruno", Answer::Refuse, story::everything()).await;
    say(app, "chloe", Answer::Grant, marketing()).await;

    let page = read(client, after(&start)).await;
    assert_eq!(people(&page.changes), ["anna", "bruno", "chloe"]);
    let [anna, bruno, chloe] = page.changes.as_slice() else { panic!("three changes") };
    assert_eq!((anna.lines.len(), bruno.lines.len()), (7, 7));
    assert_eq!(lines(chloe), [(Series::Marketing, Effect::Granted, State::Unknown, State::Granted)]);
    assert!(
        lines(anna).iter().all(|(_, effect, _, new)| (*effect, *new) == (Effect::Granted, State::Granted))
    );
    assert!(
        lines(bruno).iter().all(|(_, effect, _, new)| (*effect, *new) == (Effect::Refused, State::Refused))
    );
    assert_eq!((anna.basis(), bruno.basis()), (Basis::Explicit, Basis::Unspecified));
    assert_eq!(anna.policies.iter().map(|policy| policy.id.as_str()).collect::<Vec<_>>(), ["legacy"]);
    assert_eq!((anna.profile_table.as_str(), anna.profile_version), (story::people().as_str(), 1));
    assert_eq!(anna.recorded_at, Some(story::timestamp(START)));
    assert!(page.caught_up && page.head_position == 3 && page.covered_through == 3);

    let nothing = read(client, after(&page.next_cursor)).await;
    assert!(nothing.changes.is_empty() && nothing.caught_up);
    say(app, "anna", Answer::Withdraw, story::tracking()).await;
    let next = read(client, after(&nothing.next_cursor)).await;
    assert_eq!(people(&next.changes), ["anna"]);
    let withdrawn = lines(&next.changes[0]);
    assert_eq!((withdrawn.len(), next.changes[0].profile_version), (6, 2));
    assert!(withdrawn.iter().all(|line| (line.1, line.2) == (Effect::Withdrawn, State::Granted)));
}

#[apply(every_app)]
async fn pages_join_to_the_whole_feed(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let everybody = ["anna", "bruno", "chloe", "dario", "elena", "fabio", "giulia"];
    for who in everybody {
        say(app, who, Answer::Refuse, marketing()).await;
    }
    let mut cursor = earliest(client, None).await;
    let (mut joined, mut covered, mut pages) = (Vec::new(), 0, 0);
    loop {
        let page = read(client, ReadConsentChangesRequest { page_size: 3, ..after(&cursor) }).await;
        assert_eq!(page.covered_after, covered, "no position between two pages");
        assert!(page.changes.len() <= 3);
        (cursor, covered) = (page.next_cursor, page.covered_through);
        joined.extend(page.changes);
        pages += 1;
        if page.caught_up {
            break;
        }
    }
    assert_eq!((people(&joined), pages), (everybody.map(str::to_owned).to_vec(), 3));
    assert!(joined.windows(2).all(|pair| pair[0].position < pair[1].position));
}

#[apply(every_app)]
async fn a_reader_that_stopped_before_it_saved_its_cursor_sees_the_page_again(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let start = earliest(client, None).await;
    say(app, "anna", Answer::Refuse, marketing()).await;
    let first = read(client, after(&start)).await;
    assert_eq!(read(client, after(&start)).await, first);
}

#[apply(every_app)]
async fn a_record_that_changes_nothing_has_a_position_and_no_change(app: &TestApp) {
    settled(app).await;
    let client = app.client();
    let start = earliest(client, None).await;
    let source = story::form("ours");
    let facts = v1::ProfileFacts { collected_on: None, jurisdiction: Some("BE".to_owned()), source };
    let item = v1::UpsertConsentsItem { profile: story::person("anna"), facts: Some(facts), event: None };
    store(client, story::batch(vec![item])).await;

    let page = read(client, after(&start)).await;
    assert!(page.changes.is_empty() && page.caught_up);
    assert_eq!((page.covered_after, page.covered_through, page.head_position), (0, 1, 1));
    assert_ne!(page.next_cursor, start);
    say(app, "anna", Answer::Refuse, marketing()).await;
    let page = read(client, after(&page.next_cursor)).await;
    assert_eq!((page.changes[0].position, page.changes[0].profile_version), (2, 2));
}
