//! Makes a day of events as SendGrid and Brevo report them: sends, opens and clicks, opens by machines, unsubscriptions, events
//! that are reported twice, and some lines that nobody can read.

use super::recipient::{Mail, Recipient};
use super::shape::{Kind, Told, of_text};
use crate::contacts::random::Random;

/// Seconds of the day: when mails go out, and how long people react.
const MORNING: u64 = 7 * 3600;
const HOUR: u64 = 3600;

/// How long after an event it is reported again: a sender's first retry.
const RETRY: u64 = 600;

/// The most events of one request.
const MOST: u64 = 5;

/// What the two senders report: one request a line.
pub(crate) struct Day {
    /// Brevo's, one event each.
    pub(crate) brevo: String,
    /// SendGrid's, several events each.
    pub(crate) sendgrid: String,
}

/// The day that begins at `midnight` (seconds since 1970-01-01T00:00:00Z), of a seed.
pub(crate) fn generate(seed: u64, midnight: u64, recipients: &[Recipient]) -> Day {
    let mut random = Random::seeded(seed);
    let mut day = Vec::new();
    for recipient in recipients {
        let sent = midnight + MORNING + random.below(HOUR);
        for told in of_one(&mut random, recipient, sent) {
            if random.below(20) == 0 {
                day.push((told.at + RETRY, told.clone()));
            }
            day.push((told.at, told));
        }
    }
    // As they arrive. The order of those that arrive together is that of the contact file.
    day.sort_by_key(|(arrives, _)| *arrives);
    let of = |mail| day.iter().filter(move |(_, told)| told.mail == mail).map(|(_, told)| told);
    Day { brevo: brevo(&mut random, of(Mail::French)), sendgrid: sendgrid(&mut random, of(Mail::Belgian)) }
}

/// What is told of one person.
fn of_one(random: &mut Random, recipient: &Recipient, sent: u64) -> Vec<Told> {
    let mut told = Vec::new();
    let mut number = 0;
    let mut tell = |kind, at| {
        number += 1;
        told.push(Told {
            mail: recipient.mail,
            profile: recipient.profile.clone(),
            kind,
            at,
            id: of_text(&format!("{} {number}", recipient.profile)),
            first: number == 3,
        });
    };
    tell(Kind::Sent, sent);
    tell(Kind::Delivered, sent + 2 + random.below(60));
    if recipient.plain {
        // Nothing comes back of such a mail.
        return told;
    }
    if random.below(4) == 0 {
        tell(Kind::MachineOpen, sent + 90 + random.below(60));
    }
    if random.below(10) < 6 {
        let mut at = sent + 300 + random.below(10 * HOUR);
        for _ in 0..=random.below(3) {
            tell(Kind::Open, at);
            match random.below(24) {
                0..6 => tell(Kind::Click("/autumn"), at + 20),
                6 => tell(Kind::Click("/tracking/off"), at + 30),
                7 => tell(Kind::Unsubscribe, at + 40),
                _ => {}
            }
            at += 60 + random.below(2 * HOUR);
        }
    }
    if random.below(200) == 0 {
        tell(Kind::Complaint, sent + 600 + random.below(4 * HOUR));
    }
    told
}

fn brevo<'a>(random: &mut Random, told: impl Iterator<Item = &'a Told>) -> String {
    let mut file = String::new();
    for one in told {
        let line = one.brevo();
        file.push_str(&spoiled(random, line, "ts_event"));
        file.push('\n');
    }
    file
}

fn sendgrid<'a>(random: &mut Random, told: impl Iterator<Item = &'a Told>) -> String {
    let mut file = String::new();
    let mut request: Vec<String> = Vec::new();
    let mut left = 1 + random.below(MOST);
    for one in told {
        request.push(one.sendgrid());
        left -= 1;
        if left == 0 {
            file.push_str(&spoiled(random, format!("[{}]", request.join(",")), "timestamp"));
            file.push('\n');
            request.clear();
            left = 1 + random.below(MOST);
        }
    }
    if !request.is_empty() {
        file.push_str(&format!("[{}]\n", request.join(",")));
    }
    file
}

/// Now and then a line that is cut off, an event of no known kind, or one without its time.
fn spoiled(random: &mut Random, line: String, time: &str) -> String {
    match random.below(400) {
        0 => line.get(..line.len() / 2).unwrap_or_default().to_owned(),
        1 => line.replacen(r#""event":""#, r#""event":"levitated-"#, 1),
        2 => line.replacen(&format!(r#""{time}""#), r#""at""#, 1),
        _ => line,
    }
}
