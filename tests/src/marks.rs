//! What stands for people in tests, and the ear that hears if any of it is told.
//!
//! Every id that a test makes up carries a mark. No log line, span or metric label may hold one: the
//! service speaks of kinds of things, never of anybody. [`listen`] hears all that is said in this process
//! and [`heard`] gives what should not have been.

use std::fmt::{Debug, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// In every id and text of a person or a tenant's own thing.
pub const MARK: &str = "mrkq7x";

/// The same in hexadecimal digits, as it stands in a key's public part.
const HEX_MARK: &str = "6d726b713778";

/// The same for what has to be a UUID.
const UUID_MARK: &str = "5ec2e7ed";

/// A marked id: the same word gives the same id, so that two tenants can hold it.
#[must_use]
pub fn id(word: &str) -> String {
    format!("{MARK}-{word}")
}

/// A marked UUID that no other call in this run gave.
#[must_use]
pub fn uuid() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    format!("{UUID_MARK}-{:04x}-4{:03x}-8000-{number:012x}", process >> 12, process & 0xfff)
}

/// Further words that must never be told, such as a key's secret.
static WORDS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// What was told and should not have been.
static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Adds a word that must never be told from now on.
pub fn keep_secret(word: &str) {
    WORDS.lock().expect("no panic while held").push(word.to_owned());
}

/// Whether a text holds a mark or a secret word.
#[must_use]
pub fn is_marked(text: &str) -> bool {
    let words = WORDS.lock().expect("no panic while held");
    let marks = [MARK, HEX_MARK, UUID_MARK];
    marks.iter().any(|mark| text.contains(mark)) || words.iter().any(|word| text.contains(word.as_str()))
}

/// Listens to every span and event of this process from now on. Once is enough, more does no harm.
pub fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ear = tracing_subscriber::registry().with(Ear);
        let _ = tracing::subscriber::set_global_default(ear);
    });
}

/// Looks at a text that was told by another way than tracing, such as a metric's label or a process's log.
pub fn overhear(told: &str) {
    if is_marked(told) {
        LEAKS.lock().expect("no panic while held").push(told.to_owned());
    }
}

/// All that was told and should not have been, since the process began.
#[must_use]
pub fn heard() -> Vec<String> {
    LEAKS.lock().expect("no panic while held").clone()
}

/// Hears what the service may log at its most talkative: all of its own, warnings of its libraries.
struct Ear;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Ear {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("assent") || *metadata.level() <= Level::WARN
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, _: &tracing::Id, _: Context<'_, S>) {
        hear(attributes.metadata(), |words| attributes.record(words));
    }

    fn on_record(&self, span: &tracing::Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(span) {
            hear(span.metadata(), |words| values.record(words));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        hear(event.metadata(), |words| event.record(words));
    }
}

fn hear(metadata: &Metadata<'_>, record: impl FnOnce(&mut Words)) {
    let mut words = Words(format!("{} {}:", metadata.target(), metadata.name()));
    record(&mut words);
    overhear(&words.0);
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_heard_wherever_it_is_told() {
        listen();
        keep_secret("open sesame");
        let before = heard().len();

        tracing::info!(profile = id("anna"), "in a field");
        tracing::warn!("in the text: {}", uuid());
        let span = tracing::info_span!("in a span", later = tracing::field::Empty);
        span.record("later", format!("said {}", id("bruno")));
        let _named = tracing::debug_span!("at once", key = "open sesame");
        overhear(&format!("tenant=\"{}\"", id("shop")));
        assert_eq!(heard().len() - before, 5, "{:?}", heard());

        tracing::info!(count = 3, "nothing of anybody");
        assert_eq!(heard().len() - before, 5);
    }
}
