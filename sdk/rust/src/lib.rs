//! A typed client for Assent: what people consent to, its proof, and its changes.
//!
//! # Connect
//!
//! ```no_run
//! use assent_sdk::{Client, Options};
//!
//! # async fn connect() -> assent_sdk::Result<()> {
//! let client = Client::connect(Options::new("http://127.0.0.1:50051").api_key("a-key")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Options`] says how long to wait, how often to try again, whom to trust. One client serves a whole program: cloning it
//! is cheap, and all clones share a connection that heals itself.
//!
//! # Set up a profile table
//!
//! People stand in profile tables. A table says who the controller is, without whom no grant is stored, and which policy
//! judges it: `legacy`, `fr-cnil-2026`, `it-garante-2026` or `strict`; the operator's choice if it says nothing.
//!
//! ```no_run
//! use assent_sdk::{Controller, ProfileTable};
//!
//! # async fn set_up(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let controller = Controller::new("Example SA", "1 rue de l'Exemple, 75001 Paris", "privacy@example.org");
//! let table = ProfileTable::new("newsletter", "Europe/Paris").policy("fr-cnil-2026").controller(controller);
//! client.settings().put_profile_table(table).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Record an answer, with what proves it
//!
//! ```no_run
//! use assent_sdk::{AnswerGiven, Basis, Coverage, Evidence, Item, Source, SourceKind, Upsert};
//!
//! # async fn record(client: assent_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let wording = client.consents().put_notice("Yes, measure how I read these mails.").await?;
//! let evidence = Evidence::new()
//!     .method("checkbox")
//!     .source(Source::new(SourceKind::Form).name("sign-up").version("3"))
//!     .notice(wording.id)
//!     .language("en")
//!     .actor("data subject");
//! let grant = AnswerGiven::grant(Basis::Explicit, Coverage::tracking())
//!     .decided_at("2026-11-21T09:30:00Z".parse()?)
//!     .evidence(evidence);
//! let batch = Upsert::into_table("newsletter").item(Item::new("person-1").answer(grant));
//!
//! for result in client.consents().upsert(batch).await? {
//!     match result {
//!         Ok(upserted) => println!("{} series touched", upserted.series.len()),
//!         Err(error) => println!("not recorded: {error}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Each item has a result of its own: one person's missing evidence never stops another's withdrawal. Of
//! [`Reason::EvidenceMissing`] the error names every item ([`Error::missing_evidence`]). Refusing, withdrawing and objecting
//! need nothing but the person: [`AnswerGiven::withdraw`].
//!
//! # Import a list
//!
//! A list of any length goes in line by line, with no more of it in memory than is under way; it goes on by itself where the
//! connection broke, and after a crash of this program it is begun again under the same id:
//!
//! ```no_run
//! use assent_sdk::{AnswerGiven, Basis, Coverage, Evidence, Import, ImportLine};
//!
//! # async fn import(client: assent_sdk::Client, addresses: Vec<String>) -> assent_sdk::Result<()> {
//! let import = Import::new("crm-2026-11-22", "newsletter").source_name("CRM").source_version("11");
//! let proof = Evidence::new().method("crm").proof_reference("crm/export/11");
//! let lines = (1..).zip(addresses).map(|(number, address)| {
//!     let grant = AnswerGiven::grant(Basis::Imported, Coverage::marketing()).evidence(proof.clone());
//!     ImportLine::new(number, address).answer(grant)
//! });
//! let totals = client.consents().import(import, lines, |told| {
//!     for failure in told.failures {
//!         println!("line {}: {}", failure.line, failure.error);
//!     }
//! });
//! println!("{} lines were on record already", totals.await?.unchanged);
//! # Ok(())
//! # }
//! ```
//!
//! The dates in the list decide, not the order of its lines; what is on record already is not recorded again, and what a line
//! leaves out stays as it is. [`Import::dry_run`] asks what would become of each line.
//!
//! # Read what it adds up to
//!
//! ```no_run
//! use assent_sdk::{GetConsents, InteractionKind, Verdict};
//!
//! # async fn read(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! for result in client.consents().get(GetConsents::of("newsletter", ["person-1"])).await? {
//!     let consents = result?;
//!     let open = consents.verdict(InteractionKind::EmailOpen);
//!     println!("opens are recorded: {}", open.is_some_and(|open| open.verdict == Verdict::Record));
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`GetConsents::as_of`] and [`GetConsents::known_at`] ask about the past; [`Consents::records`] shows the history with its
//! evidence; [`Consents::verify_history`] proves that nobody changed it.
//!
//! # Let people withdraw and choose by a link
//!
//! ```no_run
//! use assent_sdk::{Coverage, NewToken, Redeem};
//!
//! # async fn link(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let token = NewToken::withdraw("person-1", Coverage::tracking()).in_message("spring");
//! for made in client.consents().create_tokens("newsletter", [token]).await? {
//!     let token = made?;
//!     println!("https://example.org/withdraw?token={}", token.as_str()); // into that person's own mail
//!     // When the link is followed: shows, and changes nothing.
//!     let page = client.consents().describe_token(&token).await?;
//!     println!("{} series", page.standings.len());
//!     // When the button is pressed.
//!     client.consents().redeem_token(Redeem::withdraw(token)).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`NewToken::preferences`] makes the link of a preference centre, where [`Redeem::choices`] grants too.
//!
//! # Ask, ask again, and hand out the proof
//!
//! ```no_run
//! use assent_sdk::{DescribeOptIns, Paging, Series};
//!
//! # async fn ask(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let form = DescribeOptIns::of_website("newsletter", "shop").language("fr");
//! for one in client.consents().describe_opt_ins(form).await?.boxes {
//!     println!("a box {:?} with {} texts", one.of, one.wordings.len());
//! }
//! for result in client.consents().check_askable("newsletter", ["person-1"]).await? {
//!     let again = result?.of(Series::Marketing).and_then(|one| one.askable_from);
//!     println!("may be asked for mail again from {again:?} on"); // their own change is never in question
//! }
//! for record in client.consents().records("newsletter", "person-1", Paging::default()).await?.items {
//!     let receipt = client.consents().receipt("newsletter", "person-1", record.id).await?;
//!     println!("{} bytes of {}", receipt.content.len(), receipt.media_type);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! That somebody was asked is recorded by the send of a message that asks, or told with [`Item::request`].
//!
//! # Record what people did
//!
//! ```no_run
//! use assent_sdk::{Click, Interaction, RecordInteractions};
//!
//! # async fn record(client: assent_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let at = "2026-11-21T09:30:00Z".parse()?;
//! let batch = RecordInteractions::into_table("newsletter")
//!     .interaction(Interaction::email_open("person-1", at, "spring"))
//!     .interaction(Interaction::email_click("person-1", at, Click::in_message("spring").link("offer")));
//! for result in client.interactions().record(batch).await? {
//!     let outcome = result?;
//!     println!("{} {:?}", outcome.disposition, outcome.reason);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What may not be recorded is dropped, and told as such. Each interaction has an id, by which the service records it once
//! however often it is sent: [`InteractionId`] says why it should grow with time. With the feature `senders` the module
//! `senders` makes interactions of the events that senders report.
//! Where they come one by one, from many tasks, [`recorder`] gathers and streams them, and accounts for each.
//!
//! # Read what was recorded
//!
//! [`Interactions::activity`] shows one profile's; [`Interactions::follow`] goes through everybody's, page by page, and waits
//! for more. Both show only what may be shown now. [`Interactions::watch`] is for what starts scenarios: a stream of what people
//! who may be tracked now did, as it is recorded.
//!
//! ```no_run
//! use assent_sdk::{InteractionFilter, InteractionKind};
//!
//! # async fn export(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let filter = InteractionFilter::everything().kinds([InteractionKind::EmailOpen, InteractionKind::EmailClick]);
//! let mut follow = client.interactions().follow(None).filter(filter); // or from a cursor that was kept
//! loop {
//!     let page = follow.next().await?;
//!     println!("{} opens and clicks", page.interactions.len());
//!     let caught_up = page.caught_up;
//!     let cursor = page.acknowledge(); // only now does the cursor move: keep it with what was done
//!     if caught_up {
//!         println!("{} bytes to keep", cursor.as_str().len());
//!         break;
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Follow the changes
//!
//! ```no_run
//! use assent_sdk::{FileCursors, Next, StreamChanges};
//!
//! # async fn follow(client: assent_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
//! let mut stream = client.changes().stream(StreamChanges::from_earliest(), FileCursors::at("crm.cursor"));
//! loop {
//!     match stream.next().await? {
//!         Next::Page(page) => {
//!             for change in &page.changes {
//!                 println!("position {}: {} lines", change.position, change.lines.len());
//!             }
//!             page.acknowledge().await?; // only now does the bookmark move, and is saved
//!         }
//!         Next::SnapshotNeeded(why) => return Err(why.into()), // says what to do; nothing is done by itself
//!     }
//! }
//! # }
//! ```
//!
//! The stream checks that pages join, and gives what was not acknowledged again. Where it keeps its place is a [`CursorStore`]:
//! [`FileCursors`], [`MemoryCursors`], or [`OwnTransaction`] for who saves it together with what they applied, so that each
//! change is applied once.
//!
//! Changes can be read for some time only (30 days, unless the operator says otherwise), and a database can be put back from
//! before what was read. Then the stream says [`Next::SnapshotNeeded`], and [`HandOver`] shows how to take a copy of what
//! everybody on record reads now, and to go on from it; a reader that needs more than what changes begins with one
//! ([`StreamChanges::from_snapshot`]). Below it lie the plain calls: [`Changes::read`] for one page, [`Changes::snapshot`] for
//! the copy alone, and [`Changes::watch`] for the changes as they come, where nothing but the last cursor has to be kept:
//!
//! ```no_run
//! use assent_sdk::WatchChanges;
//!
//! # async fn watch(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let mut watch = client.changes().watch(WatchChanges::from_latest());
//! loop {
//!     let batch = watch.next().await?; // at least every ten seconds, also when nothing happens
//!     println!("{} changes, up to position {}", batch.changes.len(), batch.covered_through);
//! }
//! # }
//! ```
//!
//! With the feature `export` the module `export` writes the changes to files, for systems that pull those.
//!
//! # Erase a person, or tell them what is held
//!
//! ```no_run
//! use assent_sdk::ErasureState;
//!
//! # async fn erase(client: assent_sdk::Client) -> assent_sdk::Result<()> {
//! let mut held = client.privacy().access("newsletter", "person-1").await?;
//! while let Some(piece) = held.next().await? {
//!     println!("{piece:?}");
//! }
//! let erasure = client.privacy().erase("newsletter", "person-1").await?;
//! println!("complete: {}", erasure.state == ErasureState::Complete);
//! # Ok(())
//! # }
//! ```
//!
//! # When something fails
//!
//! A "no" of a person is an answer, never an error. An [`Error`] is for callers' mistakes and for faults: its [`Reason`] is
//! the contract's, [`Error::violations`] names all wrong fields at once, [`Error::advice`] says what to do. It holds no value
//! of the request, so it is safe to log.
//!
//! What passes by itself the client tries again, as [`Retry`] says, never sooner than the service asks. That is safe for
//! every call: a mutation carries a [`RequestId`], kept over its retries, under which the service writes once; an interaction
//! has its own id. Keep one of your own beside the work to make it safe over a crash of your program too.
//!
//! # Tracing
//!
//! With the feature `trace` (on by default) each call opens a `tracing` span at level `INFO`, target `assent_sdk`, under the
//! current one: named after the method, of kind client, with the number of attempts and, if it failed, the reason, and with
//! nothing of the request. Its attempts are one span; a stream's lasts as long as the stream is held.
//!
//! With a layer of `tracing-opentelemetry` installed, the service is told that span as its parent, as W3C Trace Context
//! writes it, so that the service's span of the call stands under it. Where a filter leaves the call's span out, the service
//! is told the current span, and without one the current OpenTelemetry context. Nothing is logged.
//!
//! # What is not here
//!
//! No protobuf: its types do not show. No cache: consent is read where it is kept. No snapshot that begins by itself.

mod ambient;
mod answer;
mod audience;
mod batch;
mod call;
mod campaign;
mod changes;
mod client;
mod consents;
mod durable;
mod error;
mod evidence;
#[cfg(feature = "export")]
pub mod export;
mod health;
mod interaction;
mod interactions;
mod ledger;
mod message;
mod notice;
mod opt_in;
mod options;
mod outgoing;
mod page;
mod policy;
mod privacy;
mod profile;
mod profile_table;
mod record;
pub mod recorder;
mod request_id;
mod retry;
mod scope;
#[cfg(test)]
mod scripted;
#[cfg(feature = "senders")]
pub mod senders;
mod settings;
mod state;
mod time;
#[cfg(feature = "trace")]
mod trace;
#[cfg(not(feature = "trace"))]
#[path = "untraced.rs"]
mod trace;
mod verdict;
mod wait_blocks;
mod watch;
mod website;
mod word;

pub use self::time::{Day, Instant, TimeError};
pub use answer::{Answer, AnswerGiven, NoticeGiven, RequestMade};
pub use audience::{
    Audience, Engagement, EngagementAnswer, EngagementMatch, EngagementQuestion, EngagementReason,
    FindInactive, InactivePage, InactivityUse, QueryEngagement,
};
pub use campaign::Campaign;
pub use changes::{
    Bookmark, ChangeBatch, ChangeFilter, ChangePage, ChangeStream, ChangeWatch, Changes, ConsentChange,
    Cursor, CursorFound, CursorStore, CursorStoreError, FileCursors, HandOver, MemoryCursors, Next,
    NotABookmark, OwnTransaction, PageFault, ProfileSnapshot, ReadChanges, ResumeToken, Snapshot,
    SnapshotEnd, SnapshotNeeded, SnapshotPage, SnapshotPiece, SnapshotQuery, SnapshotReason, Start,
    StreamChanges, StreamError, TakenPage, TakenPart, WatchChanges,
};
pub use client::Client;
pub use consents::{
    AskReason, Choice, ChunkAcknowledged, Consents, ConsentsUpserted, DescribeOptIns, GetConsents, Import,
    ImportCounts, ImportLine, Importer, Item, LineFailure, LineForecast, LineOutcome, NewToken,
    ProfileAskable, ProfileConsents, ProfileUpserted, Receipt, Redeem, SeriesAskable, SeriesOutcome, Token,
    TokenCapability, TokenDescription, Upsert, UpsertProfiles,
};
pub use error::{Cause, Error, FieldViolation, Reason, Result};
pub use evidence::{Basis, Controller, Evidence, EvidenceItem, Source, SourceKind};
pub use health::{Health, Serving};
pub use interaction::{
    Click, Disposition, Goal, Interaction, InteractionId, InteractionIdError, InteractionOutcome, LastDevice,
    LinkMode, Money, PixelMode, RecordedInteraction, What,
};
pub use interactions::{
    Activity, AnonymousCounts, AnonymousPeriod, CampaignFigures, CampaignReport, CampaignReportQuery,
    FollowInteractions, InteractionCursor, InteractionFilter, InteractionPage, InteractionWatch,
    Interactions, PlanTracking, Planned, RateFigures, ReadInteractions, Recipient, RecordInteractions,
    TakenInteractions, TrackingPlan, TriggerBatch, WatchInteractions,
};
pub use ledger::{HistoryEvent, HistoryFault, HistoryVerdict, HistoryWalk, LedgerHead};
pub use message::{Channel, Message, MessageClass, SendingBasis};
pub use notice::{Notice, NoticeEntry, NoticeId};
pub use opt_in::{NoOptInReason, OptIn, OptInBox, OptInDeclaredBy, OptInText, OptInWording, OptIns};
pub use options::{Options, Tls};
pub use page::{Page, PageToken, Paging};
pub use policy::{
    AnonymousMode, EarlierInteractions, GrantRule, Policy, PolicyOverride, PolicyVersion, TransitionRule,
};
pub use privacy::{AccessWalk, Erasure, ErasureState, Held, HeldProfile, Privacy};
pub use profile::{Facts, KnownFacts};
pub use profile_table::{Etag, ProfileTable};
pub use record::{ConsentRecord, FactsChanged, GrantExpired, RecordBody};
pub use request_id::{RequestId, RequestIdError};
pub use retry::Retry;
pub use scope::{Coverage, Purpose, Scope, Series, Tracking};
pub use settings::Settings;
pub use state::{Effect, Outcome, SeriesChange, Standing, State};
pub use verdict::{InteractionKind, KindVerdict, Verdict, VerdictReason};
pub use wait_blocks::{
    EvaluateWaitBlocks, ExitPolicy, WaitBlock, WaitBlocks, WaitEnd, WaitOutcome, WaitReason, WaitStart,
    WaitState, WaitTarget,
};
pub use website::{Ceiling, Ceilings, Website};
