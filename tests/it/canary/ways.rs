//! The other ways in which consent comes and goes, with a canary in every field: lists that are imported, links that are made,
//! followed and redeemed, and what people are asked.
//!
//! What an import is known by is the caller's own name for it, and kept for a week; of a token nothing is kept, and not the
//! token either.

use assent_proto::v1::{
    self, Answer, Basis, import_consents_request, import_consents_response::Event as Heard,
    import_event::Event as Said, upsert_consents_item::Event,
};
use assent_tests::{link, story};
use tonic::{Code, Status};

use super::caller::{Caller, patiently};
use super::flock::{Flock, Lot};
use super::ground::Ground;
use super::world::{DAY, World, now};

fn person(id: &str) -> Option<v1::ProfileKey> {
    Some(v1::ProfileKey { id: id.to_owned() })
}

fn marketing() -> Option<v1::Coverage> {
    Some(v1::Coverage { marketing: true, tracking: None })
}

/// A list of some lines about somebody, and what an import of it is known by.
struct List<'a> {
    lot: Lot,
    story: &'a str,
    table: &'a str,
    who: &'a str,
    dry_run: bool,
}

impl List<'_> {
    fn word(&self, flock: &mut Flock, what: &str) -> String {
        flock.word(self.lot, &format!("{}, {what}", self.story))
    }

    fn header(&self, flock: &mut Flock, id: Lot) -> v1::ImportHeader {
        v1::ImportHeader {
            import_id: flock.word(id, &format!("{}, import", self.story)),
            profile_table: self.table.to_owned(),
            source: Some(v1::ImportSource {
                name: Some(self.word(flock, "list")),
                version: Some(self.word(flock, "version of the list")),
            }),
            origin: Some("crm".to_owned()),
            dry_run: self.dry_run,
        }
    }

    /// An imported yes to mail, and what the person was told and asked before.
    fn events(&self, flock: &mut Flock, notice: &[u8]) -> Vec<Said> {
        let at = story::timestamp(now() - DAY);
        let evidence = v1::Evidence {
            proof_reference: Some(self.word(flock, "proof of the list")),
            actor: Some(self.word(flock, "actor of the list")),
            source: None,
            ..story::evidence(notice, "ours")
        };
        let yes = v1::AnswerGiven {
            answer: Answer::Grant.into(),
            basis: Basis::Imported.into(),
            coverage: marketing(),
            decided_at: Some(at),
            evidence: Some(evidence),
        };
        let kind = v1::SourceKind::Import.into();
        let asked = v1::RequestMade {
            coverage: marketing(),
            requested_at: Some(at),
            source: Some(v1::Source { kind, name: Some(self.word(flock, "request")), version: None }),
            ..v1::RequestMade::default()
        };
        vec![Said::Request(asked), Said::Answer(yes)]
    }

    fn line(&self, events: Vec<Said>) -> v1::ImportLine {
        let events = events.into_iter().map(|event| v1::ImportEvent { event: Some(event) }).collect();
        v1::ImportLine { line: 1, profile: person(self.who), facts: None, events }
    }
}

/// Sends a list, and gives how many of its lines failed.
async fn import(
    caller: &Caller,
    header: v1::ImportHeader,
    lines: Vec<v1::ImportLine>,
) -> Result<u64, Status> {
    let header = import_consents_request::Message::Header(header);
    let chunk = import_consents_request::Message::Chunk(v1::ImportChunk { number: 1, lines });
    let messages = [story::import(header), story::import(chunk)];
    let mut told = caller.consents().import_consents(tokio_stream::iter(messages)).await?.into_inner();
    loop {
        match told.message().await?.and_then(|told| told.event) {
            Some(Heard::Ended(ended)) => return Ok(ended.totals.unwrap_or_default().failed),
            Some(Heard::Opened(_) | Heard::Acknowledged(_)) => {}
            None => panic!("a stream ends with its totals"),
        }
    }
}

/// Makes a token of whom a list is about, which may be found nowhere.
async fn token(caller: &Caller, flock: &mut Flock, of: &List<'_>, item: v1::CreateTokensItem) -> String {
    let items = vec![v1::CreateTokensItem { profile: person(of.who), ..item }];
    let request = v1::CreateTokensRequest { profile_table: of.table.to_owned(), items };
    let made = patiently(async || caller.consents().create_tokens(request.clone()).await).await;
    match made.into_inner().results.remove(0).result {
        Some(v1::create_tokens_result::Result::Token(token)) => {
            flock.made(Lot::Forbidden, &format!("{}, token", of.story), &token);
            token
        }
        other => panic!("a token: {other:?}"),
    }
}

async fn redeem(caller: &Caller, request: v1::RedeemTokenRequest) -> Vec<bool> {
    let told = patiently(async || caller.consents().redeem_token(request.clone()).await).await.into_inner();
    let is_stored = |result: v1::RedeemTokenResult| {
        matches!(result.result, Some(v1::redeem_token_result::Result::Outcome(_)))
    };
    told.results.into_iter().map(is_stored).collect()
}

/// Has somebody's consent to mail come and go by each way: a list, the link in a message, the preference centre. Of tracking
/// nothing changes.
pub(super) async fn live(
    caller: &Caller,
    notice: &[u8],
    flock: &mut Flock,
    (lot, story): (Lot, &str),
    (table, who): (&str, &str),
) {
    let list = List { lot, story, table, who, dry_run: false };
    let lines = vec![list.line(list.events(flock, notice))];
    let failed = import(caller, list.header(flock, Lot::Kept), lines).await.expect("an import");
    assert_eq!(failed, 0, "{story}");

    let message_id = Some(list.word(flock, "message of the link"));
    let withdraws = v1::CreateTokensItem { message_id, ..link::withdrawing("", marketing()) };
    let withdraws = token(caller, flock, &list, withdraws).await;
    assert_eq!(redeem(caller, link::withdrawal(&withdraws, None)).await, [true]);
    let chooses = token(caller, flock, &list, link::choosing("")).await;
    let describe = v1::DescribeTokenRequest { token: chooses.clone() };
    caller.consents().describe_token(describe).await.expect("a description");
    let mut said = link::choices(&chooses, vec![link::choice(Answer::Object, marketing(), notice)]);
    if let Some(v1::redeem_token_request::Said::Preferences(chosen)) = &mut said.said {
        chosen.form_name = Some(list.word(flock, "form"));
        chosen.form_version = Some(list.word(flock, "version of the form"));
    }
    assert_eq!(redeem(caller, said).await, [true]);
}

/// What may be kept of people who stay.
pub(super) async fn keep(ground: &Ground, world: &World, flock: &mut Flock, round: usize) {
    let caller = ground.caller(&world.shop);
    for table in ["strict", "legacy"] {
        let story = format!("came and went in {table}, {round}");
        let who = flock.person(Lot::Kept, table, &format!("{story}, profile"));
        live(&caller, &world.notice, flock, (Lot::Kept, &story), (table, &who)).await;
    }
}

/// Comes with lists, links and questions of which nothing may be stored.
pub(super) async fn in_vain(ground: &Ground, world: &World, flock: &mut Flock, round: usize) {
    let caller = ground.caller(&world.shop);
    lists(&caller, world, flock, round).await;
    links(&caller, flock).await;
    questions(&caller, flock).await;
}

async fn lists(caller: &Caller, world: &World, flock: &mut Flock, round: usize) {
    let notice = world.notice.as_slice();
    let stranger =
        |flock: &mut Flock, lot, story: &str| flock.person(lot, "strict", &format!("{story}, profile"));
    // Nothing proves it.
    let story = &format!("a listed yes without proof, {round}");
    let who = stranger(flock, Lot::Undone, story);
    let list = List { lot: Lot::Forbidden, story, table: "strict", who: &who, dry_run: false };
    let mut events = list.events(flock, notice).split_off(1);
    if let Some(Said::Answer(v1::AnswerGiven { evidence: Some(evidence), .. })) = events.first_mut() {
        evidence.proof_reference = None;
    }
    let told = import(caller, list.header(flock, Lot::Kept), vec![list.line(events)]).await;
    assert_eq!(told.expect("an import"), 1);
    // It is only tried, and the import is not remembered.
    let story = &format!("a list that is tried, {round}");
    let who = stranger(flock, Lot::Undone, story);
    let list = List { lot: Lot::Forbidden, story, table: "strict", who: &who, dry_run: true };
    let line = list.line(list.events(flock, notice));
    let told = import(caller, list.header(flock, Lot::Forbidden), vec![line]).await;
    assert_eq!(told.expect("a dry run"), 0);
    // It cannot be read.
    let story = &format!("a line that cannot be read, {round}");
    let who = stranger(flock, Lot::Forbidden, story);
    let list = List { lot: Lot::Forbidden, story, table: "strict", who: &who, dry_run: false };
    let mut unnumbered = list.line(list.events(flock, notice));
    unnumbered.line = 0;
    let told = import(caller, list.header(flock, Lot::Kept), vec![unnumbered]).await;
    assert_eq!(told.expect("an import"), 1);
    // There is no such table.
    let story = &format!("a list for no table, {round}");
    let who = stranger(flock, Lot::Forbidden, story);
    let list = List { lot: Lot::Forbidden, story, table: "strict", who: &who, dry_run: false };
    let mut header = list.header(flock, Lot::Forbidden);
    header.profile_table = list.word(flock, "table");
    let line = list.line(list.events(flock, notice));
    let refused = import(caller, header, vec![line]).await.expect_err("no such table");
    assert_eq!(refused.code(), Code::NotFound);
}

async fn links(caller: &Caller, flock: &mut Flock) {
    // A link is made of anybody, and shown.
    let story = "a link that nobody follows";
    let who = flock.person(Lot::Forbidden, "strict", &format!("{story}, profile"));
    let list = List { lot: Lot::Forbidden, story, table: "strict", who: &who, dry_run: false };
    let message_id = Some(list.word(flock, "message of the link"));
    let item = v1::CreateTokensItem { message_id, ..link::choosing("") };
    let made = token(caller, flock, &list, item).await;
    let describe = v1::DescribeTokenRequest { token: made.clone() };
    caller.consents().describe_token(describe).await.expect("a description");
    // Changed by whoever follows it.
    let mut changed = made.clone();
    changed.pop();
    let refused = caller.consents().redeem_token(link::withdrawal(&changed, None)).await;
    assert_eq!(refused.expect_err("it was changed").code(), Code::InvalidArgument);
    // A yes in a form that nobody names.
    let story = "a yes by a link without its form";
    let who = flock.person(Lot::Undone, "strict", &format!("{story}, profile"));
    let list = List { story, who: &who, ..list };
    let made = token(caller, flock, &list, link::choosing("")).await;
    let mut said = link::choices(&made, vec![link::choice(Answer::Grant, marketing(), &[7; 32])]);
    if let Some(v1::redeem_token_request::Said::Preferences(chosen)) = &mut said.said {
        chosen.form_name = Some(list.word(flock, "form"));
        chosen.form_version = None;
    }
    assert_eq!(redeem(caller, said).await, [false]);
}

async fn questions(caller: &Caller, flock: &mut Flock) {
    let who = flock.person(Lot::Forbidden, "strict", "whether they may be asked, profile");
    let asked = v1::CheckAskableRequest {
        profile_table: "strict".to_owned(),
        profiles: person(&who).into_iter().collect(),
    };
    patiently(async || caller.consents().check_askable(asked.clone()).await).await;
    let website = flock.word(Lot::Forbidden, "what a form asks, website");
    let asked = v1::DescribeOptInsRequest {
        profile_table: "strict".to_owned(),
        place: Some(v1::describe_opt_ins_request::Place::WebsiteId(website)),
        ..v1::DescribeOptInsRequest::default()
    };
    patiently(async || caller.consents().describe_opt_ins(asked.clone()).await).await;
    // A request that is only tried.
    let who = flock.person(Lot::Undone, "strict", "a request that is tried, profile");
    let name = Some(flock.word(Lot::Forbidden, "a request that is tried, source"));
    let source = Some(v1::Source { kind: v1::SourceKind::Form.into(), name, version: None });
    let made = v1::RequestMade { coverage: marketing(), source, ..v1::RequestMade::default() };
    let event = Some(Event::Request(made));
    let tried = v1::UpsertConsentsRequest {
        profile_table: "strict".to_owned(),
        validate_only: true,
        ..story::batch(vec![v1::UpsertConsentsItem { profile: person(&who), facts: None, event }])
    };
    patiently(async || caller.consents().upsert_consents(tried.clone()).await).await;
}
