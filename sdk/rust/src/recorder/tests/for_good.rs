//! Where the client may not call: everything comes back, and nothing more is taken.

use super::*;
use crate::recorder::NotTakenReason;
use crate::scripted::recordings::Step;
use crate::{Cause, Reason};

fn refused() -> tonic::Status {
    failure(Code::Unauthenticated, "CREDENTIAL_UNKNOWN", ErrorDetails::new())
}

#[tokio::test]
async fn without_a_credential_that_counts_it_fails_for_good_and_hands_everything_back() {
    let service = Scripted::start().await;
    service.steps([Step::Acknowledge, Step::Break { recorded: true, status: refused() }]);
    let recorder = eager(&service, options().batch_items(1).max_items(4));
    let mut tickets = take_now(&recorder, &["a", "b", "c", "d"]);
    let waits = tokio::spawn({
        let recorder = recorder.clone();
        async move {
            let mut taken = 0;
            loop {
                match recorder.record("t", open("e")).await {
                    Ok(_) => taken += 1,
                    Err(not_taken) => return (taken, not_taken),
                }
            }
        }
    });
    assert_eq!(word(tickets.remove(0)).await, "RECORDED");
    for ticket in tickets {
        let Err(NotRecorded::InShutdownReport { error }) = ticket.await else { panic!("not handed back") };
        assert_eq!(error.unwrap().reason(), Some(Reason::CredentialUnknown));
    }
    let (taken, not_taken) = waits.await.unwrap();
    let NotTakenReason::Failed(error) = &not_taken.reason else { panic!("{not_taken:?}") };
    assert_eq!(error.reason(), Some(Reason::CredentialUnknown));
    assert_eq!(not_taken.interaction.profile.as_deref(), Some("e"), "who waited gets it back");

    let later = recorder.try_record("t", open("f")).unwrap_err();
    assert!(matches!(later.reason, NotTakenReason::Failed(_)));
    assert_eq!(later.interaction.profile.as_deref(), Some("f"));
    let report = recorder.report();
    assert_eq!((report.taken, report.recorded, report.failed), (4 + taken, 1, 3 + taken));
    assert_eq!(report.trouble.as_ref().unwrap().reason(), Some(Reason::CredentialUnknown));
    whole(&report);

    let end = recorder.shutdown(NEVER).await;
    assert_eq!(end.error.as_ref().unwrap().reason(), Some(Reason::CredentialUnknown));
    assert!(!end.is_complete());
    let back: Vec<_> = end.unrecorded.iter().map(|left| left.interaction.profile.clone().unwrap()).collect();
    assert_eq!(back[..3], ["b", "c", "d"]);
    assert_eq!(back.len() as u64, end.report.failed);
    assert!(end.unrecorded[0].sent, "it may be on record, and is");
}

#[tokio::test]
async fn every_way_of_not_being_let_in_is_for_good() {
    for status in [
        refused(),
        failure(Code::Unauthenticated, "CREDENTIAL_MISSING", ErrorDetails::new()),
        failure(Code::PermissionDenied, "ROLE_MISSING", ErrorDetails::new()),
        tonic::Status::unauthenticated("by something in between"),
        tonic::Status::permission_denied("by something in between"),
        tonic::Status::unimplemented("an earlier release"),
    ] {
        let service = Scripted::start().await;
        service.fail([status]);
        let recorder = eager(&service, options());
        assert_eq!(words(take_now(&recorder, &["a"])).await, ["handed back"]);
        let end = recorder.shutdown(NEVER).await;
        assert_eq!(end.unrecorded.len(), 1);
        assert!(!end.unrecorded[0].sent, "nobody read it");
        assert!(matches!(end.error.unwrap().cause(), Cause::Refused(_) | Cause::Unexplained(_)));
    }
}

#[tokio::test]
async fn what_may_pass_is_not_for_good() {
    for status in [
        unavailable(),
        failure(Code::Aborted, "CONFLICT", ErrorDetails::new()),
        failure(Code::Internal, "INTERNAL", ErrorDetails::new()),
        failure(Code::Aborted, "READER_TOO_SLOW", ErrorDetails::new()),
        failure(Code::DeadlineExceeded, "DEADLINE_EXCEEDED", ErrorDetails::new()),
        failure(Code::InvalidArgument, "FIELD_INVALID", ErrorDetails::new()),
        tonic::Status::unknown("something in between"),
    ] {
        let service = Scripted::start().await;
        service.fail([status.clone()]);
        service.steps([Step::Break { recorded: false, status }]);
        let recorder = eager(&service, options());
        assert_eq!(words(take_now(&recorder, &["a"])).await, ["RECORDED RESENT"]);
    }
}
