//! Pages of the inactive: each person once, whatever changes in between.

use std::collections::BTreeSet;

use assent_proto::v1::{FindInactiveRequest, LinkMode, PixelMode};
use assent_tests::app::TestApp;
use assent_tests::audience::{day, inactive_since, last_opened, who};
use assent_tests::deed::{fates, send};
use assent_tests::{apply, every_app};
use tonic::Code;
use tonic_types::StatusExt;

use super::*;

fn asked(page_size: u32, page_token: Option<String>) -> FindInactiveRequest {
    FindInactiveRequest { page_size, page_token, ..inactive_since(day("2026-08-31")) }
}

/// People with a grant of mail under `legacy`, whose last open is long past.
async fn sleepers(app: &TestApp, count: usize) -> Vec<String> {
    settled(app).await;
    under(app, "legacy").await;
    let names: Vec<String> = (0..count).map(|number| format!("sleeper {number}")).collect();
    let dark = |name: &String| send(name, BEFORE, "dark", PixelMode::None, LinkMode::Plain);
    fates(app.client(), names.iter().map(dark).collect()).await;
    for name in &names {
        last_opened(app, name, "2026-08-01").await;
    }
    names
}

async fn page(app: &TestApp, asked: FindInactiveRequest) -> (Vec<String>, Option<String>) {
    let page = app.client().audience().find_inactive(asked).await.expect("a page").into_inner();
    (who(&page), page.next_page_token)
}

/// All that follows, in pages of that size.
async fn walk(app: &TestApp, size: u32, mut token: Option<String>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let (found, next) = page(app, asked(size, token)).await;
        pages.push(found);
        match next {
            Some(next) => token = Some(next),
            None => return pages,
        }
    }
}

#[apply(every_app)]
async fn everybody_comes_once_in_pages_of_any_size(app: &TestApp) {
    let names = sleepers(app, 25).await;
    let all: BTreeSet<String> = names.into_iter().collect();
    for size in [1, 7, 25, 26, 5_000] {
        let pages = walk(app, size, None).await;
        assert!(pages.iter().all(|page| page.len() <= usize::try_from(size).expect("small")));
        let found: Vec<String> = pages.concat();
        assert_eq!(found.len(), 25, "{size}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), all, "{size}");
    }
}

#[apply(every_app)]
async fn what_changes_between_pages_changes_nobody_else(app: &TestApp) {
    let names = sleepers(app, 12).await;
    let (first, token) = page(app, asked(4, None)).await;
    let rest: Vec<&String> = names.iter().filter(|name| !first.contains(name)).collect();
    // One objects, one opens, one is erased; a new one comes, and one who was told already goes.
    says(app, rest[0], v1::Answer::Object).await;
    let (ours, opened) = (&app.ours().id, marks::id(rest[1]));
    let opens = format!("UPDATE last_open SET day = 20697 WHERE tenant = '{ours}' AND profile = '{opened}'");
    app.look().await.run(&opens).await.expect("a day moves");
    erase(app, rest[2]).await;
    erase(app, &first[3]).await;
    let newcomer = send("newcomer", BEFORE, "dark", PixelMode::None, LinkMode::Plain);
    fates(app.client(), vec![newcomer]).await;
    last_opened(app, "newcomer", "2026-08-01").await;

    let told = walk(app, 4, token).await.concat();
    let unique: BTreeSet<&String> = told.iter().collect();
    assert_eq!(unique.len(), told.len(), "nobody twice");
    let told: BTreeSet<&String> = told.iter().filter(|name| *name != "newcomer").collect();
    assert_eq!(told, rest[3..].iter().copied().collect());
}

#[apply(every_app)]
async fn a_call_looks_at_so_many_and_may_tell_of_nobody_and_go_on(app: &TestApp) {
    settled(app).await;
    under(app, "legacy").await;
    // More people than one call looks at, of whom nothing is known, and all of them before the one who sleeps.
    let names: Vec<String> = (0..1_100).map(|number| format!("unknown {number}")).collect();
    for some in names.chunks(500) {
        let dark = some.iter().map(|name| send(name, BEFORE, "dark", PixelMode::None, LinkMode::Plain));
        fates(app.client(), dark.collect()).await;
    }
    let sleeper = send("sleeper", BEFORE, "dark", PixelMode::None, LinkMode::Plain);
    fates(app.client(), vec![sleeper]).await;
    last_opened(app, "sleeper", "2026-08-01").await;
    let (ours, profile) = (&app.ours().id, marks::id("sleeper"));
    for table in ["send", "last_open"] {
        let last = format!(
            "UPDATE {table} SET person = {} WHERE tenant = '{ours}' AND profile = '{profile}'",
            i64::MAX
        );
        app.look().await.run(&last).await.expect("rows are changed");
    }
    let first = app.client().audience().find_inactive(asked(10, None)).await.expect("a page").into_inner();
    assert_eq!((first.profiles.len(), first.left_out), (0, Some(1_000)));
    let next = asked(10, first.next_page_token);
    let last = app.client().audience().find_inactive(next).await.expect("a page").into_inner();
    assert_eq!(
        (who(&last), last.left_out, last.next_page_token),
        (vec!["sleeper".to_owned()], Some(100), None)
    );
}

#[apply(every_app)]
async fn a_token_of_another_filter_list_or_maker_is_refused(app: &TestApp) {
    sleepers(app, 3).await;
    let (_, token) = page(app, asked(1, None)).await;
    let token = token.expect("another page");
    let others =
        v1::PutProfileTableRequest { profile_table: Some(story::profile_table(marks::id("others"), "ours")) };
    app.client().settings().put_profile_table(others).await.expect("a table is stored");
    let asked = || asked(1, Some(token.clone()));
    let mut cut = token.clone();
    cut.pop();
    let wrong = [
        FindInactiveRequest { inactive_since: Some(day("2026-08-30")), ..asked() },
        FindInactiveRequest { r#use: v1::InactivityUse::ReduceFrequency.into(), ..asked() },
        FindInactiveRequest { profile_table: marks::id("others"), ..asked() },
        FindInactiveRequest { page_token: Some(cut), ..asked() },
    ];
    for wrong in wrong {
        let status = app.client().audience().find_inactive(wrong).await.expect_err("it is refused");
        let reason = status.get_details_error_info().expect("a reason").reason;
        assert_eq!((status.code(), reason.as_str()), (Code::InvalidArgument, "PAGE_TOKEN_MALFORMED"));
    }
    let tables = v1::ListProfileTablesRequest { page_size: 1, page_token: Some(token.clone()) };
    let status = app.client().settings().list_profile_tables(tables).await.expect_err("it is refused");
    assert_eq!(status.get_details_error_info().expect("a reason").reason, "PAGE_TOKEN_MALFORMED");
    assert_eq!(page(app, asked()).await.0.len(), 1);
}
