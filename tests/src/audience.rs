//! Words to ask who did something and who is inactive.

use assent_domain::time::Day;
use assent_proto::google::Date;
use assent_proto::v1::{
    self, InteractionKind, engagement_question, query_engagement_result::Result as Told, wait_block::Target,
};

use crate::app::TestApp;
use crate::client::Client;
use crate::{marks, story};

/// Whether that person ever did one of those things about that target (of [`crate::wait`]).
#[must_use]
pub fn question(who: &str, target: Target, kinds: &[InteractionKind]) -> v1::EngagementQuestion {
    v1::EngagementQuestion {
        r#ref: marks::id("question"),
        profile: story::person(who),
        target: Some(match target {
            Target::MessageId(id) => engagement_question::Target::MessageId(id),
            Target::CampaignId(id) => engagement_question::Target::CampaignId(id),
            Target::WebsiteId(id) => engagement_question::Target::WebsiteId(id),
            Target::GoalId(id) => engagement_question::Target::GoalId(id),
        }),
        kinds: kinds.iter().map(|kind| i32::from(*kind)).collect(),
        ..v1::EngagementQuestion::default()
    }
}

/// A request of questions about people of the table [`story::people`].
#[must_use]
pub fn asking(questions: Vec<v1::EngagementQuestion>) -> v1::QueryEngagementRequest {
    v1::QueryEngagementRequest { profile_table: story::people(), questions }
}

/// What is told of each, by the service.
///
/// # Panics
/// When the call fails.
pub async fn results(client: &Client, asked: v1::QueryEngagementRequest) -> Vec<Told> {
    let answer = client.audience().query_engagement(asked).await.expect("questions are answered");
    answer.into_inner().results.into_iter().filter_map(|result| result.result).collect()
}

/// What is told of each, by [`words`].
///
/// # Panics
/// When the call fails, or a question is not answered.
pub async fn told(client: &Client, questions: Vec<v1::EngagementQuestion>) -> Vec<String> {
    let told = results(client, asking(questions)).await.into_iter();
    told.map(|told| match told {
        Told::Engagement(engagement) => words(&engagement),
        Told::Error(status) => panic!("a question was not answered: {}", status.message),
    })
    .collect()
}

/// What is told of one, by the contract's words: `YES EMAIL_OPEN`, `NO`, `NOT_KNOWN CONSENT_WITHDRAWN`.
#[must_use]
pub fn words(told: &v1::Engagement) -> String {
    let answer = told.answer().as_str_name().trim_start_matches("ENGAGEMENT_ANSWER_");
    let reason = told.reason().as_str_name().trim_start_matches("ENGAGEMENT_REASON_");
    match (told.answer(), &told.matched, reason) {
        (v1::EngagementAnswer::Yes, Some(matched), "RECORDED") => {
            format!("YES {}", matched.kind().as_str_name().trim_start_matches("INTERACTION_KIND_"))
        }
        (v1::EngagementAnswer::No, None, "NOT_RECORDED") => answer.to_owned(),
        (_, None, _) => format!("{answer} {reason}"),
        (_, Some(_), _) => format!("{answer} {reason} with a match"),
    }
}

/// A day, from `2026-06-01`.
///
/// # Panics
/// When there is no such day.
#[must_use]
pub fn day(text: &str) -> Date {
    let (year, month, day) = Day::parse(text).expect("a day").ymd();
    Date { year: year.into(), month: month.into(), day: day.into() }
}

/// Asks for those of the table [`story::people`] who are inactive since that day, to exclude them.
#[must_use]
pub fn inactive_since(day: Date) -> v1::FindInactiveRequest {
    v1::FindInactiveRequest {
        profile_table: story::people(),
        inactive_since: Some(day),
        r#use: v1::InactivityUse::Exclude.into(),
        ..v1::FindInactiveRequest::default()
    }
}

/// Who is inactive, on one page, by their words and in their order, and how many were left out.
///
/// # Panics
/// When the call fails, or there is another page.
pub async fn inactive(client: &Client, asked: v1::FindInactiveRequest) -> (Vec<String>, Option<u32>) {
    let page = client.audience().find_inactive(asked).await.expect("a page").into_inner();
    assert_eq!(page.next_page_token, None, "one page holds them all");
    let mut found = who(&page);
    found.sort_unstable();
    (found, page.left_out)
}

/// The people of a page, by their words.
#[must_use]
pub fn who(page: &v1::FindInactiveResponse) -> Vec<String> {
    let word = |key: &v1::ProfileKey| key.id.trim_start_matches(&marks::id("")).to_owned();
    page.profiles.iter().map(word).collect()
}

/// Puts down that day as somebody's last-open day, past the service; they were sent something before.
///
/// # Panics
/// When they were not, or the database does not take it.
pub async fn last_opened(app: &TestApp, who: &str, on: &str) {
    let day = Day::parse(on).expect("a day").number();
    let (tenant, profile) = (&app.ours().id, marks::id(who));
    let put = format!(
        "INSERT INTO last_open (tenant, person, profile_table, profile, day)
         SELECT DISTINCT s.tenant, s.person, s.profile_table, s.profile, {day} FROM send AS s
         WHERE s.tenant = '{tenant}' AND s.profile = '{profile}'"
    );
    assert_eq!(app.look().await.run(&put).await.expect("a day is put down"), 1, "{who} was sent something");
}
