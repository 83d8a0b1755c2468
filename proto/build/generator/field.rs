//! Writes the check of one field, oneof or whole message. A limit that does not fit its field is an error.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor, OneofDescriptor};

use super::rule::{Options, Pattern, Rule};
use super::{name, words};

/// What kind of value a field holds, as the checks tell them apart.
enum Value {
    Text,
    Bytes,
    Bool,
    Number,
    Enum(String),
    Timestamp,
    Date,
    Duration,
    Message,
}

impl Value {
    fn of(field: &FieldDescriptor) -> Result<Self, String> {
        Ok(match field.kind() {
            Kind::String => Self::Text,
            Kind::Bytes => Self::Bytes,
            Kind::Bool => Self::Bool,
            Kind::Double | Kind::Float => {
                return Err(format!("{}: no request holds fractions", field.full_name()));
            }
            Kind::Enum(kind) => Self::Enum(name::of_type(kind.full_name(), kind.package_name())),
            Kind::Message(kind) => match kind.full_name() {
                "google.protobuf.Timestamp" => Self::Timestamp,
                "google.protobuf.Duration" => Self::Duration,
                "google.type.Date" => Self::Date,
                _ if kind.package_name() == field.parent_message().package_name() => Self::Message,
                other => return Err(format!("{}: no check is known for {other}", field.full_name())),
            },
            _ => Self::Number,
        })
    }
}

/// The line that checks a field of its own.
pub(super) fn check(field: &FieldDescriptor, rule: &Rule) -> Result<String, String> {
    if field.is_map() {
        return Err(format!("{}: no request holds a map", field.full_name()));
    }
    let value = Value::of(field)?;
    fits(field, rule, &value)?;
    let own = format!("self.{}", name::of_field(field.name()));
    if field.is_list() {
        return Ok(list(field, rule, &value, &own));
    }
    let given = match (&value, field.supports_presence()) {
        (Value::Text | Value::Bytes, true) => format!("{own}.as_deref()"),
        (Value::Text, false) => format!("Some({own}.as_str()).filter(|text| !text.is_empty())"),
        (Value::Bytes, false) => format!("Some({own}.as_slice()).filter(|bytes| !bytes.is_empty())"),
        (Value::Number, true) => format!("{own}.map(i128::from)"),
        (Value::Number, false) => format!("Some(i128::from({own}))"),
        (Value::Bool | Value::Enum(_), true) => own,
        (Value::Bool | Value::Enum(_), false) => format!("Some({own})"),
        (Value::Timestamp | Value::Date | Value::Duration | Value::Message, _) => format!("{own}.as_ref()"),
    };
    Ok(line(&format!("field({:?})", field.name()), &value, rule, &given))
}

/// The lines that check a oneof and its arms.
pub(super) fn check_oneof(
    options: &Options,
    message: &MessageDescriptor,
    oneof: &OneofDescriptor,
) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let mut arms = String::new();
    let kind = name::of_oneof(message.full_name(), message.package_name(), oneof.name());
    for field in oneof.fields() {
        let found = options.of_field(&field).and_then(|rule| {
            let value = Value::of(&field)?;
            fits(&field, &rule, &value)?;
            Ok(line(&format!("field({:?})", field.name()), &value, &rule, borrowed(&value)))
        });
        match found {
            Ok(line) if line.is_empty() => {
                arms.push_str(&format!(
                    "            Some({kind}::{}(_)) => {{}}\n",
                    name::camel(field.name())
                ));
            }
            Ok(line) => arms.push_str(&format!(
                "            Some({kind}::{}(given)) => {{\n        {line}            }}\n",
                name::camel(field.name())
            )),
            Err(fault) => faults.push(fault),
        }
    }
    let unset = match options.oneof_required(oneof) {
        Ok(true) => {
            let arms: Vec<String> = oneof.fields().map(|field| field.name().to_owned()).collect();
            let right = format!("one of {} must be set", arms.join(", "));
            format!("At::new(path, wrong).field({:?}).missing({right:?})", oneof.name())
        }
        Ok(false) => "{}".to_owned(),
        Err(fault) => {
            faults.push(fault);
            String::new()
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let own = name::of_field(oneof.name());
    Ok(format!("        match &self.{own} {{\n            None => {unset},\n{arms}        }}\n"))
}

/// The lines that check that at least one of some fields is set; nothing if there is no such demand.
pub(super) fn check_whole(message: &MessageDescriptor, names: &[String]) -> Result<String, String> {
    if names.is_empty() {
        return Ok(String::new());
    }
    let mut set = Vec::new();
    for wanted in names {
        let own = format!("self.{}", name::of_field(wanted));
        let oneof = message.oneofs().any(|oneof| !oneof.is_synthetic() && oneof.name() == wanted);
        let field = message.get_field_by_name(wanted);
        set.push(match field {
            None if oneof => format!("{own}.is_some()"),
            None => return Err(format!("{}: has no field {wanted}", message.full_name())),
            Some(field) if field.is_list() => format!("!{own}.is_empty()"),
            Some(field) if field.supports_presence() => format!("{own}.is_some()"),
            Some(field) if field.kind() == Kind::Bool => own,
            Some(field) => return Err(format!("{}: cannot be told to be unset", field.full_name())),
        });
    }
    let right = format!("at least one of {} must be set", names.join(", "));
    Ok(format!(
        "        if !({}) {{\n            At::new(path, wrong).missing({right:?});\n        }}\n",
        set.join(" || ")
    ))
}

/// How the value of an arm, bound by reference as `given`, is handed to its check.
fn borrowed(value: &Value) -> &'static str {
    match value {
        Value::Number => "Some(i128::from(*given))",
        Value::Bool | Value::Enum(_) => "Some(*given)",
        Value::Text => "Some(given.as_str())",
        Value::Bytes => "Some(given.as_slice())",
        Value::Timestamp | Value::Date | Value::Duration | Value::Message => "Some(given)",
    }
}

fn list(field: &FieldDescriptor, rule: &Rule, value: &Value, own: &str) -> String {
    let spot = format!("At::new(path, wrong).field({:?})", field.name());
    let mut lines = format!(
        "        {spot}.items({own}.len(), {}, {}, {:?});\n",
        rule.required,
        rule.max_items.unwrap_or(0),
        words::of_items(rule)
    );
    if rule.per_item {
        return lines;
    }
    // Whatever its rule, what stands in a list is there: an empty text or UNSPECIFIED says nothing.
    let each = Rule { required: true, ..rule.clone() };
    let inner = line(&format!("item({:?}, index)", field.name()), value, &each, borrowed(value));
    if !inner.is_empty() {
        // A list that is too long is not walked: its length is what is wrong.
        lines.push_str(&format!(
            "        for (index, given) in {own}.iter().enumerate().take({}) {{\n    {inner}        }}\n",
            rule.max_items.unwrap_or(0)
        ));
    }
    lines
}

/// One check; empty where nothing can be wrong.
fn line(at: &str, value: &Value, rule: &Rule, given: &str) -> String {
    let Rule { required, max_bytes, min, max, .. } = rule;
    let max_bytes = max_bytes.map_or("usize::MAX".to_owned(), |max| max.to_string());
    let limits = |right: &str| format!("{required}, {right:?}");
    let call = match value {
        Value::Text => {
            format!("text({given}, {max_bytes}, {}, {})", shape(rule.pattern), limits(&words::of_text(rule)))
        }
        Value::Bytes => format!(
            "bytes({given}, {max_bytes}, {}, {})",
            rule.pattern == Some(Pattern::Sha256),
            limits(&words::of_bytes(rule))
        ),
        Value::Bool => return String::new(),
        Value::Number if !required && min.is_none() && max.is_none() => return String::new(),
        Value::Number => {
            format!("number({given}, {min:?}, {max:?}, {})", limits(&words::of_number(rule, "")))
        }
        Value::Enum(kind) => {
            format!("choice({given}, {kind}::is_valid, {})", limits(&words::of_enum(rule)))
        }
        Value::Timestamp => format!("timestamp({given}, {})", limits(words::TIMESTAMP)),
        Value::Date => format!("date({given}, {})", limits(words::DATE)),
        Value::Duration => {
            format!("duration({given}, {min:?}, {max:?}, {})", limits(&words::of_number(rule, " seconds")))
        }
        Value::Message => format!("message({given}, {})", limits(words::MESSAGE)),
    };
    format!("        At::new(path, wrong).{at}.{call};\n")
}

fn shape(pattern: Option<Pattern>) -> &'static str {
    match pattern {
        Some(Pattern::Id | Pattern::Line) => "shape::line",
        Some(Pattern::Text) => "shape::text",
        Some(Pattern::Uuid) => "shape::uuid",
        Some(Pattern::Language) => "shape::language",
        Some(Pattern::Country) => "shape::country",
        Some(Pattern::Zone) => "shape::zone",
        Some(Pattern::Currency) => "shape::currency",
        // `fits` lets no text through without a pattern, or with a byte string's.
        None | Some(Pattern::Sha256) => "",
    }
}

/// Whether each limit makes sense for the field that states it.
fn fits(field: &FieldDescriptor, rule: &Rule, value: &Value) -> Result<(), String> {
    let text = matches!(value, Value::Text);
    let bytes = matches!(value, Value::Bytes);
    let number = matches!(value, Value::Number | Value::Duration);
    let sha = rule.pattern == Some(Pattern::Sha256);
    let faults = [
        (rule.max_bytes.is_some() && !text && !bytes, "max_bytes is for texts and byte strings"),
        (rule.pattern.is_some() && !text && !bytes, "pattern is for texts and byte strings"),
        (text && rule.pattern.is_none(), "a text states a pattern"),
        (bytes && rule.pattern.is_some() && !sha, "the pattern of a byte string is SHA256"),
        (text && sha, "a SHA-256 is a byte string"),
        ((rule.min.is_some() || rule.max.is_some()) && !number, "min and max are for numbers and durations"),
        (field.is_list() && rule.max_items.is_none(), "a list states max_items"),
        (!field.is_list() && rule.max_items.is_some(), "max_items is for lists"),
        (
            rule.per_item && !(field.is_list() && matches!(value, Value::Message)),
            "per_item is for lists of messages",
        ),
        (
            rule.required && matches!(value, Value::Number) && !field.supports_presence(),
            "required of a number needs `optional`",
        ),
        (rule.required && matches!(value, Value::Bool), "nothing requires a bool"),
    ];
    match faults.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, why)) => Err(format!("{}: {why}", field.full_name())),
        None => Ok(()),
    }
}
