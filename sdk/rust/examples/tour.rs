//! The tour: a contact file, a campaign for a French and a Belgian website, a day of events as Brevo and SendGrid report them, with
//! people who change their minds at noon; who was recorded and who was not and why; where scenarios that wait for an open go on;
//! and the changes that other systems pull. What it prints holds no id and no time.
//!
//! ```text
//! cargo run -p assent-sdk --features senders --example tour -- contacts.csv --day 2026-11-20
//! ```

mod contacts {
    pub(crate) mod column;
    pub(crate) mod contact;
    pub(crate) mod read;
}
mod events {
    pub(crate) mod recipient;
}
mod walk {
    pub(crate) mod day;
    pub(crate) mod prepare;
    pub(crate) mod tally;
}

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use assent_sdk::senders::Sender;
use assent_sdk::{
    AnswerGiven, ChangeFilter, Client, Coverage, Cursor, Day, EvaluateWaitBlocks, Instant, Interaction,
    InteractionKind, Item, MemoryCursors, Options, Paging, RecordInteractions, Start, StreamChanges, Upsert,
    WaitBlock, WaitEnd, WaitReason, WaitStart, WaitTarget,
};
use clap::Parser;

use contacts::contact::List;
use contacts::read::read;
use events::recipient::{Recipient, recipients};
use walk::day::{Told, Wish};
use walk::prepare::{declare, load, send, table};
use walk::tally::Tally;

/// Goes once through everything, against a running service.
#[derive(Parser)]
struct Arguments {
    /// The contact file, as `generate_contacts` makes it.
    contacts: PathBuf,
    /// The day that `generate_events` made, in UTC; past.
    #[arg(long)]
    day: Day,
    /// Where `brevo.jsonl` and `sendgrid.jsonl` are.
    #[arg(long, default_value = ".")]
    events: PathBuf,
    /// The service.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    endpoint: String,
    /// An API key with the roles settings, consent, record and read. Without: a service without keys.
    #[arg(long)]
    api_key: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match go(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to tell it if this fails too.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn go(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let file = std::fs::read_to_string(&arguments.contacts)?;
    let recipients = recipients(&file);
    let mut options = Options::new(arguments.endpoint);
    if let Some(key) = arguments.api_key {
        options = options.api_key(key);
    }
    let client = Client::connect(options).await?;
    let out = &mut io::stdout().lock();
    let midnight = arguments.day.midnight_utc().micros();
    let hour = |hours: i64| Instant::from_micros(midnight + hours * 3_600_000_000);

    declare(&client, out).await?;
    load(&client, &read(file.as_bytes())?, out).await?;
    let found = client.changes().cursor(Start::Latest, ChangeFilter::everything()).await?;
    send(&client, &recipients, hour(7), out).await?;

    let mut told = Told::default();
    told.read(Sender::Brevo, &arguments.events.join("brevo.jsonl"))?;
    told.read(Sender::SendGrid, &arguments.events.join("sendgrid.jsonl"))?;
    told.tell(out)?;
    let mut tally = Tally::default();
    let (morning, later): (Vec<_>, Vec<_>) =
        told.interactions.iter().partition(|one| one.occurred_at < hour(12));
    record(&client, &recipients, morning, 0, &mut tally).await?;
    let read_before = read_of(&client, &recipients, &told, hour(12)).await?;
    grant_wishes(&client, &recipients, &told, hour(12), out).await?;
    record(&client, &recipients, later, 1, &mut tally).await?;
    tally.tell(out)?;
    let read_now = read_of(&client, &recipients, &told, hour(12)).await?;
    writeln!(
        out,
        "of the French who ended tracking, opens and clicks to be read: {read_before} before, {read_now} after"
    )?;

    wait(&client, &recipients, hour(12), out).await?;
    follow(&client, found.cursor, out).await
}

/// Records what the recipients did, list by list, each in the order told.
async fn record(
    client: &Client,
    recipients: &[Recipient],
    interactions: Vec<&Interaction>,
    half: usize,
    tally: &mut Tally,
) -> Result<(), Box<dyn Error>> {
    let lists: BTreeMap<&str, &str> = recipients.iter().map(|one| (one.profile.as_str(), one.list)).collect();
    for list in List::ALL.map(List::name) {
        let of_list = |one: &&&Interaction| {
            one.profile.as_deref().and_then(|profile| lists.get(profile)) == Some(&list)
        };
        let of_list: Vec<Interaction> =
            interactions.iter().filter(of_list).map(|one| (*one).clone()).collect();
        let batch = RecordInteractions::into_table(table(list)).interactions(of_list.clone());
        for (interaction, told) in of_list.iter().zip(&client.interactions().record(batch).await?) {
            tally.count(list, half, interaction, told);
        }
    }
    Ok(())
}

/// The wishes of the morning, as answers. A withdrawal bites at once, also on mail that was sent before.
async fn grant_wishes(
    client: &Client,
    recipients: &[Recipient],
    told: &Told,
    noon: Instant,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut counts: BTreeMap<Wish, u64> = BTreeMap::new();
    for list in List::ALL.map(List::name) {
        let mut batch = Upsert::into_table(table(list)).origin("senders");
        for ((wish, profile), at) in told.wishes.iter().filter(|(_, at)| **at < noon) {
            if !recipients.iter().any(|one| one.list == list && one.profile == *profile) {
                continue;
            }
            let answer = match wish {
                Wish::Unsubscribed => AnswerGiven::withdraw(Coverage::marketing()),
                Wish::Complained => AnswerGiven::object(Coverage::joint()),
                Wish::EndedTracking => AnswerGiven::withdraw(Coverage::tracking()),
            };
            batch = batch.item(Item::new(profile).answer(answer.decided_at(*at)));
            *counts.entry(*wish).or_default() += 1;
        }
        for result in client.consents().upsert(batch).await? {
            result?;
        }
    }
    let count = |wish| counts.get(&wish).copied().unwrap_or_default();
    writeln!(
        out,
        "at noon: {} unsubscribed, {} complained, {} ended tracking",
        count(Wish::Unsubscribed),
        count(Wish::Complained),
        count(Wish::EndedTracking)
    )?;
    Ok(())
}

/// How many opens and clicks may be read of the French who ended tracking in the morning.
async fn read_of(
    client: &Client,
    recipients: &[Recipient],
    told: &Told,
    noon: Instant,
) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    let ended = told.wishes.iter().filter(|((wish, _), at)| *wish == Wish::EndedTracking && **at < noon);
    for ((_, profile), _) in ended {
        if recipients.iter().any(|one| one.list == List::France.name() && one.profile == *profile) {
            let page =
                client.interactions().activity(table(List::France.name()), profile, Paging::first()).await?;
            let did =
                page.interactions.iter().filter(|one| one.interaction.what.kind() != InteractionKind::Send);
            count += did.count();
        }
    }
    Ok(count)
}

/// A scenario that waited ten hours for each recipient to open or click: which way each goes on.
async fn wait(
    client: &Client,
    recipients: &[Recipient],
    noon: Instant,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    writeln!(out, "ten hours after the mail, a scenario that waits for an open or a click:")?;
    for list in List::ALL.map(List::name) {
        let block = |one: &Recipient| {
            let message = one.mail.message().to_owned();
            let kinds = [InteractionKind::EmailOpen, InteractionKind::EmailClick];
            let start = WaitStart::FromSend { message_id: message.clone(), entered_at: noon };
            let end = WaitEnd::After(Duration::from_secs(36_000));
            WaitBlock::new("autumn", &one.profile, WaitTarget::Message(message), kinds, start, end)
        };
        let blocks = recipients.iter().filter(|one| one.list == list).map(block);
        let query = EvaluateWaitBlocks::of_table(table(list)).blocks(blocks);
        let mut counts: BTreeMap<(_, Option<WaitReason>), u64> = BTreeMap::new();
        for outcome in client.wait_blocks().evaluate(query).await? {
            let outcome = outcome?;
            *counts.entry((outcome.state, outcome.reason)).or_default() += 1;
        }
        for ((state, reason), count) in counts {
            let reason = reason.map_or("", WaitReason::name);
            writeln!(out, "  {list:<8}{:<9}{reason:<20}{count:>6}", state.name())?;
        }
    }
    Ok(())
}

/// What other systems pull: everything that changed since the contact file was loaded.
async fn follow(client: &Client, cursor: Cursor, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut stream = client.changes().stream(StreamChanges::from_cursor(cursor), MemoryCursors::new());
    let mut effects: BTreeMap<_, u64> = BTreeMap::new();
    let mut changes = 0;
    loop {
        let page = stream.next().await?.page()?;
        changes += page.changes.len();
        for line in page.changes.iter().flat_map(|change| &change.lines) {
            *effects.entry(line.effect).or_default() += 1;
        }
        let caught_up = page.caught_up;
        page.acknowledge().await?;
        if caught_up {
            break;
        }
    }
    let effects: Vec<String> =
        effects.into_iter().map(|(effect, count)| format!("{count} {effect}")).collect();
    writeln!(out, "changes pulled: {changes}, of single consents {}", effects.join(", "))?;
    Ok(())
}
