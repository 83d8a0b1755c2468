//! S11: what one verdict costs, over a table of ordinary cases, with one policy and with two.

use std::hint::black_box;
use std::time::Instant as Clock;

use assent_domain::answer::Answer;
use assent_domain::campaign::Campaign;
use assent_domain::ceiling::{Ceiling, Ceilings};
use assent_domain::context::{CampaignInPlay, Context, MessageInPlay};
use assent_domain::evidence::{Basis, Controller, Evidence, Source, SourceKind};
use assent_domain::history::History;
use assent_domain::id::{CampaignId, MessageId, NoticeId, PolicyId, ProfileId, RecordId, TableId, WebsiteId};
use assent_domain::interaction::{Interaction, InteractionKind};
use assent_domain::message::{Channel, Message, MessageClass, SendingBasis, Statement};
use assent_domain::mode::{LinkMode, PixelMode, Sent};
use assent_domain::opt_in::OptInTexts;
use assent_domain::policy::{Rulebook, WithoutPolicy};
use assent_domain::record::{AnswerGiven, Body, Country, Record};
use assent_domain::scope::Coverage;
use assent_domain::time::{Instant, Span, Zone};
use assent_domain::verdict::{Case, Disposition, Life, Person, Unjudged, Use, judge};
use assent_domain::website::Website;

use crate::options::Options;
use crate::report::median;
use crate::row::{Row, Wanted};
use crate::sheet::Sheet;

/// Judgements between two looks at the clock.
const AT_ONCE: u32 = 1_000;

/// Looks at the clock for each run that was asked for: each is shorter than a turn on the processor, so that in the
/// median others are not measured.
const SAMPLES: usize = 40;

/// 2 November 2026, 12:00 UTC.
const NOW: i64 = 1_793_620_800_000_000;

pub(crate) fn measure(options: &Options, sheet: &Sheet) {
    println!("\nS11: judge(), goal: less than 1,000 ns");
    let rulebook = Rulebook::new(WithoutPolicy::Strict);
    let at = Instant::from_micros(NOW).expect("a date in 2026");
    let declared = Declared::new();
    let people = [
        ("unknown", History::default()),
        ("granted", History::of(&answers(&[Answer::Grant], at))),
        ("withdrawn", History::of(&answers(&[Answer::Grant, Answer::Withdraw], at))),
        ("ten answers", History::of(&answers(&[Answer::Grant, Answer::Refuse].repeat(5), at))),
    ];
    let (fr, it) = (country("FR"), country("IT"));
    let zone = Zone::named("Europe/Brussels").expect("a zone");
    println!("  {:<12} {:<16} {:>11} {:>9}", "person", "policies", "ns per call", "recorded");
    let mut worst: f64 = 0.0;
    for (who, history) in &people {
        for (table, jurisdiction) in
            [("strict", None), ("legacy", None), ("strict", fr), ("fr-cnil-2026", it)]
        {
            let table_policy = PolicyId::new(table).expect("a policy's id");
            let policies = rulebook.policies_of(Some(&table_policy), jurisdiction);
            let case = |asked_for| Case {
                asked_for,
                context: declared.context(),
                sent: Sent { pixel: Some(PixelMode::Identified), links: Some(LinkMode::Tracked) },
                person: Some(Person { life: Life::NeverErased, history }),
                policies,
                table_zone: &zone,
                now: at,
            };
            // A plan for each kind that is tracked, what comes of it recorded, and a wait over it.
            let uses = [Use::Plan, Use::Record, Use::Wait].map(case);
            let kinds = InteractionKind::TRACKED;
            let cases: Vec<_> =
                uses.iter().flat_map(|case| kinds.into_iter().map(move |kind| (kind, case))).collect();
            let runs = (0..options.runs.max(5) * SAMPLES).map(|_| time(&cases, at));
            let (mut times, mut recorded) = (Vec::new(), 0);
            for (nanos, share) in runs {
                times.push(nanos);
                recorded = share;
            }
            let nanos = median(times.into_iter());
            worst = worst.max(nanos);
            let names: Vec<_> = policies.iter().map(|policy| policy.id.as_str()).collect();
            println!("  {who:<12} {:<16} {nanos:>11.0} {recorded:>7} %", names.join("+"));
        }
    }
    let met = if worst < 1_000.0 { "met" } else { "NOT met" };
    println!("  the slowest row: {worst:.0} ns ({met})");
    let row = Row::of(Some("S11"), "judge(), the slowest of an ordinary table").value(worst, "ns");
    sheet.add(row.wants("value", Wanted::Below(1_000.0), worst).count(options.runs.max(5) * SAMPLES));
}

/// Nanoseconds per judgement, and how many of a hundred were RECORD: a verdict that nobody looks at costs nothing.
fn time(cases: &[(InteractionKind, &Case<'_>)], at: Instant) -> (f64, u32) {
    let begun = Clock::now();
    let mut recorded = 0;
    for (kind, case) in cases.iter().cycle().take(AT_ONCE as usize) {
        let occurred_at = at.minus(Span::from_minutes(5));
        let interaction = Interaction { kind: *kind, occurred_at, functional: false, automated: false };
        let judged = judge(Unjudged::new(black_box(interaction)), black_box(case));
        recorded += u32::from(black_box(&judged).verdict().disposition == Disposition::Record);
    }
    (begun.elapsed().as_secs_f64() * 1e9 / f64::from(AT_ONCE), recorded * 100 / AT_ONCE)
}

/// What is declared around every case: a message of a campaign, with its website.
struct Declared {
    website: Website,
    campaign: Campaign,
    message: Message,
}

impl Declared {
    fn new() -> Self {
        let website = WebsiteId::new("shop").expect("an id");
        let campaign = CampaignId::new("autumn").expect("an id");
        Self {
            website: Website {
                id: website.clone(),
                country: None,
                ceilings: Ceilings::default(),
                opt_in_texts: OptInTexts::default(),
            },
            campaign: Campaign {
                id: campaign.clone(),
                website: Some(website.clone()),
                ceiling: Ceiling::Default,
                opt_in_texts: OptInTexts::default(),
            },
            message: Message {
                id: MessageId::new("autumn-1").expect("an id"),
                channel: Channel::Email,
                campaign: Some(campaign),
                website: Some(website),
                class: MessageClass::Marketing,
                basis: SendingBasis::Consent,
                ceiling: Ceiling::Default,
                functional_links: Vec::new(),
                statement: Statement::default(),
            },
        }
    }

    fn context(&self) -> Context<'_> {
        let website = Some(&self.website);
        let campaign = Some(CampaignInPlay { campaign: &self.campaign, website });
        let message = Some(MessageInPlay { message: &self.message, website, campaign });
        Context { website, campaign, message }
    }
}

/// Those answers to all scopes of tracking, a day apart, the last a day ago; grants are fully proven.
fn answers(given: &[Answer], at: Instant) -> Vec<Record> {
    let count = u8::try_from(given.len()).expect("a few answers");
    let records = (0..count).zip(given).map(|(place, answer)| {
        let decided_at = at.minus(Span::from_days(i64::from(count - place)));
        let evidence = Evidence {
            method: Some("checkbox".into()),
            source: Some(Source {
                kind: SourceKind::Form,
                name: Some("form".into()),
                version: Some("3".into()),
            }),
            notice: Some(NoticeId([7; 32])),
            language: Some("fr".into()),
            actor: Some("person".into()),
            controller: Some(Controller { name: "A".into(), address: "B".into(), contact: "C".into() }),
            proof_reference: None,
        };
        let grant = *answer == Answer::Grant;
        let body = Body::Answer(AnswerGiven {
            answer: *answer,
            coverage: if grant { Coverage::TRACKING.as_of_today() } else { Coverage::TRACKING },
            decided_at: Some(decided_at),
            basis: grant.then_some(Basis::Explicit),
            evidence,
        });
        Record {
            id: RecordId([place; 16]),
            table: TableId::new("people").expect("an id"),
            profile: ProfileId::new("somebody").expect("an id"),
            profile_version: u64::from(place) + 1,
            recorded_at: decided_at,
            origin: None,
            policies: Vec::new(),
            body,
        }
    });
    records.collect()
}

fn country(code: &str) -> Option<Country> {
    Some(Country::new(code).expect("a country"))
}
