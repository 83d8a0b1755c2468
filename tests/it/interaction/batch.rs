//! Many at once: the same one twice, machines and people, calls that share a transaction.

use assent_proto::v1::{self, Answer};
use assent_tests::app::TestApp;
use assent_tests::deed::{fates, open, visit};
use assent_tests::{apply, every_app, marks, story};

use super::{BEFORE, rows, says, settled};

fn machine(interaction: &v1::Interaction) -> v1::Interaction {
    v1::Interaction { automated: true, ..interaction.clone() }
}

async fn is_automated(app: &TestApp, who: &str) -> Vec<bool> {
    let request = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person(who),
        ..v1::GetProfileActivityRequest::default()
    };
    let found = app.client().interactions().get_profile_activity(request).await.expect("activity");
    let rows = found.into_inner().interactions;
    rows.into_iter().filter_map(|row| Some(row.interaction?.automated)).collect()
}

#[apply(every_app)]
async fn the_same_one_is_recorded_once_however_often_it_is_sent(app: &TestApp) {
    settled(app).await;
    let seen = open("anna", BEFORE, "spring");
    let told = fates(app.client(), vec![seen.clone(), seen.clone()]).await;
    assert_eq!(told, ["RECORDED GRANTED", "DUPLICATE GRANTED"]);
    let moved = v1::Interaction { occurred_at: Some(story::timestamp(BEFORE + 1)), ..seen.clone() };
    assert_eq!(fates(app.client(), vec![moved]).await, ["RECORDED GRANTED"], "id and instant, both");
    assert_eq!(rows(app, "interaction").await, 2);

    says(app, "anna", Answer::Withdraw).await;
    assert_eq!(fates(app.client(), vec![seen]).await, ["DISCARDED WITHDRAWN"], "the verdict comes first");
}

#[apply(every_app)]
async fn a_human_signal_overrules_a_machines_and_never_the_reverse(app: &TestApp) {
    settled(app).await;
    let seen = open("anna", BEFORE, "spring");
    assert_eq!(fates(app.client(), vec![machine(&seen)]).await, ["RECORDED GRANTED"]);
    assert_eq!(is_automated(app, "anna").await, [true]);
    let someone_else = v1::Interaction { profile: story::person("chloe"), ..seen.clone() };
    assert_eq!(fates(app.client(), vec![someone_else]).await, ["DUPLICATE GRANTED"]);
    assert_eq!(is_automated(app, "anna").await, [true], "the same profile only");
    assert_eq!(fates(app.client(), vec![seen.clone()]).await, ["DUPLICATE GRANTED"]);
    assert_eq!(is_automated(app, "anna").await, [false]);
    assert_eq!(fates(app.client(), vec![machine(&seen)]).await, ["DUPLICATE GRANTED"]);
    assert_eq!(is_automated(app, "anna").await, [false]);

    let both = open("bruno", BEFORE, "spring");
    let told = fates(app.client(), vec![machine(&both), both]).await;
    assert_eq!(told, ["RECORDED GRANTED", "DUPLICATE GRANTED"]);
    assert_eq!(is_automated(app, "bruno").await, [false]);
}

#[apply(every_app)]
async fn calls_at_the_same_time_each_get_their_own_answer(app: &TestApp) {
    settled(app).await;
    says(app, "bruno", Answer::Refuse).await;
    let client = app.client().once();
    let mut calls = tokio::task::JoinSet::new();
    for turn in 0..64 {
        let client = client.clone();
        calls.spawn(async move {
            let mut call = vec![visit("anna", BEFORE + turn, "shop"), visit("bruno", BEFORE + turn, "shop")];
            if turn % 2 == 1 {
                call.reverse();
            }
            if turn == 13 {
                let request =
                    v1::RecordInteractionsRequest { profile_table: marks::id("nowhere"), interactions: call };
                let refused = client.interactions().record_interactions(request).await;
                assert_eq!(refused.expect_err("no such table").code(), tonic::Code::NotFound);
                return;
            }
            let mut told = fates(&client, call).await;
            if turn % 2 == 1 {
                told.reverse();
            }
            assert_eq!(told, ["RECORDED GRANTED", "DISCARDED REFUSED"], "{turn}");
        });
    }
    calls.join_all().await;
    assert_eq!(rows(app, "interaction").await, 63);
    let batches = rows(app, "interaction_batch").await;
    assert!((1..=63).contains(&batches), "{batches}");
}
