//! Requests with nothing wrong in them, that between them say everything a request can say.

use assent_proto::v1::{self, coverage::Tracking, upsert_consents_item::Event};
use assent_tests::app::{START, TestApp};
use assent_tests::{marks, story};
use prost_reflect::prost::Message;
use prost_types::Duration;

/// A method, and a request for it.
pub(super) type Valid = (&'static str, Vec<u8>);

pub(super) use super::imported::dry_run;

pub(super) fn valid(method: &'static str, request: &impl Message) -> Valid {
    (method, request.encode_to_vec())
}

/// All of them; what they name is there. Nothing that they write changes what another answers.
pub(super) async fn requests(app: &TestApp) -> Vec<Valid> {
    let stored = Stored::make(app).await;
    let mut all = upserts(&stored.notice);
    all.extend(super::imported::requests(&stored.notice));
    all.extend(reads(app, &stored).await);
    all.extend(changes(&stored).await);
    all.extend(settings(app, &stored.notice).await);
    all.extend(super::declared::requests(app, &stored.notice).await);
    all.extend(super::tokens::requests(app, &stored.notice).await);
    all.extend(super::forms::requests(app).await);
    all.extend(interactions(app).await);
    all.extend(wait_blocks());
    all.extend(super::audience::requests(app).await);
    all.extend(super::privacy::requests());
    all
}

/// What the requests name.
struct Stored<'a> {
    app: &'a TestApp,
    notice: Vec<u8>,
    head: v1::LedgerHead,
}

impl<'a> Stored<'a> {
    /// A table, two notices, people with records, and two overrides.
    async fn make(app: &'a TestApp) -> Self {
        let client = app.client().once();
        let notice = story::settle_in(&client, "ours").await;
        let another = v1::PutNoticeRequest { text: story::notice_text("another") };
        client.consents().put_notice(another).await.expect("a notice is stored");
        let again = story::item("anna", v1::Answer::Withdraw, START, None);
        client.consents().upsert_consents(story::batch(vec![again])).await.expect("a batch is answered");
        for table in [profile_table("people", &notice), profile_table("others", &notice)] {
            let get = v1::GetProfileTableRequest { id: table.id.clone() };
            let last_read = client.settings().get_profile_table(get).await.ok();
            let etag = last_read.and_then(|found| found.into_inner().profile_table?.etag);
            let table = Some(v1::ProfileTable { etag, ..table });
            let put = v1::PutProfileTableRequest { profile_table: table };
            client.settings().put_profile_table(put).await.expect("a table is stored");
        }
        let bare = v1::PolicyOverride {
            id: marks::id("stricter"),
            base_policy_id: "strict".to_owned(),
            ..v1::PolicyOverride::default()
        };
        for asked in [v1::PolicyOverride { etag: None, ..policy_override() }, bare] {
            let put = v1::PutPolicyOverrideRequest { policy_override: Some(asked) };
            client.settings().put_policy_override(put).await.expect("an override is stored");
        }
        let start = Some(v1::get_cursor_request::Start::Edge(v1::CursorEdge::Latest.into()));
        let found = client.changes().get_cursor(v1::GetCursorRequest { start, filter: None }).await;
        let head = found.expect("a cursor").into_inner().head.expect("a head");
        Self { app, notice, head }
    }
}

fn source() -> Option<v1::Source> {
    story::form("ours")
}

fn facts() -> Option<v1::ProfileFacts> {
    let collected_on = Some(assent_proto::google::Date { year: 2026, month: 2, day: 28 });
    Some(v1::ProfileFacts { collected_on, jurisdiction: Some("BE".to_owned()), source: source() })
}

/// An answer, a notice and a request, all with everything that may be said of them.
pub(super) fn said(
    notice: &[u8],
    source: &dyn Fn() -> Option<v1::Source>,
) -> (v1::AnswerGiven, v1::NoticeGiven, v1::RequestMade) {
    let at = Some(story::timestamp(START));
    let scopes = vec![v1::Scope::EmailOpen.into(), v1::Scope::Device.into()];
    let some =
        Some(v1::Coverage { marketing: false, tracking: Some(Tracking::Scopes(v1::ScopeList { scopes })) });
    let evidence = v1::Evidence {
        proof_reference: Some("archive 1".to_owned()),
        source: source(),
        ..story::evidence(notice, "ours")
    };
    let answer = v1::AnswerGiven {
        answer: v1::Answer::Grant.into(),
        coverage: some,
        decided_at: at,
        basis: v1::Basis::Explicit.into(),
        evidence: Some(evidence),
    };
    let told = v1::NoticeGiven {
        coverage: story::tracking(),
        notified_at: at,
        notice_id: Some(notice.to_vec()),
        conditions_unchanged: Some(true),
        withdrawal_offered: Some(true),
        justification: Some("the post was on strike".to_owned()),
        proof_reference: Some("archive 2".to_owned()),
        source: source(),
        sent_message_id: Some(marks::id("mail")),
    };
    let asked = v1::RequestMade {
        coverage: story::everything(),
        requested_at: at,
        notice_id: Some(notice.to_vec()),
        source: source(),
        sent_message_id: Some(marks::id("mail")),
    };
    (answer, told, asked)
}

fn upserts(notice: &[u8]) -> Vec<Valid> {
    let (answer, told, asked) = said(notice, &source);
    let with = |event| v1::UpsertConsentsRequest {
        items: vec![
            story::item("bruno", v1::Answer::Refuse, START, None),
            v1::UpsertConsentsItem { profile: story::person("chloe"), facts: facts(), event: Some(event) },
        ],
        validate_only: true,
        origin: Some("crm".to_owned()),
        ..story::batch(Vec::new())
    };
    let batches = [Event::Answer(answer), Event::Notice(told), Event::Request(asked)]
        .map(|event| valid("ConsentService.UpsertConsents", &with(event)));
    let profile = |who: &str| v1::UpsertProfilesItem { profile: story::person(who), facts: facts() };
    let profiles = v1::UpsertProfilesRequest {
        profile_table: story::people(),
        items: vec![profile("bruno"), profile("chloe")],
        request_id: marks::uuid(),
        validate_only: true,
        origin: Some("crm".to_owned()),
    };
    let mut all = batches.to_vec();
    all.push(valid("ConsentService.UpsertProfiles", &profiles));
    all
}

async fn reads(app: &TestApp, stored: &Stored<'_>) -> Vec<Valid> {
    let client = app.client();
    let get = v1::GetConsentsRequest {
        profile_table: story::people(),
        profiles: vec![story::person("anna").expect("a person"), story::person("bruno").expect("a person")],
        as_of: Some(story::timestamp(START)),
        known_at: Some(story::timestamp(START)),
    };
    let mut records = v1::ListConsentRecordsRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        page_size: 1,
        page_token: None,
    };
    let page = client.consents().list_consent_records(records.clone()).await.expect("a page").into_inner();
    records.page_token = Some(page.next_page_token.expect("another page"));
    let mut notices = v1::ListNoticesRequest { page_size: 1, page_token: None };
    let page = client.consents().list_notices(notices.clone()).await.expect("a page").into_inner();
    notices.page_token = Some(page.next_page_token.expect("another page"));
    vec![
        valid("ConsentService.GetConsents", &get),
        valid("ConsentService.ListConsentRecords", &records),
        valid(
            "ConsentService.VerifyHistory",
            &v1::VerifyHistoryRequest { known_head: Some(stored.head.clone()) },
        ),
        valid("ConsentService.PutNotice", &v1::PutNoticeRequest { text: story::notice_text("ours") }),
        valid("ConsentService.GetNotice", &v1::GetNoticeRequest { notice_id: stored.notice.clone() }),
        valid("ConsentService.ListNotices", &notices),
    ]
}

async fn changes(stored: &Stored<'_>) -> Vec<Valid> {
    use v1::get_cursor_request::Start;
    let filter = Some(v1::ChangeFilter {
        profile_tables: vec![story::people(), marks::id("others")],
        purposes: vec![v1::Purpose::Tracking.into(), v1::Purpose::Marketing.into()],
        scopes: vec![v1::Scope::EmailOpen.into()],
        effects: vec![v1::Effect::Granted.into(), v1::Effect::Withdrawn.into()],
        exclude_origin: Some("crm".to_owned()),
    });
    let begin = |start| v1::GetCursorRequest { start: Some(start), filter: filter.clone() };
    let edge = begin(Start::Edge(v1::CursorEdge::Earliest.into()));
    let found = stored.app.client().changes().get_cursor(edge.clone()).await.expect("a cursor").into_inner();
    let read = v1::ReadConsentChangesRequest {
        cursor: found.cursor,
        filter: filter.clone(),
        page_size: 10,
        max_wait: Some(Duration { seconds: 1, nanos: 0 }),
    };
    use v1::watch_consent_changes_request::Position;
    let watch = |position| {
        let (position, filter) = (Some(position), filter.clone());
        let watch = v1::WatchConsentChangesRequest { position, filter, batch_size: 10 };
        valid("ConsentChangeService.WatchConsentChanges", &watch)
    };
    vec![
        watch(Position::Cursor(read.cursor.clone())),
        watch(Position::Edge(v1::CursorEdge::Latest.into())),
        super::copied::snapshot(stored.app, filter.clone()).await,
        valid("ConsentChangeService.GetCursor", &edge),
        valid("ConsentChangeService.GetCursor", &begin(Start::RecordedAt(story::timestamp(START)))),
        valid("ConsentChangeService.ReadConsentChanges", &read),
    ]
}

fn profile_table(word: &str, notice: &[u8]) -> v1::ProfileTable {
    v1::ProfileTable {
        policy_id: Some("strict".to_owned()),
        etag: Some("whatever was read".to_owned()),
        version: 7,
        recorded_at: Some(story::timestamp(START)),
        opt_in_texts: super::forms::texts(notice),
        ..story::profile_table(marks::id(word), "ours")
    }
}

fn policy_override() -> v1::PolicyOverride {
    v1::PolicyOverride {
        id: marks::id("ours"),
        base_policy_id: "it-garante-2026".to_owned(),
        more_demands: vec![v1::EvidenceItem::Method.into(), v1::EvidenceItem::Actor.into()],
        refused_bases: vec![v1::Basis::Assumed.into()],
        joint_allowed: Some(false),
        expires_after_days: Some(365),
        notice_alone_suffices: Some(false),
        anonymous_mode: v1::AnonymousMode::Off.into(),
        earlier_interactions: v1::EarlierInteractions::Erase.into(),
        etag: Some("whatever was read".to_owned()),
        version: 7,
        recorded_at: Some(story::timestamp(START)),
        unanswered_denied: Some(true),
        withdrawal_offer_demanded: Some(true),
        interactions_kept_days: Some(400),
        force_never_on_french_websites: Some(true),
        anonymous_kinds: vec![v1::InteractionKind::EmailOpen.into(), v1::InteractionKind::EmailClick.into()],
    }
}

async fn settings(app: &TestApp, notice: &[u8]) -> Vec<Valid> {
    let mut client = app.client().settings();
    let mut tables = v1::ListProfileTablesRequest { page_size: 1, page_token: None };
    let page = client.list_profile_tables(tables.clone()).await.expect("a page").into_inner();
    tables.page_token = Some(page.next_page_token.expect("another page"));
    let mut overrides = v1::ListPolicyOverridesRequest { page_size: 1, page_token: None };
    let page = client.list_policy_overrides(overrides.clone()).await.expect("a page").into_inner();
    overrides.page_token = Some(page.next_page_token.expect("another page"));
    let mut policies = v1::ListPoliciesRequest { page_size: 1, page_token: None };
    let page = client.list_policies(policies.clone()).await.expect("a page").into_inner();
    policies.page_token = Some(page.next_page_token.expect("another page"));
    let put = v1::PutProfileTableRequest { profile_table: Some(profile_table("people", notice)) };
    let put_override = v1::PutPolicyOverrideRequest { policy_override: Some(policy_override()) };
    let id = story::people();
    let policy = v1::GetPolicyRequest { id: "strict".to_owned(), version: Some(1) };
    vec![
        valid("SettingsService.PutProfileTable", &put),
        valid("SettingsService.GetProfileTable", &v1::GetProfileTableRequest { id }),
        valid("SettingsService.ListProfileTables", &tables),
        valid("SettingsService.PutPolicyOverride", &put_override),
        valid("SettingsService.GetPolicyOverride", &v1::GetPolicyOverrideRequest { id: marks::id("ours") }),
        valid("SettingsService.ListPolicyOverrides", &overrides),
        valid("SettingsService.GetPolicy", &policy),
        valid("SettingsService.ListPolicies", &policies),
    ]
}

async fn interactions(app: &TestApp) -> Vec<Valid> {
    use assent_tests::deed;
    let whole = |interaction: v1::Interaction| v1::Interaction {
        campaign_id: Some(marks::id("campaign")),
        automated: true,
        device: Some("phone".to_owned()),
        user_agent: Some("agent".to_owned()),
        ..interaction
    };
    let mut goal = deed::goal("anna", START, "sale", 100);
    if let Some(v1::interaction::What::TransactionGoal(goal)) = &mut goal.what {
        (goal.website_id, goal.message_id) = (Some(marks::id("shop")), Some(marks::id("spring")));
    }
    let mut visit = deed::visit("anna", START, "shop");
    if let Some(v1::interaction::What::WebsiteVisit(visit)) = &mut visit.what {
        visit.message_id = Some(marks::id("spring"));
    }
    let mut clicks = [deed::click("anna", START, "spring", "offer"), deed::sms_click("anna", START, "text")];
    for click in &mut clicks {
        match &mut click.what {
            Some(v1::interaction::What::EmailClick(click)) => click.website_id = Some(marks::id("shop")),
            Some(v1::interaction::What::SmsClick(click)) => {
                (click.link_id, click.website_id) = (Some(marks::id("offer")), Some(marks::id("shop")));
            }
            _ => {}
        }
    }
    let sent = deed::send("anna", START, "spring", v1::PixelMode::Identified, v1::LinkMode::Tracked);
    let mut all = vec![deed::open("anna", START, "spring"), sent, visit, goal];
    all.extend(clicks);
    let two =
        [0, 1].map(|turn| deed::send("anna", START - turn, "text", v1::PixelMode::None, v1::LinkMode::Plain));
    deed::record(&app.client().once(), two.to_vec()).await;
    let mut activity = v1::GetProfileActivityRequest {
        profile_table: story::people(),
        profile: story::person("anna"),
        page_size: 1,
        page_token: None,
    };
    let page = app.client().interactions().get_profile_activity(activity.clone()).await.expect("a page");
    activity.page_token = Some(page.into_inner().next_page_token.expect("another page"));
    // One of each kind in a call of its own: what is broken is broken in one item of a call.
    let record = |interaction| {
        let interactions = vec![whole(interaction)];
        let record = v1::RecordInteractionsRequest { profile_table: story::people(), interactions };
        valid("InteractionService.RecordInteractions", &record)
    };
    let mut requests: Vec<_> = all.into_iter().map(record).collect();
    requests.extend(super::streamed::batches(&requests));
    let filter = v1::InteractionFilter {
        profile_tables: vec![story::people(), marks::id("others")],
        campaign_ids: vec![marks::id("campaign"), marks::id("other")],
        kinds: vec![v1::InteractionKind::Send.into(), v1::InteractionKind::EmailOpen.into()],
    };
    let edge = v1::ReadInteractionsRequest {
        position: Some(v1::read_interactions_request::Position::Edge(v1::CursorEdge::Latest.into())),
        filter: Some(filter),
        page_size: 10,
        max_wait: None,
    };
    let page =
        app.client().interactions().read_interactions(edge.clone()).await.expect("a page").into_inner();
    let read = v1::ReadInteractionsRequest {
        position: Some(v1::read_interactions_request::Position::Cursor(page.next_cursor)),
        max_wait: Some(Duration { seconds: 1, nanos: 0 }),
        ..edge.clone()
    };
    requests.extend(super::planned::plans());
    let date = |day| Some(assent_proto::google::Date { year: 2026, month: 9, day });
    let days = Some(v1::ReportDays { first_day: date(1), last_day: date(30) });
    let report = v1::GetCampaignReportRequest { campaign_id: marks::id("campaign"), days };
    requests.push(valid("InteractionService.GetCampaignReport", &report));
    requests.push(valid("InteractionService.GetProfileActivity", &activity));
    requests.push(valid("InteractionService.ReadInteractions", &edge));
    requests.push(valid("InteractionService.ReadInteractions", &read));
    requests.extend(watches(&read));
    requests
}

/// The trigger stream, from a page's cursor and from an edge.
fn watches(read: &v1::ReadInteractionsRequest) -> [Valid; 2] {
    use v1::{read_interactions_request, watch_interactions_request::Position};
    let Some(read_interactions_request::Position::Cursor(cursor)) = read.position.clone() else {
        panic!("a cursor")
    };
    let edge = Position::Edge(v1::CursorEdge::Latest.into());
    [Position::Cursor(cursor), edge].map(|position| {
        let filter = read.filter.clone();
        let watch = v1::WatchInteractionsRequest { position: Some(position), filter, batch_size: 10 };
        valid("InteractionService.WatchInteractions", &watch)
    })
}

fn wait_blocks() -> Vec<Valid> {
    use assent_tests::wait;
    use v1::InteractionKind::{EmailClick, EmailOpen};
    let block = |target, kinds: &[v1::InteractionKind]| v1::WaitBlock {
        exit_policy: v1::ExitPolicy::Immediate.into(),
        late_grace: Some(Duration { seconds: 60, nanos: 0 }),
        ..wait::block("anna", target, kinds, START, START + 1)
    };
    let blocks = vec![
        v1::WaitBlock {
            link_id: Some(marks::id("offer")),
            ..block(wait::message("spring"), &[EmailClick, EmailOpen])
        },
        v1::WaitBlock {
            start: wait::from_send("spring", START),
            end: wait::lasting(1_000_000),
            ..block(wait::campaign("campaign"), &[EmailOpen])
        },
        block(wait::website("shop"), &[EmailOpen]),
        block(wait::goal("sale"), &[v1::InteractionKind::TransactionGoal]),
    ];
    // Each in a call of its own: what is broken is broken in one item of a call.
    let evaluate = |block| {
        let as_of = Some(story::timestamp(START));
        let evaluate = v1::EvaluateWaitBlocksRequest { as_of, ..wait::request(vec![block]) };
        valid("WaitBlockService.EvaluateWaitBlocks", &evaluate)
    };
    blocks.into_iter().map(evaluate).collect()
}
