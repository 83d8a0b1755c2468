//! Reads a file of requests, one body a line.

use std::io::{BufRead, Read};

use serde_json::Value;

use super::fact::Fact;
use super::{Defect, Event, Fields, Malformed, Sender, brevo, sendgrid};

/// The longest line that is read, in bytes. A longer one is told as too long, and reading goes on after it.
pub const LINE_BYTES: usize = 4 * 1024 * 1024;

/// Reads events: each line is the body of one request, an event or a list of events in JSON without line breaks; empty lines are
/// skipped. What cannot be understood is told by its line, and costs no other event anything. One line is held in memory.
pub fn read<'a>(
    sender: Sender,
    file: impl BufRead + 'a,
    fields: &'a Fields,
) -> impl Iterator<Item = Result<Event, Malformed>> + 'a {
    Lines { file, number: 0, ended: false }.flat_map(move |(line, body)| match body {
        Ok(body) => events(sender, line, &body, fields),
        Err(defect) => vec![Err(Malformed { line, place: 0, defect })],
    })
}

fn events(sender: Sender, line: u64, body: &[u8], fields: &Fields) -> Vec<Result<Event, Malformed>> {
    let whole = |defect| vec![Err(Malformed { line, place: 0, defect })];
    if body.iter().all(u8::is_ascii_whitespace) {
        return Vec::new();
    }
    let told = match serde_json::from_slice(body) {
        Ok(Value::Array(list)) => list,
        Ok(one @ Value::Object(_)) => vec![one],
        Ok(_) => return whole(Defect::NotAnEvent),
        Err(_) => return whole(Defect::NotJson),
    };
    let one = |(place, value): (u64, Value)| {
        let event = match &value {
            Value::Object(map) => match sender {
                Sender::SendGrid => sendgrid::event(&Fact(map), fields),
                Sender::Brevo => brevo::event(&Fact(map), fields),
            },
            _ => Err(Defect::NotAnEvent),
        };
        event.map_err(|defect| Malformed { line, place, defect })
    };
    (1..).zip(told).map(one).collect()
}

/// The lines of a file with their numbers.
struct Lines<R> {
    file: R,
    number: u64,
    ended: bool,
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = (u64, Result<Vec<u8>, Defect>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.number += 1;
        let mut line = Vec::new();
        // One byte more than is taken shows a line that is too long.
        let most = u64::try_from(LINE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let read = self.file.by_ref().take(most).read_until(b'\n', &mut line);
        let told = match read {
            Ok(0) => return None,
            Ok(_) if line.ends_with(b"\n") || line.len() <= LINE_BYTES => Ok(line),
            Ok(_) => self.skip().and(Err(Defect::TooLong)),
            Err(_) => Err(Defect::Unreadable),
        };
        self.ended = matches!(told, Err(Defect::Unreadable));
        Some((self.number, told))
    }
}

impl<R: BufRead> Lines<R> {
    /// Leaves out the rest of a line.
    fn skip(&mut self) -> Result<(), Defect> {
        loop {
            let rest = self.file.fill_buf().map_err(|_| Defect::Unreadable)?;
            let end = rest.iter().position(|byte| *byte == b'\n');
            let (length, ended) = end.map_or((rest.len(), rest.is_empty()), |at| (at + 1, true));
            self.file.consume(length);
            if ended {
                return Ok(());
            }
        }
    }
}
