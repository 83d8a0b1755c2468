//! What recording writers send: sends, opens, clicks and visits, of people of their own and of people whom the others
//! write about too.
//!
//! The table's policy is `legacy`, so that nobody has to be asked first; one person refused, and is recorded nothing of.

use assent_proto::v1::settings_service_client::SettingsServiceClient;
use assent_proto::v1::{
    Answer, Interaction, LinkMode, PixelMode, PutProfileTableRequest, RecordInteractionsRequest,
    interaction::What,
};
use assent_tests::deed::{click, open, send, visit};
use assent_tests::{marks, story};
use tonic::transport::Channel;

use super::no;
use super::writers::{Author, SHARED, send_again};

/// The one who refused.
const REFUSED: &str = "nobody";

/// What begins the ids of the interactions that several writers report.
const REPORTED_BY_SEVERAL: &str = "5ec2e7ed-0000-4000-9";

const DAY: i64 = 86_400_000_000;

/// The table that they record in, and the refusal.
pub(super) async fn settle(channel: &Channel) {
    let mut table = story::profile_table(story::people(), "ours");
    table.policy_id = Some("legacy".to_owned());
    let put = PutProfileTableRequest { profile_table: Some(table) };
    SettingsServiceClient::new(channel.clone()).put_profile_table(put).await.expect("a table is stored");
    send_again(channel, &story::batch(vec![no(REFUSED, Answer::Refuse, REFUSED)])).await;
}

/// What an author reports at its turn of that number: of a person of its own a send and what came of it, a visit that
/// the others report as well, and an open of the one who refused.
pub(super) fn reports(author: &mut Author, number: usize) -> RecordInteractionsRequest {
    let small = |number: usize| i64::try_from(number).expect("a small number");
    let turn = small(number);
    // No two of a person at the same instant: then neither were the newer.
    let at = author.began.micros() - DAY + turn * 1_000 + small(author.number) * 10;
    let message = format!("m{}", number % 3);
    let who = if author.chance.below(3) == 0 {
        format!("shared{}", author.chance.below(SHARED))
    } else {
        author.name.clone()
    };
    let device = marks::id(&format!("{}n{number}", author.name));
    let mut interactions = vec![
        Interaction { device: Some(device), ..open(&who, at + 2, &message) },
        send(&who, at + 1, &message, PixelMode::Identified, LinkMode::Tracked),
        open(REFUSED, at, &message),
    ];
    if number.is_multiple_of(2) {
        interactions.push(click(&who, at + 3, &message, "offer"));
    }
    let place = usize::try_from(author.chance.below(4)).expect("a small number").min(interactions.len());
    interactions.insert(place, reported_by_several(author, turn));
    RecordInteractionsRequest { profile_table: story::people(), interactions }
}

/// The visit that every writer of a round reports at its turn of that number.
fn reported_by_several(author: &Author, turn: i64) -> Interaction {
    let id = format!("{REPORTED_BY_SEVERAL}{:03x}-{turn:012x}", author.round);
    let who = format!("shared{}", turn.rem_euclid(i64::try_from(SHARED).expect("a small number")));
    let visited = visit(&who, author.began.micros() - 2 * DAY + turn, "shop");
    Interaction { interaction_id: id, ..visited }
}

/// Whether it may be recorded at all.
pub(super) fn is_permitted(interaction: &Interaction) -> bool {
    interaction.profile != story::person(REFUSED) || matches!(interaction.what, Some(What::Send(_)))
}

/// Whether nobody else reports it.
pub(super) fn is_own(interaction: &Interaction) -> bool {
    !interaction.interaction_id.starts_with(REPORTED_BY_SEVERAL)
}
