//! Whatever befalls it, everything that was taken has one end, and what was acknowledged is what the service has.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::Disposition;
use crate::recorder::{NotTakenReason, Unrecorded};
use crate::scripted::recordings::Step;
use assent_proto::v1;
use assent_proto::v1::stream_interactions_response::Event;

/// One thing that a caller does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Record(Kind),
    TryRecord(Kind),
    /// Lets the others have their turn.
    Yield,
    Look,
}

/// What is recorded.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Plain,
    Elsewhere,
    Unknown,
    Wrong,
    Discarded,
    Exempted,
    Long,
    Later,
}

#[derive(Clone, Debug)]
struct Course {
    deeds: Vec<Deed>,
    steps: Vec<Step>,
    failures: usize,
    window: u32,
    max_items: usize,
    batch_items: usize,
    linger: Duration,
    give_up_after: Option<Duration>,
    shutdown: Duration,
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        6 => Just(Kind::Plain),
        2 => Just(Kind::Elsewhere),
        1 => Just(Kind::Unknown),
        1 => Just(Kind::Wrong),
        1 => Just(Kind::Discarded),
        1 => Just(Kind::Exempted),
        1 => Just(Kind::Long),
        1 => Just(Kind::Later),
    ]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => kind().prop_map(Deed::Record),
        4 => kind().prop_map(Deed::TryRecord),
        1 => Just(Deed::Yield),
        1 => Just(Deed::Look),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let passes = prop_oneof![
        Just(unavailable()),
        Just(failure(Code::Internal, "INTERNAL", ErrorDetails::new())),
        Just(tonic::Status::out_of_range("too large")),
    ];
    let break_off = (any::<bool>(), passes).prop_map(|(recorded, status)| Step::Break { recorded, status });
    let nonsense = v1::InteractionsAcknowledged { through_seq: 77, results: Vec::new(), error: None };
    prop_oneof![
        12 => Just(Step::Acknowledge),
        3 => break_off,
        2 => Just(Step::End),
        1 => Just(Step::Tell(Event::Acknowledged(nonsense))),
    ]
}

/// Somewhere the client is turned away for good, or nowhere.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let turned_away = Step::Break { recorded: true, status: tonic::Status::permission_denied("no more") };
    let steps = prop::collection::vec(step(), 0..30);
    (steps, any::<prop::sample::Index>(), prop::bool::weighted(0.15)).prop_map(
        move |(mut steps, at, away)| {
            if away {
                steps.insert(at.index(steps.len() + 1), turned_away.clone());
            }
            steps
        },
    )
}

prop_compose! {
    fn course()(
        deeds in prop::collection::vec(deed(), 1..80),
        steps in steps(),
        failures in 0..3_usize,
        window in 1..5_u32,
        max_items in 1..24_usize,
        batch_items in 1..6_usize,
        linger in 0..3_u64,
        give_up_after in prop::option::weighted(0.2, 0..6_u64),
        shutdown in prop_oneof![2 => Just(NEVER), 1 => (0..8_u64).prop_map(Duration::from_millis)],
    ) -> Course {
        let linger = Duration::from_millis(linger);
        let give_up_after = give_up_after.map(Duration::from_millis);
        Course { deeds, steps, failures, window, max_items, batch_items, linger, give_up_after, shutdown }
    }
}

/// What was taken, in order, and the ticket of each.
type Taken = Vec<(Interaction, Ticket)>;

async fn play(recorder: &InteractionRecorder, deeds: &[Deed]) -> Taken {
    let mut taken = Vec::new();
    for (number, deed) in deeds.iter().enumerate() {
        let (kind, wait) = match deed {
            Deed::Record(kind) => (*kind, true),
            Deed::TryRecord(kind) => (*kind, false),
            Deed::Yield => {
                tokio::task::yield_now().await;
                continue;
            }
            Deed::Look => {
                whole(&recorder.report());
                continue;
            }
        };
        let mut interaction = open(match kind {
            Kind::Wrong => "wrong".to_owned(),
            Kind::Discarded => "discarded".to_owned(),
            Kind::Exempted => "exempted".to_owned(),
            Kind::Later => "later".to_owned(),
            Kind::Plain | Kind::Elsewhere | Kind::Unknown | Kind::Long => number.to_string(),
        });
        if matches!(kind, Kind::Long) {
            interaction = interaction.user_agent("x".repeat(9_000));
        }
        let table = match kind {
            Kind::Unknown => "unknown",
            Kind::Elsewhere => "elsewhere",
            _ => "t",
        };
        let told = match wait {
            true => recorder.record(table, interaction.clone()).await,
            false => recorder.try_record(table, interaction.clone()),
        };
        match told {
            Ok(ticket) => taken.push((interaction, ticket)),
            Err(not_taken) => {
                assert_eq!(*not_taken.interaction, interaction);
                let possible = matches!(not_taken.reason, NotTakenReason::Failed(_))
                    || matches!(not_taken.reason, NotTakenReason::Full) && !wait;
                assert!(possible, "{not_taken:?}");
            }
        }
        whole(&recorder.report());
    }
    taken
}

async fn holds(course: Course) {
    let service = Scripted::start().await;
    service.window(course.window);
    service.steps(course.steps);
    service.fail((0..course.failures).map(|_| unavailable()));
    let mut options = RecorderOptions::default()
        .max_items(course.max_items)
        .max_bytes(64 * 1024)
        .batch_items(course.batch_items)
        .linger(course.linger);
    options.give_up_after = course.give_up_after;
    let recorder = eager(&service, options);
    let taken = play(&recorder, &course.deeds).await;
    let end = recorder.shutdown(course.shutdown).await;

    let on_record = service.recordings(|seen| seen.recorded.keys().cloned().collect::<BTreeSet<_>>());
    let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
    let (mut acknowledged, mut handed_back) = (BTreeSet::new(), Vec::new());
    let mut back = end.unrecorded.iter();
    let count = taken.len() as u64;
    let may_be_on_record =
        |left: &Unrecorded| left.sent || !on_record.contains(&left.interaction.id.to_string());
    for (interaction, ticket) in taken {
        let id = interaction.id.to_string();
        let column = match ticket.await {
            Ok(judged) => match judged.outcome.disposition {
                Disposition::Recorded => {
                    assert!(acknowledged.insert(id));
                    "recorded"
                }
                Disposition::Duplicate => {
                    assert!(judged.resent, "each was recorded once, so that only a second try can be one");
                    assert!(acknowledged.insert(id));
                    "duplicate"
                }
                Disposition::Exempted => "exempted",
                Disposition::Discarded => "discarded",
                Disposition::Unrecognised(_) => panic!("nothing of the kind is told"),
            },
            Err(NotRecorded::Refused { unrecorded, .. }) => {
                assert_eq!(unrecorded.interaction, interaction);
                "refused"
            }
            Err(NotRecorded::Failed { unrecorded, .. }) => {
                assert_eq!(unrecorded.interaction, interaction);
                assert!(may_be_on_record(&unrecorded));
                if unrecorded.profile_table != "unknown" {
                    handed_back.push(id);
                }
                "failed"
            }
            Err(NotRecorded::InShutdownReport { .. }) => {
                let left = back.next().expect("it is in the report, in the order in which it was taken");
                assert_eq!(left.interaction, interaction);
                assert!(may_be_on_record(left));
                handed_back.push(id);
                "failed"
            }
            Err(NotRecorded::Abandoned) => panic!("nothing is abandoned"),
        };
        *ends.entry(column).or_default() += 1;
    }
    assert!(back.next().is_none(), "nothing more is handed back than was taken");

    let of = |column: &str| ends.get(column).copied().unwrap_or_default();
    let report = &end.report;
    whole(report);
    assert_eq!(
        [report.taken, report.recorded, report.duplicate, report.exempted],
        [count, of("recorded"), of("duplicate"), of("exempted")]
    );
    assert_eq!(
        [report.discarded, report.refused, report.failed],
        [of("discarded"), of("refused"), of("failed")]
    );
    assert_eq!((report.waiting, report.in_flight, report.held_bytes), (0, 0, 0));

    assert!(acknowledged.is_subset(&on_record), "what was acknowledged is there");
    let unknown: BTreeSet<_> = handed_back.into_iter().collect();
    assert!(on_record.is_subset(&(&acknowledged | &unknown)), "and nothing else, unless it was handed back");
    if unknown.is_empty() {
        assert_eq!(acknowledged, on_record);
    }
    let window = usize::try_from(course.window).unwrap();
    assert!(service.recordings(|seen| seen.unacknowledged_max) <= window);
    assert!(service.came().iter().all(|batch| batch.len() <= course.batch_items));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_has_one_end_whatever_befalls(course in course()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let played = runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(60), Box::pin(holds(course))).await
        });
        prop_assert!(played.is_ok(), "nothing is waited for in vain");
    }
}
