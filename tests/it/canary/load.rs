//! The load: everything that may not be kept, told in every way that callers have, while the service is killed and the
//! database lets them wait.

use assent_proto::v1::{self, Disposition, InteractionKind, interaction::What, upsert_consents_item::Event};
use assent_tests::engine::Engine;
use assent_tests::look::Look;
use assent_tests::{marks, story};
use tonic::Code;

use super::caller::{Caller, Told, patiently};
use super::deed::{Declared, Kind, done};
use super::flock::{Flock, Lot};
use super::forbidden::{Case, Whose, cases};
use super::ground::Ground;
use super::world::{DAY, World, now, yes};

/// Free text of callers', in headers.
fn free_text(caller: Caller, flock: &mut Flock) -> Caller {
    let mut words = |what: &str| flock.word(Lot::Forbidden, &format!("a header, {what}"));
    let id = words("x-request-id");
    caller
        .bringing("baggage", format!("person={}", words("baggage")))
        .bringing("tracestate", format!("vendor={}", words("tracestate")))
        .bringing("x-request-id", id)
}

fn caller_of(ground: &Ground, world: &World, case: &Case) -> Caller {
    ground.caller(if case.whose == Whose::Shop { &world.shop } else { &world.tight })
}

/// Tells every case, by every role and twice with the same ids: nothing of it is recorded, and only what is exempt is
/// exempted.
pub(super) async fn tell(ground: &Ground, world: &World, flock: &mut Flock) -> usize {
    let mut told = 0;
    for case in cases() {
        let interactions = case.interactions(flock, now());
        let caller = free_text(caller_of(ground, world, &case), flock);
        let mut exempted = 0;
        let tracker = (case.whose == Whose::Shop).then(|| ground.caller(&world.tracker));
        for caller in [Some(&caller), Some(&caller), tracker.as_ref()].into_iter().flatten() {
            for answer in caller.record(case.table, interactions.clone()).await {
                let Told::Outcome(outcome) = &answer else { panic!("{}: {answer:?}", case.name()) };
                let told_as = outcome.disposition();
                exempted += usize::from(told_as == Disposition::Exempted);
                // What was counted already is a duplicate.
                let is_right = if case.is_exempted {
                    [Disposition::Exempted, Disposition::Duplicate].contains(&told_as)
                } else {
                    told_as == Disposition::Discarded
                };
                assert!(is_right, "{} in {}: {answer:?}", case.name(), case.table);
                told += 1;
            }
        }
        assert_eq!(exempted > 0, case.is_exempted, "{} in {}", case.name(), case.table);
    }
    told
}

/// Tells interactions that are wrong in one field each, and calls that are wrong as a whole.
pub(super) async fn tell_wrongly(ground: &Ground, world: &World, flock: &mut Flock) {
    type Wrong = fn(&mut v1::Interaction, String);
    let wrongs: [(&str, Wrong); 8] = [
        ("an id that is no UUID", |done, word| done.interaction_id = word),
        ("a device that is too long", |done, word| done.device = Some(word.repeat(20))),
        ("a user agent with a bell", |done, word| done.user_agent = Some(format!("{word}\u{7}"))),
        ("a campaign that is too long", |done, word| done.campaign_id = Some(word.repeat(20))),
        ("tomorrow", |done, _| done.occurred_at = Some(story::timestamp(now() + DAY))),
        ("nothing done", |done, _| done.what = None),
        ("a message that is too long", |done, word| {
            done.what = Some(What::EmailOpen(v1::EmailOpen { message_id: word.repeat(20) }));
        }),
        ("a profile with a bell", |done, word| {
            done.profile = Some(v1::ProfileKey { id: format!("{word}\u{7}") })
        }),
    ];
    let caller = ground.caller(&world.shop);
    let mut interactions = Vec::new();
    for (name, wrong) in wrongs {
        let who = flock.person(Lot::Forbidden, "strict", &format!("{name}, profile"));
        let mut told = done(flock, Lot::Forbidden, name, Kind::Goal, Some(&who), now(), Declared::default());
        wrong(&mut told, flock.word(Lot::Forbidden, &format!("{name}, the wrong field")));
        interactions.push(told);
    }
    for answer in caller.record("strict", interactions.clone()).await {
        assert!(matches!(answer, Told::Error(_)), "{answer:?}");
    }

    // Whole calls, each refused for a reason of its own.
    let right = cases()[0].interactions(flock, now());
    let batch = |profile_table: &str, interactions| v1::RecordInteractionsRequest {
        profile_table: profile_table.to_owned(),
        interactions,
    };
    let unknown = flock.word(Lot::Forbidden, "an unknown table");
    let wrong_key = flock.word(Lot::Forbidden, "a wrong key");
    let many: Vec<_> = right.iter().cycle().take(1_001).cloned().collect();
    let mut huge = right.clone();
    huge[0].user_agent = huge[0].user_agent.as_ref().map(|agent| agent.repeat(120_000));
    let no_key = Caller::at(&ground.service.address, "");
    let wrong_key = Caller::at(&ground.service.address, &wrong_key);
    for (caller, request, code) in [
        (&caller, batch(&unknown, right.clone()), Code::NotFound),
        (&caller, batch("strict", many), Code::InvalidArgument),
        (&caller, batch("strict", huge), Code::ResourceExhausted),
        (&no_key, batch("strict", right.clone()), Code::Unauthenticated),
        (&wrong_key, batch("strict", right.clone()), Code::Unauthenticated),
    ] {
        for by_stream in [false, true] {
            let refused = caller.report(request.clone(), by_stream).await.expect_err("a wrong call");
            assert_eq!(refused.code(), code, "{refused}");
        }
    }
}

/// Asks in every way about people whom nobody ever spoke of.
pub(super) async fn ask_about_strangers(ground: &Ground, world: &World, flock: &mut Flock) {
    let table = "strict".to_owned();
    let caller = ground.caller(&world.shop);
    let mut stranger = |what: &str| {
        Some(v1::ProfileKey { id: flock.person(Lot::Forbidden, "strict", &format!("{what}, profile")) })
    };
    let asked = v1::GetConsentsRequest {
        profile_table: table.clone(),
        profiles: stranger("asked for consents").into_iter().collect(),
        ..v1::GetConsentsRequest::default()
    };
    caller.consents().get_consents(asked).await.expect("states");
    let asked = v1::ListConsentRecordsRequest {
        profile_table: table.clone(),
        profile: stranger("asked for records"),
        ..v1::ListConsentRecordsRequest::default()
    };
    caller.consents().list_consent_records(asked).await.expect("records");
    let asked = v1::GetProfileActivityRequest {
        profile_table: table.clone(),
        profile: stranger("asked for activity"),
        ..v1::GetProfileActivityRequest::default()
    };
    caller.interactions().get_profile_activity(asked).await.expect("activity");
    let asked =
        v1::AccessProfileRequest { profile_table: table.clone(), profile: stranger("asked for access") };
    let mut told = caller.privacy().access_profile(asked).await.expect("access").into_inner();
    while told.message().await.expect("a piece").is_some() {}
    let block = v1::WaitBlock {
        r#ref: "block".to_owned(),
        profile: stranger("awaited"),
        target: Some(v1::wait_block::Target::MessageId("mail".to_owned())),
        kinds: vec![InteractionKind::EmailOpen.into()],
        start: Some(v1::wait_block::Start::StartsAt(story::timestamp(now() - DAY))),
        end: Some(v1::wait_block::End::Deadline(story::timestamp(now()))),
        ..v1::WaitBlock::default()
    };
    let asked =
        v1::EvaluateWaitBlocksRequest { profile_table: table.clone(), blocks: vec![block], as_of: None };
    caller.wait_blocks().evaluate_wait_blocks(asked).await.expect("wait blocks");

    // A plan records nothing unless it is asked to, and never above what is permitted.
    let plan = v1::PlanTrackingRequest {
        profile_table: table.clone(),
        message_id: "mail".to_owned(),
        recipients: vec![v1::PlanRecipient { profile: stranger("planned"), ..v1::PlanRecipient::default() }],
        record_sends: None,
    };
    caller.interactions().plan_tracking(plan.clone()).await.expect("a plan");
    let above = v1::PlanRecipient {
        profile: stranger("planned above"),
        pixel: v1::PixelMode::Identified.into(),
        ..v1::PlanRecipient::default()
    };
    let request_id = marks::uuid();
    let recording = v1::PlanTrackingRequest {
        recipients: vec![above],
        record_sends: Some(v1::SendRecording { request_id }),
        ..plan
    };
    let told = caller.interactions().plan_tracking(recording).await.expect("a plan").into_inner();
    let refused = matches!(told.results[0].result, Some(v1::plan_tracking_result::Result::Error(_)));
    assert!(refused, "{told:?}");
}

/// Says of strangers what is not stored: a yes without its evidence, and a yes that is only tried.
pub(super) async fn say_in_vain(ground: &Ground, world: &World, flock: &mut Flock) {
    let caller = ground.caller(&world.shop);
    for (story, is_tried) in [("a yes without evidence", false), ("a yes that is tried", true)] {
        let who = flock.person(Lot::Undone, "strict", &format!("{story}, profile"));
        let mut item = yes(&who, now() - DAY, &world.notice);
        if let Some(Event::Answer(v1::AnswerGiven { evidence: Some(evidence), .. })) = &mut item.event {
            evidence.actor = Some(flock.word(Lot::Undone, &format!("{story}, actor")));
            if !is_tried {
                evidence.method = None;
            }
        }
        let request = v1::UpsertConsentsRequest {
            profile_table: "strict".to_owned(),
            validate_only: is_tried,
            ..story::batch(vec![item])
        };
        let told = patiently(async || caller.consents().upsert_consents(request.clone()).await).await;
        let result = told.into_inner().results.remove(0).result;
        let is_accepted = matches!(result, Some(v1::upsert_consents_result::Result::Outcome(_)));
        assert_eq!(is_accepted, is_tried, "{result:?}");
    }
}

/// Tells every case while somebody else holds the database, to callers who do not wait: statements are broken off.
pub(super) async fn tell_the_impatient(ground: &Ground, world: &World, flock: &mut Flock) {
    let mut look = ground.look().await;
    hold(&mut look, ground.engine).await;
    let (mut broken_off, all) = (0, cases());
    for (turn, case) in all.iter().step_by(4).enumerate() {
        let interactions = case.interactions(flock, now());
        let caller = caller_of(ground, world, case).impatient(60);
        let request = v1::RecordInteractionsRequest { profile_table: case.table.to_owned(), interactions };
        let told = caller.report(request, turn % 2 == 1).await;
        broken_off += usize::from(told.is_err());
    }
    look.run("ROLLBACK").await.expect("the database is let go");
    assert!(broken_off > 0, "nobody had to wait");
}

/// Nobody can judge anything as long as the settings are locked; SQLite has one lock.
async fn hold(look: &mut Look, engine: Engine) {
    let order = match engine {
        Engine::Sqlite => "BEGIN IMMEDIATE",
        Engine::Postgres => "BEGIN; LOCK TABLE profile, profile_table IN ACCESS EXCLUSIVE MODE",
    };
    look.run(order).await.expect("the database is held");
}

/// Tells every case from several sides at once, kills the service in the midst of it, and starts the next one.
pub(super) async fn tell_the_dying(ground: &mut Ground, world: &World, flock: &mut Flock) -> usize {
    let requests: Vec<_> = cases()
        .iter()
        .map(|case| {
            let interactions = case.interactions(flock, now());
            let request =
                v1::RecordInteractionsRequest { profile_table: case.table.to_owned(), interactions };
            (caller_of(ground, world, case), request)
        })
        .collect();
    let sides: Vec<_> = (0..4)
        .map(|side| {
            let requests = requests.clone();
            tokio::spawn(async move {
                let mut told = 0;
                for (caller, request) in requests.iter().cycle().skip(side * 7) {
                    if caller.report(request.clone(), side % 2 == 1).await.is_err() {
                        break;
                    }
                    told += request.interactions.len();
                }
                told
            })
        })
        .collect();
    std::thread::sleep(std::time::Duration::from_millis(400));
    ground.kill();
    let mut told = 0;
    for side in sides {
        told += side.await.expect("a side ends");
    }
    ground.start_again();
    // It serves again.
    let caller = ground.caller(&world.shop);
    let asked = v1::ListNoticesRequest::default();
    patiently(async || caller.consents().list_notices(asked.clone()).await).await;
    told
}
