//! Whose grants may have run out: found by an index over what each person reads, and nobody else looked at.

use std::collections::BTreeMap;

use assent_domain::answer::Answer;
use assent_domain::command::{Command, FactsSent, Stamp, Terms};
use assent_domain::evidence::{Basis, Controller, Evidence, Source, SourceKind};
use assent_domain::history::Facts;
use assent_domain::id::{PolicyId, TableId, TenantId};
use assent_domain::policy::Policy;
use assent_domain::profile::Profile;
use assent_domain::record::{AnswerGiven, Country};
use assent_domain::scope::{Coverage, Scope, ScopeSet, TrackingCoverage};
use assent_domain::time::{Instant, Span, Zone};
use assent_store::{
    ConsentCall, ConsentWrite, Decided, GrantWalk, Granters, Loaded, Mode, ProfileChange, ProfileKey, Store,
    StoreError,
};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{apply, every_engine};

use super::people::{at, home, next_id, next_salt, open, people, person, tenant};
use super::plans::{goes_by, plan_of};
use super::statements::Counted;

const DAY: i64 = 86_400_000_000;

/// What holds in every table here: grants need nothing, and run out after ten days.
fn policy() -> Policy {
    let mut policy = Policy::built_in(&PolicyId::new("legacy").unwrap()).unwrap();
    policy.grant.expires_after_days = Some(10);
    policy
}

/// Does something to a person's profile under those terms, and gives it as it is stored.
fn change(
    profile: Profile,
    now: Instant,
    work: impl FnOnce(Profile, &Terms<'_>, Stamp<'_>) -> (Profile, Vec<assent_domain::change::Saved>),
) -> ProfileChange {
    let (zone, policy) = (Zone::utc(), policy());
    let text = || "somebody".to_owned();
    let controller = Controller { name: text(), address: text(), contact: text() };
    let policies = |_: Facts| vec![&policy];
    let terms =
        Terms { controller: Some(&controller), zone: &zone, policies: &policies, text_is_stored: &|_| false };
    let (profile, saved) = work(profile, &terms, Stamp { now, origin: None, next_id: &mut next_id });
    let salted = saved.into_iter().map(|saved| (saved, next_salt()));
    ProfileChange { profile, records: salted.collect() }
}

/// A write of one call for each of those people.
fn write<'a>(tenant: &'a TenantId, who: &'a [ProfileKey], now: Instant) -> ConsentWrite<'a> {
    let call =
        |key| ConsentCall { profiles: std::slice::from_ref(key), table: None, notices: &[], request: None };
    ConsentWrite {
        name: "expire_grants",
        tenant,
        calls: who.iter().map(call).collect(),
        mode: Mode::Store,
        now,
    }
}

fn decided(changes: Vec<ProfileChange>) -> Result<Decided<()>, StoreError> {
    Ok(Decided { answer: (), changes, outcomes: Vec::new() })
}

/// Each of them says it.
async fn say(store: &Store, who: &[ProfileKey], command: &Command, now: Instant) {
    let decide = |place: usize, loaded: &Loaded| {
        let profile = loaded.profiles[&who[place]].clone();
        decided(vec![change(profile, now, |profile, terms, stamp| {
            let (profile, applied) = profile.apply(command, terms, stamp);
            (profile, applied.unwrap().saved)
        })])
    };
    for told in store.write_consents(&write(&tenant(), who, now), decide).await {
        told.unwrap();
    }
}

/// What ran out is written of each of them.
async fn expire(store: &Store, who: &[ProfileKey], now: Instant) {
    let decide = |place: usize, loaded: &Loaded| {
        let profile = loaded.profiles[&who[place]].clone();
        decided(vec![change(profile, now, |profile, terms, mut stamp| profile.expire(terms, &mut stamp))])
    };
    for told in store.write_consents(&write(&tenant(), who, now), decide).await {
        told.unwrap();
    }
}

fn answer(answer: Answer, coverage: Coverage, decided_at: Instant) -> Command {
    let basis = (answer == Answer::Grant).then_some(Basis::Explicit);
    let evidence = Evidence::default();
    Command::answer(AnswerGiven { answer, coverage, decided_at: Some(decided_at), basis, evidence })
}

fn grant(decided_at: Instant) -> Command {
    answer(Answer::Grant, Coverage::BOTH, decided_at)
}

fn only(scope: Scope) -> Coverage {
    Coverage::new(false, TrackingCoverage::Scopes(ScopeSet::NONE.with(scope))).unwrap()
}

fn from(code: &str) -> Command {
    let source = Source { kind: SourceKind::Form, name: Some("form".to_owned()), version: None };
    let jurisdiction = Country::new(code);
    Command::facts(FactsSent { jurisdiction, source: Some(source), ..FactsSent::default() })
}

fn table() -> TableId {
    person("anybody").table
}

async fn all(store: &Store) -> Vec<Granters> {
    store.granters(&tenant(), &[TableId::new("nobodys").unwrap(), table()]).await.unwrap()
}

/// Who is found of some people, slice by slice, by the names.
async fn found(store: &Store, of: &Granters, confirmed_by: Instant) -> Vec<String> {
    let (mut walk, mut found) = (GrantWalk::default(), Vec::new());
    while !walk.is_done() {
        let slice = store.due_grants(&tenant(), of, confirmed_by, &mut walk).await.unwrap();
        assert!(slice.len() <= 200);
        found.extend(slice.into_iter().map(|key| key.id.as_str().to_owned()));
    }
    found
}

#[apply(every_engine)]
async fn whoever_grants_something_is_found_by_the_grant_longest_unconfirmed(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    let now = at(DAY);
    let said = |who: &'static str, command: Command| (person(who), command);
    for (who, command) in [
        said("late", grant(at(50))),
        said("early", grant(at(10))),
        // The one of mail is older than that of clicks.
        said("both", answer(Answer::Grant, only(Scope::EmailClick), at(60))),
        said("both", answer(Answer::Grant, Coverage::MARKETING, at(20))),
        // Of what was turned away nothing runs out, of the rest it does.
        said("half", grant(at(5))),
        said("half", answer(Answer::Withdraw, only(Scope::Device), at(6))),
        said("never", answer(Answer::Refuse, Coverage::BOTH, at(1))),
        said("turned", grant(at(1))),
        said("turned", answer(Answer::Object, Coverage::BOTH, at(2))),
        said("renewed", grant(at(1))),
        said("renewed", grant(at(70))),
        said("antique", answer(Answer::Grant, Coverage::MARKETING, at(80))),
        said("antique", answer(Answer::Grant, Coverage::TRACKING, Instant::from_micros(-5).unwrap())),
        said("french", grant(at(3))),
        said("french", from("FR")),
        said("italian", from("IT")),
    ] {
        say(store, &[who], &command, now).await;
    }

    let granters = all(store).await;
    let countries: Vec<_> = granters.iter().map(|of| of.jurisdiction).collect();
    assert_eq!(countries, [None, Country::new("FR")], "and nobody where nothing is granted");
    let [anywhere, france] = granters.as_slice() else { panic!("{granters:?}") };
    assert_eq!(anywhere.table, table());
    assert!(france.has_due(at(3)) && !france.has_due(at(2)));
    assert_eq!(found(store, france, at(3)).await, ["french"]);
    assert!(found(store, france, at(2)).await.is_empty());
    let everybody = ["antique", "half", "early", "both", "late", "renewed"];
    assert_eq!(found(store, anywhere, at(70)).await, everybody);
    assert_eq!(found(store, anywhere, at(50)).await, everybody[..5]);
    assert_eq!(found(store, anywhere, at(9)).await, everybody[..2]);
    assert_eq!(found(store, anywhere, Instant::from_micros(-1).unwrap()).await, ["antique"]);
    let other = TenantId::new("tenant-b").unwrap();
    assert!(store.granters(&other, &[table()]).await.unwrap().is_empty());
    assert_eq!(store.tenants_with_people().await.unwrap(), [tenant()]);
}

#[apply(every_engine)]
async fn a_walk_passes_everybody_once_and_whom_nothing_is_left_of_never(engine: Engine) {
    let home = home(engine).await;
    let store = &home.store;
    // All of the same microsecond, as those of a bulk are.
    let who = people(450);
    say(store, &who, &grant(at(0)), at(1)).await;
    let granters = all(store).await;
    let mut expected: Vec<_> = who.iter().map(|key| key.id.as_str().to_owned()).collect();
    expected.sort();
    assert_eq!(found(store, &granters[0], at(0)).await, expected);

    let now = at(10 * DAY);
    let mut walk = GrantWalk::default();
    let slice =
        store.due_grants(&tenant(), &granters[0], now.minus(Span::from_days(10)), &mut walk).await.unwrap();
    assert_eq!(slice.len(), 200);
    expire(store, &slice, now).await;
    assert_eq!(found(store, &granters[0], at(0)).await, expected[200..]);
    expire(store, &who, now).await;
    assert!(all(store).await.is_empty());
}

#[apply(every_engine)]
async fn one_grant_that_ran_out_and_two_hundred_take_the_same_statements(engine: Engine) {
    let home = home(engine).await;
    let counted = Counted::on(home.database.url()).await;
    let who = people(201);
    say(&home.store, &who, &grant(at(0)), at(1)).await;
    let (now, tenant) = (at(10 * DAY), tenant());
    let granters = all(&home.store).await;
    for slice in [&who[..1], &who[1..]] {
        let taken = [
            counted.during(async { counted.store.granters(&tenant, &[table()]).await.unwrap() }).await,
            counted
                .during(async {
                    let mut walk = GrantWalk::default();
                    counted.store.due_grants(&tenant, &granters[0], now, &mut walk).await.unwrap()
                })
                .await,
            counted.during(expire(&counted.store, slice, now)).await,
        ];
        assert_eq!(taken, [1, 1, 3], "lock, load and save");
    }
    let twice = counted.during(expire(&counted.store, &who, now)).await;
    assert_eq!(twice, 2, "what was written by another is not written again");
}

#[apply(every_engine)]
async fn two_at_the_same_work_write_what_ran_out_once(engine: Engine) {
    let home = home(engine).await;
    let other = open(home.database.url()).await;
    let who = people(200);
    say(&home.store, &who, &grant(at(0)), at(1)).await;
    let now = at(10 * DAY);
    tokio::join!(expire(&home.store, &who, now), expire(&other, &who, now));
    let loaded = home.store.load_profiles(&tenant(), &who).await.unwrap();
    let versions: BTreeMap<u64, usize> = loaded.values().fold(BTreeMap::new(), |mut counts, profile| {
        *counts.entry(profile.version()).or_default() += 1;
        counts
    });
    assert_eq!(versions, BTreeMap::from([(2, 200)]));
}

#[apply(every_engine)]
async fn who_granted_is_found_by_the_index_of_grants_alone(engine: Engine) {
    let home = home(engine).await;
    let mut look = Look::at(home.database.url()).await.unwrap();
    let sqlite = engine == Engine::Sqlite;
    let due = "'t', 'c', 'FR', '\\x01', '\\x00', '', 200";
    let wanted = |postgres, of_sqlite| if sqlite { of_sqlite } else { postgres };
    let by_country = wanted("Index Scan using profile_granted", "(tenant=? AND profile_table=? AND <expr>=?");
    goes_by(&mut look, "list_due_grants", due, by_country).await;
    let found = plan_of(&mut look, "list_due_grants", due).await;
    assert!(!found.contains("Sort") && !found.contains("TEMP B-TREE"), "it is in order as it is:\n{found}");
    let oldest = "'t', ARRAY['c']";
    goes_by(
        &mut look,
        "list_oldest_grants",
        oldest,
        wanted("Index Scan using profile_granted", "(tenant=? AND profile_table=? AND <expr>>?)"),
    )
    .await;
    let found = plan_of(&mut look, "list_oldest_grants", oldest).await;
    let of_grants = found.matches("profile_granted").count();
    assert!(of_grants >= 2 && !found.contains("profile_pkey") && !found.contains("autoindex"), "{found}");
    let holders = if sqlite {
        plan_of(&mut look, "list_holders", "").await
    } else {
        look.run("SET enable_seqscan = off").await.unwrap();
        let text = include_str!("../../../service/store/src/sql/list_holders.postgres.sql");
        look.column(&format!("EXPLAIN (COSTS OFF) {text}")).await.unwrap().join("\n")
    };
    let by_tenant = wanted("using profile_pkey on profile", "(tenant>?)");
    assert!(holders.contains(by_tenant) && !holders.contains("Seq Scan"), "{holders}");
}
