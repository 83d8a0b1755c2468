//! When to try again, and after what wait.

use std::time::Duration;

use tonic::Code;
use tonic_types::ErrorDetails;

use super::Retry;
use crate::error::Error;
use crate::scripted::failure;

const PLENTY: Duration = Duration::from_secs(1000);

fn passing(asked: Option<Duration>) -> Error {
    Error::from_status(&failure(Code::Unavailable, "UNAVAILABLE", ErrorDetails::with_retry_info(asked)))
}

fn millis(retry: Retry, attempts: u32, fraction: f64) -> Option<u128> {
    retry.wait_after(attempts, &passing(None), fraction, PLENTY).map(|wait| wait.as_millis())
}

#[test]
fn waits_double_up_to_the_longest_and_are_drawn_from_the_upper_half() {
    let retry =
        Retry::default().attempts(99).base(Duration::from_millis(100)).max_wait(Duration::from_secs(1));
    let longest: Vec<_> = (1..=6).map(|attempts| millis(retry, attempts, 1.0).unwrap()).collect();
    assert_eq!(longest, [100, 200, 400, 800, 1000, 1000]);
    let shortest: Vec<_> = (1..=6).map(|attempts| millis(retry, attempts, 0.0).unwrap()).collect();
    assert_eq!(shortest, [50, 100, 200, 400, 500, 500]);
    assert_eq!(millis(retry, 98, 1.0), Some(1000));
}

#[test]
fn the_last_attempt_is_the_last() {
    assert!(millis(Retry::default().attempts(3), 2, 0.5).is_some());
    assert_eq!(millis(Retry::default().attempts(3), 3, 0.5), None);
    assert_eq!(millis(Retry::never(), 1, 0.5), None);
    assert_eq!(millis(Retry::default().attempts(0), 1, 0.5), None);
}

#[test]
fn what_the_service_asks_for_is_waited_beside_what_is_drawn() {
    let retry = Retry::default().base(Duration::from_millis(100));
    let wait = |asked| retry.wait_after(1, &passing(Some(asked)), 1.0, PLENTY).unwrap();
    assert_eq!(wait(Duration::from_secs(60)), Duration::from_millis(60_100));
    assert_eq!(wait(Duration::from_millis(1)), Duration::from_millis(101));
}

#[test]
fn what_the_caller_must_change_is_not_sent_again() {
    let error = Error::from_status(&failure(Code::InvalidArgument, "FIELD_INVALID", ErrorDetails::new()));
    assert_eq!(Retry::default().wait_after(1, &error, 0.5, PLENTY), None);
}

#[test]
fn no_wait_outlasts_the_call() {
    let error = passing(Some(Duration::from_secs(10)));
    assert_eq!(Retry::default().wait_after(1, &error, 0.5, Duration::from_secs(10)), None);
}
