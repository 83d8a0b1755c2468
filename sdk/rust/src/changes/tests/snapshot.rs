//! A snapshot goes on after what was given, and ends once.

use assent_proto::v1;
use assent_proto::v1::snapshot_consents_response::Event;
use tonic::Code;
use tonic_types::ErrorDetails;

use crate::scripted::{Copied, Scripted, failure};
use crate::{
    ChangeFilter, Purpose, Reason, ResumeToken, Series, Snapshot, SnapshotPiece, SnapshotQuery, State,
};

pub(super) fn page(people: &[&str], resume_token: &str) -> Copied {
    let person = |id: &&str| v1::ProfileSnapshot {
        profile_table: "t".to_owned(),
        profile: Some(v1::ProfileKey { id: (*id).to_owned() }),
        profile_version: 3,
        standings: vec![v1::Standing {
            series: v1::Series::Marketing.into(),
            state: v1::State::Granted.into(),
            ..v1::Standing::default()
        }],
    };
    let profiles = people.iter().map(person).collect();
    let page = v1::SnapshotPage { profiles, resume_token: resume_token.to_owned() };
    Ok(v1::SnapshotConsentsResponse { event: Some(Event::Page(page)) })
}

pub(super) fn end(cursor: &str) -> Copied {
    let end = v1::SnapshotEnd { cursor: cursor.to_owned(), position: 7 };
    Ok(v1::SnapshotConsentsResponse { event: Some(Event::End(end)) })
}

/// What comes next: the people of a page and where it goes on, or the cursor at the end.
async fn next(snapshot: &mut Snapshot) -> (Vec<String>, String) {
    match snapshot.next().await.unwrap() {
        SnapshotPiece::Page(page) => {
            assert_eq!(snapshot.resume_token(), Some(&page.resume_token));
            let people = page.profiles.into_iter().map(|one| one.profile);
            (people.collect(), page.resume_token.as_str().to_owned())
        }
        SnapshotPiece::End(end) => (vec!["END".to_owned()], end.cursor.as_str().to_owned()),
    }
}

fn said(people: &[&str], goes_on: &str) -> (Vec<String>, String) {
    (people.iter().map(|one| (*one).to_owned()).collect(), goes_on.to_owned())
}

#[tokio::test]
async fn a_snapshot_that_is_ended_or_broken_goes_on_after_what_was_given() {
    let service = Scripted::start().await;
    service.snapshot([page(&[], "0"), page(&["anna"], "1")]);
    let slow = failure(Code::Aborted, "READER_TOO_SLOW", ErrorDetails::new());
    service.snapshot([page(&[], "1"), page(&["bruno", "chloe"], "2"), Err(slow)]);
    service.snapshot([page(&[], "2"), end("c")]);
    let mut snapshot = service.client().changes().snapshot(SnapshotQuery::everything().page_size(2));
    assert_eq!(snapshot.resume_token(), None);
    assert!(service.cursors().is_empty(), "nothing is asked before it is wanted");
    for expected in [
        said(&[], "0"),
        said(&["anna"], "1"),
        said(&[], "1"),
        said(&["bruno", "chloe"], "2"),
        said(&[], "2"),
        said(&["END"], "c"),
        said(&["END"], "c"),
    ] {
        assert_eq!(next(&mut snapshot).await, expected);
    }
    assert_eq!(service.cursors(), ["", "1", "2"], "and the end is asked for once");
    assert_eq!(service.seen()[0].header("grpc-timeout"), "", "a stream lasts as long as it lasts");
}

#[tokio::test]
async fn a_token_that_was_kept_goes_on_and_what_does_not_pass_is_told() {
    let service = Scripted::start().await;
    let lost = failure(Code::DataLoss, "CURSOR_DIVERGED", ErrorDetails::new());
    service.snapshot([page(&["dario"], "8"), Err(lost)]);
    let kept = SnapshotQuery::everything().resume(ResumeToken::from_text("7"));
    let kept = kept.filter(ChangeFilter::everything().purposes([Purpose::Marketing]));
    let mut snapshot = service.client().changes().snapshot(kept);
    let SnapshotPiece::Page(first) = snapshot.next().await.unwrap() else { panic!("a page") };
    let dario = &first.profiles[0];
    assert_eq!((dario.profile_table.as_str(), dario.profile_version), ("t", 3));
    assert_eq!(dario.standing(Series::Marketing).map(|standing| standing.state), Some(State::Granted));
    assert!(dario.standing(Series::Device).is_none());
    assert_eq!(snapshot.next().await.unwrap_err().reason(), Some(Reason::CursorDiverged));
    assert_eq!(snapshot.resume_token().map(ResumeToken::as_str), Some("8"));
    assert_eq!(format!("{:?}", snapshot.resume_token()), "Some(ResumeToken(opaque))");
    assert_eq!(service.cursors(), ["7"]);
}

#[tokio::test]
async fn a_snapshot_that_says_nothing_is_none() {
    let service = Scripted::start().await;
    service.snapshot([]);
    let mut snapshot = service.client().changes().snapshot(SnapshotQuery::everything());
    assert!(snapshot.next().await.is_err());
    service.snapshot([Ok(v1::SnapshotConsentsResponse::default())]);
    assert!(snapshot.next().await.is_err(), "nor is one that says nothing that is known");
}
