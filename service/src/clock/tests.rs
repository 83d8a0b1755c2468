use std::sync::Arc;
use std::time::Duration;

use assent_domain::time::{Instant, Span};

use super::{Clock, ManualClock, SharedClock, Stopwatch, SystemClock};

fn noon() -> Instant {
    Instant::from_micros(1_784_030_400_000_000).unwrap()
}

#[tokio::test]
async fn a_manual_clock_wakes_only_those_whose_time_has_come() {
    let clock = ManualClock::at(noon());
    let soon = tokio::spawn(clock.sleep(Duration::from_secs(5)));
    let later = tokio::spawn(clock.sleep_until(noon().plus(Span::from_secs(60))));
    assert_eq!(clock.sleepers(), 2);
    assert!(clock.sleeps_until(Duration::from_secs(5)) && !clock.sleeps_until(Duration::from_secs(60)));

    clock.advance(Duration::from_secs(5));
    soon.await.unwrap();
    assert!(!later.is_finished());
    assert_eq!(clock.sleepers(), 1);
    assert!(!clock.sleeps_until(Duration::from_secs(5)), "who woke up sleeps no longer");

    clock.advance(Duration::from_secs(55));
    later.await.unwrap();
}

#[tokio::test]
async fn an_instant_that_is_past_is_not_waited_for() {
    let clock = ManualClock::at(noon());
    clock.sleep_until(noon()).await;
    SystemClock::new().sleep_until(noon().minus(Span::from_days(1_000_000))).await;
}

#[test]
fn setting_the_date_back_never_shortens_what_was_measured() {
    let clock = Arc::new(ManualClock::at(noon()));
    let shared: SharedClock = Arc::clone(&clock) as SharedClock;
    let watch = Stopwatch::start(&shared);
    clock.advance(Duration::from_millis(7));
    clock.set(noon().minus(Span::from_days(1)));
    assert_eq!(watch.elapsed(), Duration::from_millis(7));
    assert_eq!(clock.now(), noon().minus(Span::from_days(1)));
}
