use tonic::Code;
use tonic_types::ErrorDetails;

use super::*;
use crate::scripted::{Scripted, failure};
use crate::state::{Outcome, State};

fn unavailable() -> tonic::Status {
    failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new())
}

#[tokio::test]
async fn what_is_said_by_a_token_is_retried_under_one_request_id() {
    let service = Scripted::start().await;
    service.fail([unavailable(), unavailable()]);
    let told = service.client().consents().redeem_token(Redeem::withdraw(Token::new("k.1"))).await.unwrap();
    let told = told.into_iter().next().unwrap().unwrap();
    assert_eq!((told[0].outcome, told[0].standing.state), (Outcome::Created, State::Granted));

    let seen = service.seen();
    assert_eq!(seen.iter().map(|seen| seen.profiles[0].as_str()).collect::<Vec<_>>(), ["k.1"; 3]);
    assert!(seen.iter().all(|one| one.request_id == seen[0].request_id));
    let kept = RequestId::new();
    let again = Redeem::withdraw(Token::new("k.1")).request_id(kept);
    service.client().consents().redeem_token(again).await.unwrap();
    assert_eq!(service.seen()[3].request_id, kept.to_string());
}

#[tokio::test]
async fn what_failed_can_be_said_again_under_the_same_request_id() {
    let service = Scripted::start().await;
    service.fail(std::iter::repeat_with(unavailable).take(5));
    let failed = service.client().consents().redeem_token(Redeem::withdraw(Token::new("k.1"))).await;
    let id = failed.unwrap_err().request_id().unwrap();
    assert_eq!(service.seen()[0].request_id, id.to_string());
}

#[test]
fn a_token_is_not_shown_by_what_holds_it() {
    let token = Token::new("k.secret");
    let choice = Choice::new(Answer::Grant, Coverage::tracking());
    for shown in [format!("{token:?}"), format!("{:?}", Redeem::choices(token, [choice]).form("centre", "1"))]
    {
        assert!(!shown.contains("k.secret"), "{shown}");
    }
}
