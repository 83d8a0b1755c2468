//! The day's events, as the two senders' files tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use assent_sdk::senders::{Event, Fields, Sender, StopKind, read};
use assent_sdk::{Instant, Interaction, What};

use super::prepare::NO_TRACKING;
use crate::events::recipient::Mail;

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
    /// Who wants what, and when; once each.
    pub(crate) wishes: BTreeSet<(Wish, String, Instant)>,
    others: BTreeMap<(&'static str, &'static str), u64>,
    malformed: Vec<String>,
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
                    self.wishes.insert((wish, stop.profile, stop.occurred_at));
                }
                Ok(Event::Other(kind)) => *self.others.entry((name, kind)).or_default() += 1,
                Ok(_) => {}
                Err(malformed) => self.malformed.push(format!("{name}, {malformed}")),
            }
        }
        Ok(())
    }

    fn did(&mut self, interaction: Interaction) {
        if let (What::EmailClick(click), Some(profile)) = (&interaction.what, &interaction.profile)
            && click.link_id.as_deref() == Some(NO_TRACKING)
        {
            self.wishes.insert((Wish::EndedTracking, profile.clone(), interaction.occurred_at));
        }
        self.interactions.push(interaction);
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
        for malformed in &self.malformed {
            writeln!(out, "  {malformed}")?;
        }
        Ok(())
    }
}
