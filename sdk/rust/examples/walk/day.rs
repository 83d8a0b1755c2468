//! The day's events, as the two senders' files tell them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use assent_sdk::senders::{Defect, Event, Fields, Sender, StopKind, read};
use assent_sdk::{Instant, Interaction, What};

use super::prepare::NO_TRACKING;
use crate::events::recipient::Mail;

/// How many line numbers are written out before the rest is only counted.
const LINES_SHOWN: usize = 8;

/// Why somebody's consent changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wish {
    /// They unsubscribed: no more mail.
    Unsubscribed,
    /// They reported spam: no more mail, and no tracking.
    Complained,
    /// They followed the link that ends tracking.
    EndedTracking,
}

/// What both files tell.
#[derive(Default)]
pub(crate) struct Told {
    /// What people and machines did.
    pub(crate) interactions: Vec<Interaction>,
    /// Who wants what, and since when.
    pub(crate) wishes: BTreeMap<(Wish, String), Instant>,
    others: BTreeMap<(&'static str, &'static str), u64>,
    malformed: BTreeMap<(&'static str, Defect), Vec<u64>>,
}

impl Told {
    /// Reads a sender's file.
    pub(crate) fn read(&mut self, sender: Sender, file: &Path) -> Result<(), Box<dyn Error>> {
        let (name, field, mail) = match sender {
            Sender::Brevo => ("Brevo", "X-Mailin-custom", Mail::French),
            _ => ("SendGrid", "message", Mail::Belgian),
        };
        let address = mail.address();
        let fields = Fields::message_in(field)
            .link(format!("{address}/autumn"), "offer")
            .link(format!("{address}/tracking/off"), NO_TRACKING);
        for event in read(sender, BufReader::new(File::open(file)?), &fields) {
            match event {
                Ok(Event::Interaction(interaction)) => self.did(*interaction),
                Ok(Event::Stop(stop)) => {
                    let wish =
                        if stop.kind == StopKind::Complaint { Wish::Complained } else { Wish::Unsubscribed };
                    self.wishes_for(wish, stop.profile, stop.occurred_at);
                }
                Ok(Event::Other(kind)) => *self.others.entry((name, kind)).or_default() += 1,
                Ok(_) => {}
                Err(malformed) => {
                    self.malformed.entry((name, malformed.defect)).or_default().push(malformed.line)
                }
            }
        }
        Ok(())
    }

    fn did(&mut self, interaction: Interaction) {
        if let (What::EmailClick(click), Some(profile)) = (&interaction.what, &interaction.profile)
            && click.link_id.as_deref() == Some(NO_TRACKING)
        {
            self.wishes_for(Wish::EndedTracking, profile.clone(), interaction.occurred_at);
        }
        self.interactions.push(interaction);
    }

    /// The first time counts: a wish that is told again is the same wish.
    fn wishes_for(&mut self, wish: Wish, profile: String, at: Instant) {
        let since = self.wishes.entry((wish, profile)).or_insert(at);
        *since = at.min(*since);
    }

    /// Tells what was read.
    pub(crate) fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let others: Vec<String> =
            self.others.iter().map(|((_, kind), count)| format!("{count} {kind}")).collect();
        writeln!(
            out,
            "events: {} opens and clicks, {} wishes for less; beside them {}",
            self.interactions.len(),
            self.wishes.len(),
            others.join(", ")
        )?;
        writeln!(out, "not understood:")?;
        for ((sender, defect), lines) in &self.malformed {
            let shown: Vec<String> = lines.iter().take(LINES_SHOWN).map(u64::to_string).collect();
            let word = if lines.len() == 1 { "line" } else { "lines" };
            let more = lines.len().saturating_sub(LINES_SHOWN);
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            writeln!(out, "  {sender}, {defect}: {word} {}{more}", shown.join(", "))?;
        }
        Ok(())
    }
}
