//! How much an interaction takes: on the wire, and in memory. Both are bounds that are reckoned without writing it down.

use super::lanes::Held;
use crate::interaction::{Click, Goal, Interaction, What};

/// The most bytes that an interaction takes within a batch beside its texts: tags, lengths, its id, its time, its numbers.
const WIRE: usize = 192;

/// What an interaction takes in memory beside its texts: itself, its place in a list that may have grown to twice what it holds,
/// its ticket, and what the allocator adds to each.
const MEMORY: usize = size_of::<Interaction>() + 2 * size_of::<Held>() + 384;

/// What one interaction takes, at most, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    /// In a batch.
    pub(super) wire: usize,
    /// In memory.
    pub(super) memory: usize,
}

impl Weight {
    /// The table counts with each, as if it were alone in its batch.
    pub(super) fn of(profile_table: &str, interaction: &Interaction) -> Self {
        let texts = texts(interaction).into_iter().flatten();
        let table = profile_table.len();
        let (wire, memory) = texts.fold((WIRE + table, MEMORY + table), |(wire, memory), text| {
            (wire.saturating_add(text.len()), memory.saturating_add(text.capacity()))
        });
        Self { wire, memory }
    }
}

/// All texts of an interaction.
fn texts(interaction: &Interaction) -> [Option<&String>; 9] {
    let Interaction { profile, what, campaign_id, device, user_agent, .. } = interaction;
    let [a, b, c, d, e] = match what {
        What::EmailOpen { message_id } | What::MessageSent { message_id, .. } => {
            [Some(message_id), None, None, None, None]
        }
        What::EmailClick(click) | What::SmsClick(click) => {
            let Click { message_id, link_id, website_id } = click;
            [Some(message_id), link_id.as_ref(), website_id.as_ref(), None, None]
        }
        What::WebsiteVisit { website_id, message_id } => {
            [Some(website_id), message_id.as_ref(), None, None, None]
        }
        What::TransactionGoal(goal) => {
            let Goal { goal_id, amount, order_id, website_id, message_id } = goal;
            let currency = amount.as_ref().map(|amount| &amount.currency);
            [Some(goal_id), currency, order_id.as_ref(), website_id.as_ref(), message_id.as_ref()]
        }
    };
    [profile.as_ref(), campaign_id.as_ref(), device.as_ref(), user_agent.as_ref(), a, b, c, d, e]
}
