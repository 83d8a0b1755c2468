//! The generated day is a fact that others lean on.

use std::collections::BTreeSet;

use assent_sdk::senders::{Event, Fields, Malformed, Sender, read};
use sha2::{Digest, Sha256};

use super::generate::{Day, generate};
use super::recipient::{Mail, recipients};

const MIDNIGHT: u64 = 1_795_132_800;

fn day() -> Day {
    let contacts: String =
        (0..600).map(|at| format!("p{at}@example.org;{}\n", ["legacy", "france"][at % 2])).collect();
    generate(7, MIDNIGHT, &recipients(&format!("profile;list\n{contacts}")))
}

fn told(day: &Day, sender: Sender) -> Vec<Result<Event, Malformed>> {
    let (file, field) = match sender {
        Sender::Brevo => (&day.brevo, "X-Mailin-custom"),
        _ => (&day.sendgrid, "message"),
    };
    read(sender, file.as_bytes(), &Fields::message_in(field)).collect()
}

#[test]
fn a_seed_makes_the_same_day_for_ever() {
    let day = day();
    assert_eq!(
        hex::encode(Sha256::digest(day.brevo + &day.sendgrid)),
        "7b32bb3cb8b1f25f30e44a724f543a5b27b5956d40833a8331d0b895c2bef311"
    );
}

#[test]
fn both_senders_report_people_machines_repeats_and_nonsense() {
    let day = day();
    for sender in [Sender::Brevo, Sender::SendGrid] {
        let told = told(&day, sender);
        let mut ids = BTreeSet::new();
        let (mut machines, mut repeats, mut stops) = (0, 0, 0);
        for event in told.iter().flatten() {
            match event {
                Event::Interaction(one) => {
                    machines += u32::from(one.automated);
                    repeats += u32::from(!ids.insert(one.id));
                }
                Event::Stop(_) => stops += 1,
                _ => {}
            }
        }
        let malformed = told.iter().filter(|told| told.is_err()).count();
        assert!(machines > 20 && repeats > 5 && stops > 2, "{sender:?}: {machines} {repeats} {stops}");
        assert!((1..20).contains(&malformed), "{sender:?}: {malformed}");
    }
}

#[test]
fn everybody_who_can_be_written_to_gets_one_mail() {
    let file = "profile;list\na;legacy\nb;france;x\na;legacy\nc\u{7};italy\nd;nowhere\ne;italy\nf\n";
    let told: Vec<_> = recipients(file).into_iter().map(|one| (one.profile, one.list, one.mail)).collect();
    let expected =
        [("a", "legacy", Mail::Belgian), ("b", "france", Mail::French), ("e", "italy", Mail::Belgian)];
    assert_eq!(told, expected.map(|(profile, list, mail)| (profile.to_owned(), list, mail)));
}
