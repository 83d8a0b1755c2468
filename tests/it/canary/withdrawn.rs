//! People of whom everything is recorded and who then say no, in every way that there is: where the policy erases, what was
//! recorded goes, and no later grant brings it back; under `legacy` it stays, so that the search is seen to find it.
//!
//! Their id stays, in the records of what they said and in what was sent to them. The ids of their interactions stay where those
//! of the erased do (see [`super::erased`]).

use std::time::Duration;

use assent_proto::v1::{Answer, EngagementAnswer, Scope};

use super::ask::{Asked, engaged};
use super::deed::{Declared, Kind, done};
use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::kept::{is_recorded, send};
use super::world::{DAY, TABLES, World, no, now, of, say, yes};

/// How somebody says no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Withdraws,
    Refuses,
    Objects,
    ScopeByScope,
    /// To opens alone: the rest stays.
    OpensAlone,
}

impl Way {
    const ALL: [Self; 5] =
        [Self::Withdraws, Self::Refuses, Self::Objects, Self::ScopeByScope, Self::OpensAlone];
}

/// Every scope, in the order in which it is withdrawn.
const SCOPES: [Scope; 6] = [
    Scope::EmailClick,
    Scope::Device,
    Scope::TransactionGoal,
    Scope::EmailOpen,
    Scope::WebsiteVisit,
    Scope::SmsClick,
];

/// Somebody who says no.
#[derive(Clone, Debug)]
pub(super) struct Person {
    table: &'static str,
    way: Way,
    id: String,
    /// What nobody but they visited something for.
    campaign: String,
}

impl Person {
    /// Whether a later grant comes before anything is gone from disk.
    const fn grants_at_once(&self) -> bool {
        matches!(self.way, Way::Withdraws | Way::ScopeByScope | Way::OpensAlone)
    }

    fn keeps_last_open(&self) -> bool {
        ["fr-cnil-2026", "legacy"].contains(&self.table) && self.way != Way::Objects
    }
}

/// What has to become of what somebody did.
fn lot(table: &str, way: Way, kind: Kind) -> Lot {
    let stays = table == "legacy" || (way == Way::OpensAlone && kind != Kind::Open);
    if stays { Lot::Kept } else { Lot::Withdrawn }
}

/// Has somebody live in each table for each way to say no, so that everything is recorded of them.
pub(super) async fn live(ground: &Ground, world: &World, flock: &mut Flock, round: usize) -> Vec<Person> {
    let caller = ground.caller(&world.shop);
    let mut people = Vec::new();
    for table in TABLES {
        let mut told = Vec::new();
        for way in Way::ALL {
            let story = format!("{way:?} in {table}, {round}");
            let id = flock.person(Lot::Kept, table, &format!("{story}, profile"));
            say(&caller, table, yes(&id, now() - DAY, &world.notice)).await;
            told.push(send(&id, now() - 20_000, flock.uuid(Lot::Kept, &format!("{story}, send"))));
            let at = now() - 10_000;
            let mut campaign = None;
            for (kind, turn) in Kind::ALL.into_iter().zip(1..) {
                let lot = lot(table, way, kind);
                let done = done(flock, lot, &story, kind, Some(&id), at + turn, Declared::default());
                if kind == Kind::Visit {
                    campaign.clone_from(&done.campaign_id);
                }
                told.push(done);
            }
            people.push(Person { table, way, id, campaign: campaign.expect("a campaign") });
        }
        let answers = caller.record(table, told).await;
        assert!(answers.iter().all(is_recorded), "{table}: {answers:?}");
    }
    people
}

/// As others are asked about.
pub(super) fn asked(people: &[Person]) -> Vec<Asked> {
    people.iter().map(|person| (person.table, person.id.clone())).collect()
}

/// Has everybody say no.
pub(super) async fn say_no(ground: &Ground, world: &World, people: &[Person]) {
    let caller = ground.caller(&world.shop);
    for person in people {
        assert!(is_engaged(ground, world, person).await, "{person:?}");
        let withdraws = |scopes: &[Scope]| of(no(&person.id, Answer::Withdraw), scopes);
        let items = match person.way {
            Way::Withdraws => vec![no(&person.id, Answer::Withdraw)],
            Way::Refuses => vec![no(&person.id, Answer::Refuse)],
            Way::Objects => vec![no(&person.id, Answer::Object)],
            Way::ScopeByScope => SCOPES.iter().map(|scope| withdraws(&[*scope])).collect(),
            Way::OpensAlone => vec![withdraws(&[Scope::EmailOpen])],
        };
        for item in items {
            say(&caller, person.table, item).await;
        }
    }
}

/// Has those grant everything again who do it before, or after, what they did is gone from disk.
pub(super) async fn grant_again(ground: &Ground, world: &World, people: &[Person], at_once: bool) {
    let caller = ground.caller(&world.shop);
    for person in people.iter().filter(|person| person.grants_at_once() == at_once) {
        say(&caller, person.table, yes(&person.id, now(), &world.notice)).await;
    }
}

/// Nobody is said to have done what a no has taken. What it has not taken shows again after a grant.
pub(super) async fn are_not_engaged(ground: &Ground, world: &World, people: &[Person], granted: bool) {
    for person in people {
        let is_engaged = is_engaged(ground, world, person).await;
        match lot(person.table, person.way, Kind::Visit) {
            Lot::Withdrawn => assert!(!is_engaged, "{person:?}"),
            _ if granted => assert!(is_engaged, "{person:?}"),
            _ => {}
        }
    }
}

async fn is_engaged(ground: &Ground, world: &World, person: &Person) -> bool {
    let caller = ground.caller(&world.shop);
    let told = engaged(&caller, person.table, &person.id, &person.campaign).await;
    told.answer() == EngagementAnswer::Yes
}

/// Waits until the queue of what is to be removed is empty: the last pass comes when no transaction can be under way any longer
/// that judged before a no.
pub(super) async fn are_gone(ground: &Ground, people: &[Person]) {
    let mut look = ground.look().await;
    for turn in 0.. {
        let waiting = "SELECT CAST(count(*) AS TEXT) FROM removal";
        if look.column(waiting).await.expect("a count") == ["0"] {
            break;
        }
        assert!(turn < 600, "what was withdrawn is never gone");
        std::thread::sleep(Duration::from_millis(100));
    }
    for person in people {
        let Person { table, id, .. } = person;
        let opened = format!(
            "SELECT CAST(count(*) AS TEXT) FROM last_open WHERE profile_table = '{table}' AND profile = '{id}'"
        );
        let opened = look.column(&opened).await.expect("a count");
        assert_eq!(opened == ["1"], person.keeps_last_open(), "{person:?}: {opened:?}");
    }
}
