//! What the receiver wrote down, read line by line.

use std::collections::BTreeMap;

/// All that it received so far.
#[derive(Debug, Default)]
pub struct Received {
    /// Spans, in the order in which they came.
    pub spans: Vec<Span>,
    /// Data points of metrics: one for each time that each was sent.
    pub points: Vec<Point>,
    /// What went over the wire, at the end.
    pub bytes: Vec<u8>,
    place: Place,
    metric: String,
}

/// A span. Ids are hexadecimal digits; of a root, `parent` is empty.
#[derive(Debug, Default)]
pub struct Span {
    /// What it is called.
    pub name: String,
    /// `SPAN_KIND_SERVER` and the like.
    pub kind: String,
    /// The trace it belongs to.
    pub trace: String,
    /// Its own id.
    pub id: String,
    /// The id of the span it belongs under.
    pub parent: String,
    /// Its attributes, or a point's labels.
    pub attributes: BTreeMap<String, String>,
}

/// A data point of a metric: a `Value`, or a `Count` and a `Sum`.
#[derive(Debug, Default)]
pub struct Point {
    /// The metric's name.
    pub metric: String,
    /// Its attributes, or a point's labels.
    pub attributes: BTreeMap<String, String>,
    /// What it says, by `Value`, `Count` or `Sum`.
    pub values: BTreeMap<String, f64>,
}

/// Of what the next line speaks.
#[derive(Clone, Copy, Debug, Default)]
enum Place {
    #[default]
    Elsewhere,
    Span,
    Metric,
    Point,
}

impl Received {
    /// Spans of that name.
    pub fn spans_named(&self, name: &str) -> impl Iterator<Item = &Span> {
        self.spans.iter().filter(move |span| span.name == name)
    }

    /// What points of that metric with those attributes, and perhaps others, said.
    pub fn values(&self, metric: &str, attributes: &[(&str, &str)], value: &str) -> Vec<f64> {
        let has = |point: &&Point| {
            attributes.iter().all(|(key, value)| point.attributes.get(*key).is_some_and(|has| has == value))
        };
        let points = self.points.iter().filter(|point| point.metric == metric).filter(has);
        points.filter_map(|point| point.values.get(value).copied()).collect()
    }

    /// Whether these bytes went over the wire.
    #[must_use]
    pub fn holds(&self, bytes: &[u8]) -> bool {
        self.bytes.windows(bytes.len()).any(|window| window == bytes)
    }

    pub(super) fn take(&mut self, line: &str) {
        let line = line.trim();
        let begins = |word: &str| line.starts_with(word);
        if begins("Span #") {
            self.spans.push(Span::default());
            self.place = Place::Span;
        } else if begins("Metric #") {
            self.place = Place::Metric;
        } else if begins("NumberDataPoints #") || begins("HistogramDataPoints #") {
            self.points.push(Point { metric: self.metric.clone(), ..Point::default() });
            self.place = Place::Point;
        } else if begins("Resource") || begins("Scope") || begins("\u{1b}") {
            self.place = Place::Elsewhere;
        } else if let Some(attribute) = line.strip_prefix("-> ") {
            self.attribute(attribute);
        } else if let Some((key, value)) = line.split_once(':') {
            self.property(key.trim_end(), value.trim());
        }
    }

    /// `key: Str(value)`, or `Name: value` of a metric.
    fn attribute(&mut self, line: &str) {
        let Some((key, value)) = line.split_once(": ") else { return };
        let bare = value.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(value);
        let attributes = match self.place {
            Place::Span => self.spans.last_mut().map(|span| &mut span.attributes),
            Place::Point => self.points.last_mut().map(|point| &mut point.attributes),
            Place::Metric if key == "Name" => {
                value.clone_into(&mut self.metric);
                None
            }
            Place::Metric | Place::Elsewhere => None,
        };
        if let Some(attributes) = attributes {
            attributes.insert(key.to_owned(), bare.to_owned());
        }
    }

    fn property(&mut self, key: &str, value: &str) {
        match (self.place, self.spans.last_mut(), self.points.last_mut()) {
            (Place::Span, Some(span), _) => {
                let property = match key {
                    "Name" => &mut span.name,
                    "Kind" => &mut span.kind,
                    "Trace ID" => &mut span.trace,
                    "ID" => &mut span.id,
                    "Parent ID" => &mut span.parent,
                    _ => return,
                };
                value.clone_into(property);
            }
            (Place::Point, _, Some(point)) if ["Value", "Count", "Sum"].contains(&key) => {
                if let Ok(value) = value.parse() {
                    point.values.insert(key.to_owned(), value);
                }
            }
            _ => {}
        }
    }
}
