//! What a filter lets through: whole changes by table and origin, lines by series and effect.

use super::*;
use crate::answer::{Answer, State};
use crate::change::Saved;
use crate::command::Command;
use crate::sample::{Story, answer, at};
use crate::scope::{Coverage, Scope};

/// A change of marketing and all of tracking: seven lines, all of one effect.
fn both(said: Answer, origin: Option<&str>) -> Saved {
    let mut story = Story::new();
    let mut given = answer(said, at(1));
    given.coverage = Coverage::BOTH;
    let mut saved = story.apply(&Command::answer(given), at(1)).unwrap().saved.remove(0);
    saved.record.origin = origin.map(|name| Origin::new(name).unwrap());
    saved
}

fn seen(filter: &ChangeFilter, saved: &Saved) -> Vec<Series> {
    let (record, change) = (&saved.record, saved.change.as_ref().unwrap());
    filter.lines(&record.table, record.origin.as_ref(), &change.lines).map(|line| line.series).collect()
}

#[test]
fn a_filter_that_says_nothing_leaves_nothing_out() {
    let refused = both(Answer::Refuse, None);
    assert_eq!(seen(&ChangeFilter::default(), &refused), Series::ALL);
}

#[test]
fn a_change_carries_the_lines_that_pass_and_no_others() {
    let refused = both(Answer::Refuse, None);
    let marketing = ChangeFilter { purposes: vec![Purpose::Marketing], ..ChangeFilter::default() };
    assert_eq!(seen(&marketing, &refused), [Series::Marketing]);
    let tracking = ChangeFilter { purposes: vec![Purpose::Tracking], ..ChangeFilter::default() };
    assert_eq!(seen(&tracking, &refused), Series::ALL[1..]);
}

#[test]
fn scopes_choose_among_tracking_and_leave_marketing_alone() {
    let refused = both(Answer::Refuse, None);
    let scopes = ScopeSet::NONE.with(Scope::EmailOpen).with(Scope::Device);
    let filter = ChangeFilter { scopes, ..ChangeFilter::default() };
    let expected = [Series::Marketing, Series::Tracking(Scope::EmailOpen), Series::Tracking(Scope::Device)];
    assert_eq!(seen(&filter, &refused), expected);
    let filter = ChangeFilter { purposes: vec![Purpose::Tracking], ..filter };
    assert_eq!(seen(&filter, &refused), expected[1..]);
}

#[test]
fn effects_are_asked_of_each_line() {
    let mut saved = both(Answer::Refuse, None);
    let mut change = saved.change.take().unwrap();
    change.lines[0] = Line { effect: Effect::Renewed, new: State::Refused, ..change.lines[0] };
    saved.change = Some(change);
    let renewed = ChangeFilter { effects: vec![Effect::Renewed], ..ChangeFilter::default() };
    assert_eq!(seen(&renewed, &saved), [Series::Marketing]);
    let granted = ChangeFilter { effects: vec![Effect::Granted], ..ChangeFilter::default() };
    assert!(seen(&granted, &saved).is_empty());
}

#[test]
fn a_system_can_leave_out_what_it_sent_itself() {
    let filter = |origin| ChangeFilter { exclude_origin: Some(origin), ..ChangeFilter::default() };
    let [crm, shop] = ["crm", "shop"].map(|name| Origin::new(name).unwrap());
    let from_crm = both(Answer::Refuse, Some("crm"));
    assert!(seen(&filter(crm.clone()), &from_crm).is_empty());
    assert_eq!(seen(&filter(shop), &from_crm).len(), 7);
    assert_eq!(seen(&filter(crm), &both(Answer::Refuse, None)).len(), 7, "whose origin nobody said");
}

#[test]
fn a_table_that_is_not_named_is_left_out() {
    let refused = both(Answer::Refuse, None);
    let of = |table| ChangeFilter { tables: BTreeSet::from([table]), ..ChangeFilter::default() };
    assert_eq!(seen(&of(refused.record.table.clone()), &refused).len(), 7);
    assert!(seen(&of(TableId::new("elsewhere").unwrap()), &refused).is_empty());
}
