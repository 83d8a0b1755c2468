//! Walks a valid request and finds every way to break one field of it.

use std::collections::BTreeSet;

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, ReflectMessage, Value};

use super::rule::{Rules, wrong_values};

/// One step down: a field, and which item of a list.
type Step = (FieldDescriptor, Option<usize>);

/// One thing that is wrong with a request.
#[derive(Clone, Debug)]
pub(super) struct Breakage {
    /// What is wrong.
    pub(super) how: &'static str,
    /// The path that the error must name.
    pub(super) named: String,
    /// The item that is refused for it; `None`: the call is.
    pub(super) item: Option<usize>,
    /// Whether all that is wrong is the length of a list.
    pub(super) too_many: bool,
    way: Vec<Step>,
    /// Fields with the value that they get; `None`: they are left out.
    edits: Vec<(FieldDescriptor, Option<Value>)>,
}

impl Breakage {
    /// Breaks a request.
    pub(super) fn apply(&self, request: &mut DynamicMessage) {
        let mut at = request;
        for (field, index) in &self.way {
            let next = at.get_field_mut(field);
            let next = match index {
                None => Some(next),
                Some(index) => next.as_list_mut().and_then(|list| list.get_mut(*index)),
            };
            at = next.and_then(Value::as_message_mut).expect("the way was walked before");
        }
        for (field, value) in &self.edits {
            match value {
                Some(value) => at.set_field(field, value.clone()),
                None => at.clear_field(field),
            }
        }
    }

    /// The full names of the fields that it breaks: those on its way, and the last. What leaves out several at once
    /// breaks none of them, but what they stand in.
    pub(super) fn fields(&self) -> impl Iterator<Item = String> {
        let last = self.edits.iter().map(|(field, _)| field).filter(|_| self.edits.len() == 1);
        self.way.iter().map(|(field, _)| field).chain(last).map(|field| field.full_name().to_owned())
    }

    /// The value that it gives, where it gives one.
    pub(super) fn value(&self) -> Option<&Value> {
        self.edits.first().and_then(|(_, value)| value.as_ref())
    }

    /// The same with a text in place of the wrong value; `None`: the field holds no text.
    pub(super) fn with_text(&self, text: &str) -> Option<Self> {
        let [(field, Some(given))] = self.edits.as_slice() else { return None };
        let value = match given {
            Value::String(_) => Value::String(text.to_owned()),
            Value::List(items) if matches!(items.first(), Some(Value::String(_))) => {
                Value::List(vec![Value::String(text.to_owned())])
            }
            _ => return None,
        };
        Some(Self { edits: vec![(field.clone(), Some(value))], ..self.clone() })
    }

    /// Whether it can be told apart from another that breaks the same request.
    fn goes_with(&self, other: &Self) -> bool {
        let spot = |of: &Self| {
            let [(field, _)] = of.edits.as_slice() else { return None };
            Some([of.way.as_slice(), &[(field.clone(), None)]].concat())
        };
        let (Some(mine), Some(theirs)) = (spot(self), spot(other)) else { return false };
        let fields = |steps: &[Step]| steps.iter().map(|(field, _)| field.clone()).collect::<Vec<_>>();
        let (mine, theirs) = (fields(&mine), fields(&theirs));
        !mine.starts_with(&theirs) && !theirs.starts_with(&mine)
    }
}

/// Every way to break a valid request by one field.
pub(super) fn of_request(rules: &Rules, request: &DynamicMessage) -> Vec<Breakage> {
    let mut walk = Walk { rules, way: Vec::new(), path: String::new(), item: None, found: Vec::new() };
    walk.message(request);
    walk.found
}

/// As many of them as one request can have at once, all about the call, or all about one item: the deepest first, so
/// that no field is missing which another one stands in.
pub(super) fn all_at_once(found: &[Breakage], of_items: bool) -> Vec<Breakage> {
    let mut deepest: Vec<_> = found.iter().filter(|one| one.item.is_some() == of_items).collect();
    deepest.sort_by_key(|one| std::cmp::Reverse(one.way.len()));
    let mut chosen: Vec<Breakage> = Vec::new();
    for one in deepest {
        // A oneof that is left out leaves out what stands in it.
        let single = one.edits.len() == 1 && one.named.ends_with(one.edits[0].0.name());
        let in_list = one.named.ends_with(']');
        if (single || in_list) && chosen.iter().all(|other| one.goes_with(other)) {
            chosen.push(one.clone());
        }
    }
    chosen
}

struct Walk<'a> {
    rules: &'a Rules,
    way: Vec<Step>,
    path: String,
    item: Option<usize>,
    found: Vec<Breakage>,
}

impl Walk<'_> {
    fn message(&mut self, message: &DynamicMessage) {
        let of = message.descriptor();
        for field in of.fields().filter(|field| message.has_field(field)) {
            let value = message.get_field(&field).into_owned();
            if field.is_list() {
                self.list(&field, value.as_list().expect("a list"));
            } else {
                self.single(&field, &value);
            }
        }
        for oneof in of.oneofs().filter(|oneof| !oneof.is_synthetic() && self.rules.one_is_required(oneof)) {
            let arms = oneof.fields().map(|field| (field, None)).collect();
            self.add("missing", self.named(oneof.name()), arms);
        }
        let needed = self.rules.at_least_one(&of);
        if !needed.is_empty() {
            let stands = |field: &FieldDescriptor| {
                let oneof = field.containing_oneof().map(|oneof| oneof.name().to_owned());
                needed.iter().any(|name| name == field.name() || Some(name) == oneof.as_ref())
            };
            let none = of.fields().filter(stands).map(|field| (field, None)).collect();
            self.add("nothing of what it needs", self.path.clone(), none);
        }
    }

    fn single(&mut self, field: &FieldDescriptor, value: &Value) {
        let rule = self.rules.of(field);
        let named = self.named(field.name());
        let in_oneof = field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic());
        if rule.required && !in_oneof {
            self.add("missing", named.clone(), vec![(field.clone(), None)]);
        }
        for (how, wrong) in wrong_values(field, &rule) {
            self.add(how, named.clone(), vec![(field.clone(), Some(wrong))]);
        }
        if let Some(inner) = contracts_own(field, value) {
            self.inside((field.clone(), None), named, |walk| walk.message(inner));
        }
    }

    fn list(&mut self, field: &FieldDescriptor, items: &[Value]) {
        let rule = self.rules.of(field);
        let named = self.named(field.name());
        if rule.required {
            self.add("missing", named.clone(), vec![(field.clone(), None)]);
        }
        let max = rule.max_items.expect("a list states how long it may be");
        let long = Value::List(vec![items[0].clone(); max + 1]);
        self.add("too many", named.clone(), vec![(field.clone(), Some(long))]);
        let last = items.len() - 1;
        for (how, wrong) in wrong_values(field, &rule) {
            let mut list = items.to_vec();
            list[last] = wrong;
            let edit = vec![(field.clone(), Some(Value::List(list)))];
            self.add(how, format!("{named}[{last}]"), edit);
        }
        if let Some(inner) = contracts_own(field, &items[last]) {
            let before = self.item;
            self.item = if rule.per_item { Some(last) } else { before };
            self.inside((field.clone(), Some(last)), format!("{named}[{last}]"), |walk| walk.message(inner));
            self.item = before;
        }
    }

    fn inside(&mut self, step: Step, path: String, walk: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.path, path);
        self.way.push(step);
        walk(self);
        self.way.pop();
        self.path = outside;
    }

    fn named(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn add(&mut self, how: &'static str, named: String, edits: Vec<(FieldDescriptor, Option<Value>)>) {
        let too_many = how == "too many";
        self.found.push(Breakage { how, named, item: self.item, too_many, way: self.way.clone(), edits });
    }
}

/// A message with fields that have limits of their own.
fn contracts_own<'a>(field: &FieldDescriptor, value: &'a Value) -> Option<&'a DynamicMessage> {
    let Kind::Message(of) = field.kind() else { return None };
    if of.package_name() == "assent.v1" { value.as_message() } else { None }
}

/// The full names of all fields that a request can hold.
pub(super) fn all_fields(
    requests: impl Iterator<Item = prost_reflect::MessageDescriptor>,
) -> BTreeSet<String> {
    let mut waiting: Vec<_> = requests.collect();
    let mut seen = BTreeSet::new();
    let mut fields = BTreeSet::new();
    while let Some(message) = waiting.pop() {
        if message.package_name() != "assent.v1" || !seen.insert(message.full_name().to_owned()) {
            continue;
        }
        for field in message.fields() {
            fields.insert(field.full_name().to_owned());
            if let Kind::Message(inner) = field.kind() {
                waiting.push(inner);
            }
        }
    }
    fields
}
