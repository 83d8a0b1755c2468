//! Which answer counts, and what is told of each (the domain's section 5, small print 11 and 12).

use super::*;
use crate::record::Body;

#[test]
fn the_first_answer_is_created() {
    for (said, state, effect) in [
        (Grant, State::Granted, Effect::Granted),
        (Refuse, State::Refused, Effect::Refused),
        (Withdraw, State::Withdrawn, Effect::Withdrawn),
        (Object, State::Objected, Effect::Objected),
    ] {
        let mut story = Story::new();
        let applied = story.say(answer(said, at(0)), at(1));
        assert_eq!(told(&applied, OPENS), (Created, state));
        assert_eq!(line(&applied, OPENS), Some((effect, State::Unknown, state)));
        assert_eq!(applied.outcomes.len(), 6, "one for each scope");
    }
}

#[test]
fn another_answer_changes_and_names_the_old_state() {
    let mut story = Story::new();
    story.say(answer(Grant, at(0)), at(1));
    let applied = story.say(answer(Withdraw, at(2)), at(3));
    assert_eq!(told(&applied, OPENS), (Changed, State::Withdrawn));
    assert_eq!(line(&applied, OPENS), Some((Effect::Withdrawn, State::Granted, State::Withdrawn)));
    let applied = story.say(answer(Grant, at(4)), at(5));
    assert_eq!(line(&applied, OPENS), Some((Effect::Granted, State::Withdrawn, State::Granted)));
}

#[test]
fn an_equal_answer_with_new_evidence_is_renewed_and_exported() {
    let mut story = Story::new();
    story.say(answer(Grant, at(0)), at(1));
    let applied = story.say(answer(Grant, at(4)), at(5));
    assert_eq!(told(&applied, OPENS), (Renewed, State::Granted));
    assert_eq!(line(&applied, OPENS), Some((Effect::Renewed, State::Granted, State::Granted)));
    let standing = applied.outcomes[0].standing;
    assert_eq!((standing.since, standing.last_confirmed), (Some(at(0)), Some(at(4))));
}

#[test]
fn an_older_equal_answer_belongs_to_the_run_and_moves_its_since() {
    let mut story = Story::new();
    story.say(answer(Grant, at(4)), at(5));
    let applied = story.say(imported(Grant, at(1)), at(6));
    assert_eq!(told(&applied, OPENS), (Renewed, State::Granted));
    let standing = applied.outcomes[0].standing;
    assert_eq!((standing.since, standing.last_confirmed), (Some(at(1)), Some(at(4))));
}

#[test]
fn what_is_on_record_is_unchanged_and_stores_nothing() {
    let mut story = Story::new();
    story.say(answer(Grant, at(0)), at(1));
    let applied = story.say(answer(Grant, at(0)), at(9));
    assert_eq!(told(&applied, OPENS), (Unchanged, State::Granted));
    assert!(applied.saved.is_empty());
    assert_eq!(applied.outcomes[0].standing.last_confirmed, Some(at(0)), "nothing is restamped");
    assert_eq!(story.profile.version(), 1);
}

#[test]
fn a_late_grant_dated_before_a_withdrawal_changes_nothing_and_stays_in_the_history() {
    let mut story = Story::new();
    story.say(answer(Withdraw, at(5)), at(5));
    let applied = story.say(imported(Grant, at(1)), at(6));
    assert_eq!(told(&applied, OPENS), (Superseded, State::Withdrawn));
    assert_eq!(applied.saved.len(), 1, "it is a record");
    assert_eq!(applied.saved[0].change, None, "and not a change");
    assert_eq!(story.profile.standing(OPENS, at(3), None, None).state, State::Granted);
}

#[test]
fn a_direct_denial_wins_over_everything_recorded_before_whatever_its_date() {
    for said in [Refuse, Withdraw, Object] {
        let mut story = Story::new();
        story.say(answer(Grant, at(4)), at(5));
        let mut claimed_long_ago = answer(said, at(-10_000));
        let applied = story.say(claimed_long_ago.clone(), at(6));
        assert_eq!(told(&applied, OPENS), (Changed, said.kind().state()));
        assert_eq!(applied.outcomes[0].standing.since, Some(at(6)));
        claimed_long_ago.decided_at = Some(at(10_000));
        assert_eq!(told(&story.say(claimed_long_ago, at(7)), OPENS).0, Renewed, "its date is never refused");
    }
}

#[test]
fn an_imported_denial_is_judged_by_its_date() {
    let mut story = Story::new();
    story.say(answer(Grant, at(4)), at(5));
    assert_eq!(told(&story.say(imported(Withdraw, at(1)), at(6)), OPENS), (Superseded, State::Granted));
    assert_eq!(told(&story.say(imported(Withdraw, at(5)), at(6)), OPENS), (Changed, State::Withdrawn));
}

#[test]
fn a_direct_denial_is_never_unchanged_but_renewed() {
    for said in [Refuse, Withdraw, Object] {
        let mut story = Story::new();
        story.say(answer(said, at(1)), at(1));
        let again = story.say(answer(said, at(1)), at(2));
        assert_eq!(told(&again, OPENS), (Renewed, said.kind().state()));
        assert_eq!((again.saved.len(), story.profile.version()), (1, 2));
        let mut story = Story::new();
        story.say(imported(said, at(1)), at(1));
        let again = story.say(imported(said, at(1)), at(2));
        assert_eq!(told(&again, OPENS).0, Unchanged, "a list sent again is");
    }
}

#[test]
fn a_withdrawal_used_once_bites_again_after_a_later_grant() {
    let mut story = Story::new();
    let undated = |said| AnswerGiven { decided_at: None, ..answer(said, at(0)) };
    for minute in [0, 10, 20] {
        story.say(undated(Grant), at(minute));
        assert_eq!(story.opens(), State::Granted, "a person who says yes again is heard");
        story.say(undated(Withdraw), at(minute + 5));
        assert_eq!(story.opens(), State::Withdrawn);
    }
}

/// Small print 11.
#[test]
fn after_an_objection_refusals_and_withdrawals_are_superseded() {
    let mut story = Story::new();
    story.say(answer(Object, at(1)), at(1));
    for (minute, said) in [(2, Refuse), (3, Withdraw)] {
        let applied = story.say(answer(said, at(minute)), at(minute));
        assert_eq!(told(&applied, OPENS), (Superseded, State::Objected));
        assert_eq!((applied.saved.len(), line(&applied, OPENS)), (1, None));
        assert_eq!(applied.outcomes[0].standing.since, Some(at(1)), "since stays the objection's");
    }
    assert_eq!(told(&story.say(answer(Object, at(4)), at(4)), OPENS), (Renewed, State::Objected));
    assert_eq!(told(&story.say(answer(Grant, at(5)), at(5)), OPENS), (Changed, State::Granted));
}

/// Small print 11.
#[test]
fn a_refusal_between_two_objections_belongs_to_no_run() {
    let mut story = Story::new();
    story.say(imported(Object, at(1)), at(10));
    story.say(imported(Object, at(5)), at(10));
    let applied = story.say(imported(Refuse, at(3)), at(10));
    assert_eq!(told(&applied, OPENS), (Superseded, State::Objected));
}

/// Small print 11.
#[test]
fn direct_answers_of_one_microsecond_follow_the_order_of_protection() {
    let undated = |said| AnswerGiven { decided_at: None, ..answer(said, at(0)) };
    let mut story = Story::new();
    story.say(undated(Withdraw), at(0));
    assert_eq!(told(&story.say(undated(Refuse), at(0)), OPENS), (Superseded, State::Withdrawn));
    assert_eq!(told(&story.say(undated(Grant), at(0)), OPENS), (Superseded, State::Withdrawn));
    assert_eq!(told(&story.say(undated(Object), at(0)), OPENS), (Changed, State::Objected));
}

/// Small print 12.
#[test]
fn unchanged_compares_with_every_record_of_this_life() {
    let mut story = Story::new();
    story.say(imported(Grant, at(0)), at(1));
    story.say(imported(Grant, at(2)), at(3));
    story.say(answer(Withdraw, at(4)), at(4));
    for minute in [0, 2] {
        let applied = story.say(imported(Grant, at(minute)), at(9));
        assert_eq!(told(&applied, OPENS), (Unchanged, State::Withdrawn));
    }
}

/// Small print 12.
#[test]
fn evidence_left_out_counts_as_sent_and_equal() {
    let mut story = Story::new();
    story.say(imported(Grant, at(0)), at(1));
    let mut bare = imported(Grant, at(0));
    bare.evidence.method = None;
    bare.evidence.language = None;
    bare.evidence.source.as_mut().unwrap().version = None;
    assert_eq!(told(&story.say(bare.clone(), at(2)), OPENS).0, Unchanged);
    bare.decided_at = None;
    bare.evidence = crate::evidence::Evidence::default();
    assert_eq!(told(&story.say(bare, at(2)), OPENS).0, Unchanged);
}

#[test]
fn an_undated_list_sent_again_never_undoes_a_withdrawal() {
    let undated = AnswerGiven { decided_at: None, ..imported(Grant, at(0)) };
    let mut story = Story::new();
    story.say(undated.clone(), at(0));
    story.say(answer(Withdraw, at(1)), at(1));
    assert_eq!(told(&story.say(undated, at(2)), OPENS), (Unchanged, State::Withdrawn));
}

type Altered = fn(&mut AnswerGiven);

#[test]
fn any_evidence_that_differs_is_new_evidence() {
    let changes: [Altered; 9] = [
        |given| given.decided_at = Some(at(-1)),
        |given| given.basis = Some(crate::evidence::Basis::Imported),
        |given| given.evidence.method = Some("double_opt_in".to_owned()),
        |given| given.evidence.language = Some("it".to_owned()),
        |given| given.evidence.actor = Some("agent".to_owned()),
        |given| given.evidence.proof_reference = Some("archive/2".to_owned()),
        |given| given.evidence.source.as_mut().unwrap().name = Some("other".to_owned()),
        |given| given.evidence.source.as_mut().unwrap().version = Some("4".to_owned()),
        |given| given.evidence.source = Some(sample::source(crate::evidence::SourceKind::Form)),
    ];
    for change in changes {
        let mut story = Story::new();
        story.say(imported(Grant, at(0)), at(1));
        let mut other = imported(Grant, at(0));
        change(&mut other);
        assert_eq!(told(&story.say(other, at(2)), OPENS).0, Renewed);
    }
    let mut story = Story::new();
    story.say(imported(Grant, at(0)), at(1));
    let joint = on(Coverage::BOTH, imported(Grant, at(0)));
    assert_eq!(told(&story.say(joint, at(2)), OPENS).0, Renewed, "that it was one act is evidence too");
}

#[test]
fn a_new_controller_alone_renews_nothing() {
    let mut story = Story::new();
    story.say(imported(Grant, at(0)), at(1));
    story.controller.as_mut().unwrap().name = "Shop II".to_owned();
    assert_eq!(told(&story.say(imported(Grant, at(0)), at(2)), OPENS).0, Unchanged);
}

#[test]
fn answers_are_folded_told_and_exported_per_scope() {
    let mut story = Story::new();
    story.say(on(scopes(&[Scope::EmailOpen]), answer(Grant, at(0))), at(1));
    let applied = story.say(on(scopes(&[Scope::EmailOpen, Scope::EmailClick]), answer(Grant, at(0))), at(2));
    assert_eq!(told(&applied, OPENS), (Unchanged, State::Granted));
    assert_eq!(told(&applied, CLICKS), (Created, State::Granted));
    assert_eq!((line(&applied, OPENS), applied.saved.len()), (None, 1));
    assert_eq!(applied.saved[0].record.coverage(), Some(scopes(&[Scope::EmailClick])));
    story.say(on(scopes(&[Scope::EmailOpen]), answer(Withdraw, at(3))), at(3));
    assert_eq!((story.opens(), story.reads(CLICKS)), (State::Withdrawn, State::Granted));
}

#[test]
fn a_joint_grant_is_never_stored_as_if_it_were_two() {
    let joint = |scope: &[Scope]| {
        Coverage::new(true, TrackingCoverage::Scopes(scope.iter().copied().collect())).unwrap()
    };
    let mut story = Story::new();
    story.say(on(joint(&[Scope::EmailOpen]), answer(Grant, at(0))), at(1));
    let wider = joint(&[Scope::EmailOpen, Scope::EmailClick]);
    let applied = story.say(on(wider, answer(Grant, at(0))), at(2));
    assert_eq!(applied.saved[0].record.coverage(), Some(wider));
    assert_eq!(told(&applied, OPENS).0, Renewed);
    assert_eq!(told(&applied, CLICKS).0, Created);
    // Either half can be withdrawn alone.
    story.say(on(Coverage::MARKETING, answer(Withdraw, at(3))), at(3));
    assert_eq!((story.opens(), story.reads(Series::Marketing)), (State::Granted, State::Withdrawn));
}

#[test]
fn of_a_joint_denial_only_what_is_not_on_record_is_stored() {
    let joint = Coverage::new(true, TrackingCoverage::Scopes(ScopeSet::NONE.with(Scope::EmailOpen))).unwrap();
    let mut story = Story::new();
    story.say(on(Coverage::MARKETING, imported(Withdraw, at(0))), at(1));
    let applied = story.say(on(joint, imported(Withdraw, at(0))), at(2));
    assert_eq!(told(&applied, Series::Marketing).0, Unchanged);
    assert_eq!(told(&applied, OPENS).0, Created);
    assert_eq!(applied.saved[0].record.coverage(), Some(scopes(&[Scope::EmailOpen])));
}

#[test]
fn a_grant_on_all_is_stored_as_todays_scopes_and_a_denial_on_all_covers_later_ones() {
    for said in Answer::ALL {
        let mut story = Story::new();
        let applied = story.say(answer(said, at(0)), at(0));
        let tracking = applied.saved[0].record.coverage().unwrap().tracking();
        let expected =
            if said == Grant { TrackingCoverage::Scopes(ScopeSet::ALL) } else { TrackingCoverage::All };
        assert_eq!(tracking, expected);
    }
}

#[test]
fn a_denial_on_all_is_more_than_one_on_todays_scopes() {
    let mut story = Story::new();
    story.say(on(scopes(&Scope::ALL), imported(Withdraw, at(0))), at(1));
    let applied = story.say(imported(Withdraw, at(0)), at(2));
    assert_eq!(told(&applied, OPENS).0, Renewed);
    assert_eq!(applied.saved[0].record.coverage(), Some(Coverage::TRACKING));
    assert_eq!(told(&story.say(imported(Withdraw, at(0)), at(3)), OPENS).0, Unchanged);
}

#[test]
fn a_grant_between_an_objection_and_a_withdrawal_gives_the_withdrawal_its_effect() {
    let mut story = Story::new();
    story.say(imported(Object, at(1)), at(10));
    story.say(imported(Withdraw, at(5)), at(10));
    assert_eq!(story.opens(), State::Objected);
    let applied = story.say(imported(Grant, at(3)), at(10));
    assert_eq!(told(&applied, OPENS), (Changed, State::Withdrawn));
    assert_eq!(line(&applied, OPENS), Some((Effect::Withdrawn, State::Objected, State::Withdrawn)));
}

#[test]
fn denials_never_fail_for_missing_evidence() {
    for said in [Refuse, Withdraw, Object] {
        let mut story = Story::under(vec![sample::demanding()]);
        story.controller = None;
        let mut bare = answer(said, at(10_000));
        bare.evidence = crate::evidence::Evidence {
            method: Some("implied".to_owned()),
            notice: Some(crate::id::NoticeId([9; 32])),
            ..Default::default()
        };
        assert_eq!(told(&story.say(on(Coverage::BOTH, bare.clone()), at(0)), OPENS).0, Created);
        bare.evidence.source = Some(sample::source(crate::evidence::SourceKind::Import));
        assert!(story.apply(&Command::answer(bare), at(1)).is_ok());
    }
}

#[test]
fn a_refused_item_leaves_the_profile_as_it_was() {
    let mut story = Story::under(vec![sample::demanding()]);
    story.say(answer(Withdraw, at(0)), at(0));
    let undated = AnswerGiven { decided_at: None, ..answer(Grant, at(1)) };
    let item = Command { facts: Some(sample::facts("2026-01-01")), ..Command::answer(undated) };
    assert_eq!(story.problems(&item, at(1)).len(), 1);
    assert_eq!((story.profile.version(), story.opens()), (1, State::Withdrawn));
    assert_eq!(story.profile.history().facts().collected_on, None, "not even its facts are stored");
}

#[test]
fn the_tables_controller_stands_beside_every_answer_and_a_basis_beside_grants_only() {
    let mut story = Story::new();
    for said in Answer::ALL {
        let mut given = answer(said, at(0));
        given.basis = Some(crate::evidence::Basis::Explicit);
        given.evidence.controller = None;
        let applied = story.say(given, at(1));
        let Body::Answer(stored) = &applied.saved[0].record.body else { panic!("not an answer") };
        assert!(stored.evidence.controller == Some(sample::controller()));
        assert_eq!(stored.basis.is_some(), said == Grant);
    }
}

#[test]
fn a_record_is_never_recorded_before_the_one_before_it() {
    let mut story = Story::new();
    story.say(answer(Grant, at(9)), at(10));
    let applied = story.say(answer(Withdraw, at(3)), at(3));
    let record = &applied.saved[0].record;
    assert_eq!((record.recorded_at, record.profile_version), (at(10), 2));
    assert_eq!(story.opens(), State::Withdrawn, "a clock set back loses no withdrawal");
}

#[test]
fn a_record_names_the_policies_in_force_and_its_change() {
    let mut story = Story::under(vec![sample::lenient(), sample::demanding()]);
    let applied = story.say(answer(Grant, at(0)), at(1));
    let record = &applied.saved[0].record;
    let names: Vec<_> = record.policies.iter().map(|p| (p.id.as_str(), p.version)).collect();
    assert_eq!(names, [("lenient", 1), ("demanding", 2)]);
    let change = applied.saved[0].change.as_ref().unwrap();
    assert_eq!((change.record, change.profile_version, change.lines.len()), (record.id, 1, 6));
}
