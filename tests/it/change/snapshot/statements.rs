//! How many statements a snapshot takes: as many for a page of a thousand people as for one of a single one.

use assent_tests::meter::{sum, taken};

use super::*;

#[apply(every_app)]
async fn a_page_of_a_thousand_people_takes_the_statements_of_a_page_of_one(app: &TestApp) {
    settled(app).await;
    let client = app.client().once();
    let mut before = None;
    for count in [1, 1_000] {
        let items = (0..count).map(|nth| story::item(&format!("n{nth:03}"), Answer::Refuse, START, None));
        store(&client, story::batch(items.collect())).await;
        // What was written has its numbers already.
        cursor_at(&client, Start::Edge(CursorEdge::Latest.into()), None).await;
        let ((told, _), taken) = taken(whole(&client, pages_of(1_000))).await;
        assert_eq!(told.len(), count);
        // To begin, for the page, and to find that there are no more.
        assert_eq!(sum(&taken), 11, "{taken:?}");
        let same = before.replace(taken.clone()).is_none_or(|before| before == taken);
        assert!(same, "{taken:?}");
    }
}
