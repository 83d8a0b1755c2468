//! Loads a contact file: sets up the profile tables, records what the lines say, tells what became of them, reads some of it
//! back, and follows the changes until it has caught up. What it prints holds no id and no time.
//!
//! ```text
//! cargo run -p assent-sdk --example load_contacts -- contacts.csv --endpoint http://127.0.0.1:50051
//! ```

mod contacts {
    pub(crate) mod column;
    pub(crate) mod contact;
    pub(crate) mod read;
    pub(crate) mod summary;
    #[cfg(test)]
    mod tests_of_read;
}

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use assent_sdk::{
    Client, Controller, GetConsents, InteractionKind, MemoryCursors, Options, ProfileTable, State,
    StreamChanges, Upsert,
};
use clap::Parser;

use contacts::contact::{Contact, List};
use contacts::read::{Contents, read};
use contacts::summary::{Summary, lines_of};

/// Loads a contact file into a running service.
#[derive(Parser)]
struct Arguments {
    /// The file, as `generate_contacts` makes it.
    file: PathBuf,
    /// The service.
    #[arg(long, default_value = "http://127.0.0.1:50051")]
    endpoint: String,
    /// An API key with the roles settings, consent and read. Without: a service without keys.
    #[arg(long)]
    api_key: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match load(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere is left to tell it if this fails too.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn load(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let contents = read(std::fs::File::open(&arguments.file)?)?;
    let mut options = Options::new(arguments.endpoint);
    if let Some(key) = arguments.api_key {
        options = options.api_key(key);
    }
    let client = Client::connect(options).await?;
    let out = &mut io::stdout().lock();

    tell_contents(&contents, out)?;
    set_up(&client, &contents, out).await?;
    record(&client, &contents.contacts, out).await?;
    read_back(&client, &contents.contacts, out).await?;
    follow(&client, out).await
}

fn tell_contents(contents: &Contents, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "lines read: {}", contents.contacts.len())?;
    for (malformed, lines) in &contents.malformed {
        writeln!(out, "  not read, {malformed}: {}", lines_of(lines))?;
    }
    Ok(())
}

/// A profile table for each list, and every text that people were shown.
async fn set_up(client: &Client, contents: &Contents, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let controller = Controller::new("Example Ltd", "1 Example Street, Brussels", "privacy@example.org");
    for (list, zone, policy) in [
        (List::Legacy, "Europe/Brussels", "legacy"),
        (List::France, "Europe/Paris", "fr-cnil-2026"),
        (List::Italy, "Europe/Rome", "it-garante-2026"),
    ] {
        let table = ProfileTable::new(list.name(), zone).policy(policy).controller(controller.clone());
        client.settings().put_profile_table(table).await?;
    }
    let texts: BTreeSet<&String> = contents.contacts.iter().flat_map(|contact| &contact.texts).collect();
    for text in &texts {
        client.consents().put_notice(text.as_str()).await?;
    }
    writeln!(out, "set up: {} profile tables, {} texts", List::ALL.len(), texts.len())?;
    Ok(())
}

/// One batch for each list; the client cuts it to what a call takes.
async fn record(client: &Client, contacts: &[Contact], out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut summary = Summary::default();
    for list in List::ALL {
        let of_list = || {
            let contacts = contacts.iter().filter(move |contact| contact.list == list);
            contacts.flat_map(|contact| contact.items.iter().map(|(kind, item)| (contact.line, *kind, item)))
        };
        let items = of_list().map(|(_, _, item)| item.clone());
        let batch = Upsert::into_table(list.name()).items(items).origin("contact file");
        let results = client.consents().upsert(batch).await?;
        for ((line, kind, _), result) in of_list().zip(&results) {
            summary.count(list, kind, line, result);
        }
    }
    summary.tell(out)?;
    Ok(())
}

/// The first line of each list, as it stands now.
async fn read_back(
    client: &Client,
    contacts: &[Contact],
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    writeln!(out, "read back:")?;
    for list in List::ALL {
        // Not everybody that a line names was taken.
        for contact in contacts.iter().filter(|contact| contact.list == list).take(3) {
            let query = GetConsents::of(list.name(), [contact.profile.as_str()]);
            for consents in client.consents().get(query).await?.into_iter().flatten() {
                let mut series: BTreeMap<State, Vec<&str>> = BTreeMap::new();
                for standing in &consents.standings {
                    series.entry(standing.state).or_default().push(standing.series.name());
                }
                let states: Vec<String> = series
                    .into_iter()
                    .map(|(state, series)| format!("{state} {}", series.join(" ")))
                    .collect();
                let open = consents.verdict(InteractionKind::EmailOpen);
                let open = open.map_or("UNKNOWN", |open| open.verdict.name());
                writeln!(
                    out,
                    "  line {} ({}): {}; an open: {open}",
                    contact.line,
                    list.name(),
                    states.join(", ")
                )?;
            }
        }
    }
    Ok(())
}

/// All changes from the first, page by page, until there are no more.
async fn follow(client: &Client, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    // A reader that goes on tomorrow keeps its place in a file, or with what it did.
    let mut stream =
        client.changes().stream(StreamChanges::from_earliest().page_size(200), MemoryCursors::new());
    let mut effects: BTreeMap<_, u64> = BTreeMap::new();
    let mut changes = 0;
    loop {
        let page = stream.next().await?.page()?;
        for change in &page.changes {
            changes += 1;
            for line in &change.lines {
                *effects.entry(line.effect).or_default() += 1;
            }
        }
        let caught_up = page.caught_up;
        page.acknowledge().await?;
        if caught_up {
            break;
        }
    }
    writeln!(out, "changes followed: {changes}")?;
    for (effect, count) in effects {
        writeln!(out, "  {:<12}{count:>6}", effect.name())?;
    }
    Ok(())
}
