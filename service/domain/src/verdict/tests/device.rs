//! Who may be shown a person's last device: scope DEVICE, asked as for a recorded row of that scope.

use crate::answer::Answer;
use crate::scene::{Scene, Someone, only, paris, policy};
use crate::scope::Scope;
use crate::verdict::{Life, Use};

const AT: &str = "2026-11-02 12:00:00";

fn device(answer: Answer) -> Someone {
    let before = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    before.says(answer, only(Scope::Device), paris("2026-11-01 12:00:00"))
}

#[test]
fn the_last_device_is_shown_while_device_permits() {
    let strict = policy("strict");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let shown =
        |someone: &Someone| Scene::open(someone, &strict, paris(AT)).to(Use::Activity).shows_the_device();
    assert!(shown(&granted));
    assert!(!shown(&device(Answer::Withdraw)), "the other scopes are still granted");
    assert!(!shown(&Someone::unknown()));
}

#[test]
fn the_last_device_stays_shown_where_the_policy_keeps_and_every_policy_is_asked() {
    let (legacy, strict) = (policy("legacy"), policy("strict"));
    let withdrawn = device(Answer::Withdraw);
    let seen = |at| Scene::open(&withdrawn, &legacy, paris(at)).arriving(paris(AT)).to(Use::Activity);
    let before = "2026-11-01 11:59:59";
    assert!(seen(before).shows_the_device());
    assert!(!seen(before).also(&strict).shows_the_device());
    assert!(
        !seen("2026-11-01 12:00:00").shows_the_device(),
        "seen after it was withdrawn: kept by no policy"
    );
}

#[test]
fn an_erased_persons_device_is_shown_to_nobody_and_nobodys_is_none() {
    let legacy = policy("legacy");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let scene = || Scene::open(&granted, &legacy, paris(AT)).to(Use::Activity);
    assert!(scene().shows_the_device());
    assert!(!scene().living(Life::Erased).shows_the_device());
    assert!(!scene().naming_nobody().shows_the_device());
}

#[test]
fn a_device_is_shown_for_as_long_as_interactions_are_kept() {
    let mut short = policy("strict");
    short.interactions_kept_days = Some(30);
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let (seen, ends) = ("2026-11-02 12:00:00", "2026-12-02 12:00:00");
    let scene =
        |policy, now| Scene::open(&granted, policy, paris(seen)).arriving(paris(now)).to(Use::Activity);
    assert!(scene(&short, ends).shows_the_device());
    assert!(!scene(&short, "2026-12-02 12:00:01").shows_the_device());
    let legacy = policy("legacy");
    assert!(scene(&legacy, "2026-12-02 12:00:01").shows_the_device());
    assert!(!scene(&legacy, "2026-12-02 12:00:01").also(&short).shows_the_device(), "the shortest counts");
}

#[test]
fn a_device_seen_before_a_new_life_is_shown_to_nobody() {
    let strict = policy("strict");
    let granted = Someone::unknown().grants(paris("2026-11-01 00:00:00"));
    let since =
        |at| Scene::open(&granted, &strict, paris(AT)).to(Use::Activity).living(Life::NewSince(paris(at)));
    assert!(since(AT).shows_the_device());
    assert!(!since("2026-11-02 12:00:01").shows_the_device());
}
