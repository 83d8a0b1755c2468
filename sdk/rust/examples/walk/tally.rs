//! Counts what became of interactions, before noon and after.

use std::collections::BTreeMap;
use std::io::{self, Write};

use assent_sdk::{Disposition, Error, Interaction, InteractionOutcome};

/// What came of one kind of thing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Fate {
    list: &'static str,
    kind: &'static str,
    disposition: Disposition,
    why: String,
}

/// How often each came about: before noon, after, and by machines at any time.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<Fate, [u64; 3]>);

/// Where machines are counted.
const MACHINES: usize = 2;

impl Tally {
    /// Counts one.
    pub(crate) fn count(
        &mut self,
        list: &'static str,
        half: usize,
        interaction: &Interaction,
        told: &Result<InteractionOutcome, Error>,
    ) {
        let (disposition, why) = match told {
            Ok(outcome) => {
                let reason = outcome.reason.map_or("", assent_sdk::VerdictReason::name);
                let policy = outcome.policy.as_ref().map_or("", |policy| policy.id.as_str());
                (outcome.disposition, format!("{reason:<18}{policy}"))
            }
            Err(error) => {
                (Disposition::Discarded, error.reason().map_or("", assent_sdk::Reason::name).to_owned())
            }
        };
        let fate = Fate { list, kind: interaction.what.kind().name(), disposition, why };
        if let Some(count) =
            self.0.entry(fate).or_default().get_mut(if interaction.automated { MACHINES } else { half })
        {
            *count += 1;
        }
    }

    /// Tells it.
    pub(crate) fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{:<64}{:>9}{:>7}{:>10}", "what became of them:", "morning", "later", "machines")?;
        for (Fate { list, kind, disposition, why }, [morning, later, machines]) in &self.0 {
            let what = format!("  {list:<8}{kind:<12}{:<10}{why}", disposition.name());
            writeln!(out, "{what:<64}{morning:>9}{later:>7}{machines:>10}")?;
        }
        Ok(())
    }
}
