//! What a send, a segment and a report cost: PlanTracking, QueryEngagement and GetCampaignReport, over millions of
//! recorded interactions. No goal stands for them, so there is no ceiling: each takes a fixed number of statements, whatever
//! it is asked about, and this is what they come to.

use std::sync::Arc;

use assent_tests::engine::{self, Engine};

use crate::caller::Caller;
use crate::ground::{Ground, SERVED, TENANT};
use crate::options::Options;
use crate::report::table;
use crate::row::{Row, Scene};
use crate::seed::{self, Seeded, WINDOWS};
use crate::service::Service;
use crate::sheet::Sheet;
use crate::statements::Statements;
use crate::turns::{self, Calls, Side, Work};

const NAME: &str = "gate";

/// How many calls at once: as many as the reference machine has cores.
const CALLERS: usize = 2;

/// How many people a call is about.
const PEOPLE: u64 = 1_000;

pub(crate) const CAMPAIGN: &str = "spring";
pub(crate) const MESSAGE: &str = "spring-mail";

pub(crate) fn measure(options: &Options, sheet: &Sheet, engine: Engine) {
    if options.wants(NAME) {
        engine::run(measure_gate(options, sheet, engine));
    }
}

async fn measure_gate(options: &Options, sheet: &Sheet, engine: Engine) {
    let (ground, seeded, _) = seed::ground(engine, options).await;
    println!(
        "\n== {}: {} interactions of {} profiles of tenant {TENANT}; {}",
        engine.name(),
        options.interactions,
        seeded.people,
        ground.durability().await
    );
    let (service, caller) = start(&ground, seeded).await;
    let asked = Arc::new((0..WINDOWS).map(|round| seeded.asking(round)).collect());
    let side = |items, work| {
        Side::Calls(Calls { caller: &caller, service: service.process(), callers: CALLERS, items, work })
    };
    let named = [
        ("plan", side(PEOPLE, Work::Plan { message: MESSAGE, records: false })),
        ("and send", side(PEOPLE, Work::Plan { message: MESSAGE, records: true })),
        ("engaged", side(PEOPLE, Work::Engagement(asked))),
        ("report", side(1, Work::Report { campaign: CAMPAIGN })),
    ];
    let (names, sides): (Vec<_>, Vec<_>) = named.into_iter().unzip();
    let statements = Statements::counted(&ground, SERVED, options).await;
    let told = turns::take(&ground, &sides, options.runs, options.run).await;
    drop(sides);
    println!(
        "\nPlanTracking without and with sends, QueryEngagement: 1,000 people a call; GetCampaignReport; 2 callers"
    );
    let rows: Vec<_> = names.into_iter().zip(told.iter().map(Vec::as_slice)).collect();
    table(&rows);
    let scene = Scene::of(&ground, &[("interactions", options.interactions)]).await;
    let works = [
        "PlanTracking, 1,000 people a call",
        "PlanTracking with sends, 1,000 people a call",
        "QueryEngagement, 1,000 people a call",
        "GetCampaignReport",
    ];
    for (work, runs) in works.iter().zip(&told) {
        sheet.add(Row::of(None, *work).on(&scene).runs(runs));
    }
    if let Some(statements) = statements {
        statements.print().await;
    }
    service.stop();
}

/// A service that has sent the campaign's message to a thousand people.
async fn start(ground: &Ground, seeded: Seeded) -> (Service, Caller) {
    let key = ground.make_key(SERVED).await;
    let service = Service::start(&ground.url(SERVED));
    let caller = Caller::to(&service.address, &key, seeded.people);
    caller.declare_campaign(CAMPAIGN, MESSAGE).await;
    caller.plan(0, &caller.somebody(PEOPLE), MESSAGE, true).await;
    (service, caller)
}
