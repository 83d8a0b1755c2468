//! A logical call, as the service sees it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Scripted, failure};
use crate::{
    AnswerGiven, Cause, Coverage, GetConsents, HistoryEvent, HistoryVerdict, Item, Reason, RequestId, Retry,
    Upsert,
};

fn withdrawal(profile: &str) -> Upsert {
    Upsert::into_table("t").item(Item::new(profile).answer(AnswerGiven::withdraw(Coverage::tracking())))
}

fn unavailable() -> tonic::Status {
    failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::new())
}

#[tokio::test]
async fn a_retried_mutation_keeps_its_request_id() {
    let service = Scripted::start().await;
    service.fail([unavailable(), failure(Code::Aborted, "CONFLICT", ErrorDetails::new())]);

    service.client().consents().upsert(withdrawal("a")).await.unwrap();

    let ids: Vec<String> = service.seen().into_iter().map(|seen| seen.request_id).collect();
    assert_eq!(ids.len(), 3);
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert!(ids[0].parse::<RequestId>().is_ok());
}

#[tokio::test]
async fn two_calls_have_two_request_ids_unless_the_caller_says_so() {
    let service = Scripted::start().await;
    let client = service.client();
    let kept = RequestId::new();
    client.consents().upsert(withdrawal("a")).await.unwrap();
    client.consents().upsert(withdrawal("a")).await.unwrap();
    client.consents().upsert(withdrawal("a").request_id(kept)).await.unwrap();
    let ids: Vec<String> = service.seen().into_iter().map(|seen| seen.request_id).collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(ids[2], kept.to_string());
}

#[tokio::test]
async fn the_service_is_left_alone_for_as_long_as_it_asks() {
    let service = Scripted::start().await;
    let asked = Duration::from_millis(200);
    service.fail([failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::with_retry_info(Some(asked)))]);

    service.client().consents().upsert(withdrawal("a")).await.unwrap();

    let seen = service.seen();
    assert!(seen[1].at - seen[0].at >= asked);
}

#[tokio::test]
async fn attempts_are_bounded_and_counted() {
    let service = Scripted::start().await;
    service.fail((0..9).map(|_| unavailable()));
    let error = service.client().consents().upsert(withdrawal("a")).await.unwrap_err();
    assert_eq!(service.seen().len(), 5);
    assert_eq!(error.attempts(), 5);
    assert_eq!(error.reason(), Some(Reason::Unavailable));
    assert_eq!(error.request_id().unwrap().to_string(), service.seen()[0].request_id);
}

#[tokio::test]
async fn what_does_not_pass_is_not_tried_again() {
    let service = Scripted::start().await;
    service.fail([failure(Code::Aborted, "ETAG_MISMATCH", ErrorDetails::new())]);
    let error = service.client().consents().upsert(withdrawal("a")).await.unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(Reason::EtagMismatch), 1));
    assert_eq!(service.seen().len(), 1);
}

#[tokio::test]
async fn a_wait_longer_than_the_call_may_take_is_not_begun() {
    let service = Scripted::start().await;
    let hour = ErrorDetails::with_retry_info(Some(Duration::from_secs(3600)));
    service.fail([failure(Code::Unavailable, "UNAVAILABLE", hour)]);
    let error = service.client().consents().upsert(withdrawal("a")).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn an_attempt_tells_the_service_how_long_it_may_take() {
    let service = Scripted::start().await;
    let client =
        crate::Client::connect_lazily(service.options().attempt_timeout(Duration::from_secs(3))).unwrap();
    client.consents().upsert(withdrawal("a")).await.unwrap();
    // Microseconds, as tonic writes it: digits and a unit.
    assert_eq!(service.seen()[0].header("grpc-timeout"), "3000000u");
}

#[tokio::test]
async fn the_key_goes_with_every_call() {
    let service = Scripted::start().await;
    service.client().consents().get(GetConsents::of("t", ["a"])).await.unwrap();
    assert_eq!(service.seen()[0].header("authorization"), "Bearer secret-key");
}

#[tokio::test]
async fn nobody_at_the_endpoint_is_told_as_unreachable_without_the_address() {
    let options = crate::Options::new("http://127.0.0.1:1").retry(Retry::never());
    let error = crate::Client::connect(options).await.unwrap_err();
    assert_eq!(error.cause(), &Cause::Unreachable);
    assert!(error.passes());
    assert!(!error.to_string().contains("127.0.0.1"));
}

/// A service that takes the call and is gone: killed, or cut off.
#[tokio::test]
async fn a_connection_that_breaks_during_a_call_is_tried_again() {
    // An HTTP/2 SETTINGS frame without content: enough for the client to send its call.
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let killed = tokio::spawn(async move {
        let mut connections = 0;
        while connections < 3 {
            let (mut connection, _) = listener.accept().await.unwrap();
            connections += 1;
            connection.write_all(&SETTINGS).await.unwrap();
            let mut bytes = [0; 4096];
            let mut received = 0;
            // The preface and the client's settings come first; what is more is the call.
            while received < 150 {
                let more = connection.read(&mut bytes).await.unwrap();
                assert_ne!(more, 0, "the client went away first");
                received += more;
            }
        }
    });
    let retry = Retry::default().attempts(3).base(Duration::from_millis(1));
    let client = crate::Client::connect_lazily(crate::Options::new(endpoint).retry(retry)).unwrap();
    let error = client.consents().upsert(withdrawal("a")).await.unwrap_err();
    killed.abort();
    assert_eq!((error.cause(), error.attempts()), (&Cause::Unreachable, 3));
}

#[tokio::test]
async fn a_service_without_health_is_a_service_still() {
    let service = Scripted::start().await;
    crate::Client::connect(service.options()).await.unwrap();
}

#[tokio::test]
async fn a_walk_over_the_ledger_ends_with_its_verdict() {
    let service = Scripted::start().await;
    service.fail([unavailable()]);
    let walk = service.client().consents().verify_history(None).await.unwrap();
    let HistoryVerdict::Whole { verified, redacted, head } = walk.verdict().await.unwrap() else {
        panic!("the script says that it is whole")
    };
    assert_eq!((verified, redacted, head.position), (1, 1, 2));
}

#[tokio::test]
async fn a_walk_that_breaks_is_begun_again_and_tells_nothing_twice() {
    let service = Scripted::start().await;
    service.break_walks([unavailable(), unavailable()]);
    let mut walk = service.client().consents().verify_history(None).await.unwrap();
    let mut events = Vec::new();
    while let Some(event) = walk.next().await.unwrap() {
        events.push(event);
    }
    assert_eq!(service.seen().len(), 3);
    assert!(
        matches!(
            events.as_slice(),
            [HistoryEvent::Progress { position: 1, .. }, HistoryEvent::Verdict(HistoryVerdict::Whole { .. })]
        ),
        "{events:?}"
    );
}

#[tokio::test]
async fn a_walk_that_goes_on_breaking_is_given_up_as_any_call_is() {
    let service = Scripted::start().await;
    service.break_walks((0..9).map(|_| unavailable()));
    let mut walk = service.client().consents().verify_history(None).await.unwrap();
    assert!(matches!(walk.next().await, Ok(Some(HistoryEvent::Progress { .. }))));
    let error = walk.next().await.unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(Reason::Unavailable), 5));
    assert_eq!(service.seen().len(), 5);
    assert_eq!(walk.next().await.unwrap(), None);
}

#[test]
fn calls_can_be_spawned() {
    fn sendable<T: Send>(_: T) {}
    let _ = |client: &crate::Client| {
        sendable(client.consents().upsert(withdrawal("a")));
        sendable(client.consents().get(GetConsents::of("t", ["a"])));
        sendable(client.health().check());
    };
}
