//! The limits as the contract states them, and values that break each.

use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, Kind, MessageDescriptor,
    OneofDescriptor, ReflectMessage, Value,
};

/// What the contract says of one field.
pub(super) struct Rule {
    pub(super) required: bool,
    pub(super) max_items: Option<usize>,
    pub(super) per_item: bool,
    max_bytes: Option<usize>,
    min: Option<i64>,
    max: Option<i64>,
    pattern: String,
}

/// Where the contract states its limits.
pub(super) struct Rules {
    rule: ExtensionDescriptor,
    choice: ExtensionDescriptor,
    whole: ExtensionDescriptor,
}

impl Rules {
    pub(super) fn of_contract(pool: &DescriptorPool) -> Self {
        let option = |name| pool.get_extension_by_name(name).expect("an option of the contract");
        Self {
            rule: option("assent.v1.rule"),
            choice: option("assent.v1.choice"),
            whole: option("assent.v1.whole"),
        }
    }

    pub(super) fn of(&self, field: &FieldDescriptor) -> Rule {
        let stated = message(&field.options(), &self.rule);
        let number = |name: &str| {
            let given = stated.has_field_by_name(name).then(|| stated.get_field_by_name(name));
            given.flatten().and_then(|value| value.as_i64().or_else(|| value.as_u32().map(i64::from)))
        };
        let count = |name| number(name).map(|count| usize::try_from(count).expect("a count"));
        let truth = |name| stated.get_field_by_name(name).and_then(|value| value.as_bool()) == Some(true);
        let pattern = stated.descriptor().get_field_by_name("pattern").expect("a field of Rule");
        let Kind::Enum(patterns) = pattern.kind() else { panic!("patterns are an enum") };
        let given = stated.get_field(&pattern).as_enum_number().expect("a number");
        Rule {
            required: truth("required"),
            max_items: count("max_items"),
            per_item: truth("per_item"),
            max_bytes: count("max_bytes"),
            min: number("min"),
            max: number("max"),
            pattern: patterns.get_value(given).expect("a pattern").name().to_owned(),
        }
    }

    pub(super) fn one_is_required(&self, oneof: &OneofDescriptor) -> bool {
        let stated = message(&oneof.options(), &self.choice);
        stated.get_field_by_name("required").and_then(|value| value.as_bool()) == Some(true)
    }

    /// The fields and oneofs of which a message must have one.
    pub(super) fn at_least_one(&self, of: &MessageDescriptor) -> Vec<String> {
        let stated = message(&of.options(), &self.whole);
        let names = stated.get_field_by_name("at_least_one").expect("a field of MessageRule");
        let names = names.as_list().expect("a list").iter();
        names.map(|name| name.as_str().expect("a name").to_owned()).collect()
    }
}

fn message(options: &DynamicMessage, extension: &ExtensionDescriptor) -> DynamicMessage {
    options.get_extension(extension).as_message().expect("an option that is a message").clone()
}

/// Values that a field (or each item of a list) must not have, and what is wrong with each.
pub(super) fn wrong_values(field: &FieldDescriptor, rule: &Rule) -> Vec<(&'static str, Value)> {
    let mut wrong = Vec::new();
    let given = field.supports_presence() || field.is_list();
    match field.kind() {
        Kind::String => {
            wrong.extend(
                malformed(&rule.pattern).iter().map(|(how, text)| (*how, Value::String((*text).to_owned()))),
            );
            wrong.extend(rule.max_bytes.map(|max| ("too long", Value::String("a".repeat(max + 1)))));
            wrong.extend(given.then(|| ("given and empty", Value::String(String::new()))));
        }
        Kind::Bytes => {
            wrong.extend(rule.max_bytes.map(|max| ("too long", Value::Bytes(vec![7; max + 1].into()))));
            let sha = rule.pattern == "PATTERN_SHA256";
            wrong.extend(sha.then(|| ("too short", Value::Bytes(vec![7; 31].into()))));
            wrong.extend(given.then(|| ("given and empty", Value::Bytes(Vec::new().into()))));
        }
        Kind::Enum(_) => {
            wrong.push(("an unknown number", Value::EnumNumber(9_999)));
            wrong.push(("a negative number", Value::EnumNumber(-1)));
            let unspecified = rule.required || field.is_list();
            wrong.extend(unspecified.then_some(("unspecified", Value::EnumNumber(0))));
        }
        Kind::Uint32 => {
            let number = |number: i64| Value::U32(number.try_into().expect("a bound of an unsigned number"));
            wrong.extend(rule.min.map(|min| ("too small", number(min - 1))));
            wrong.extend(rule.max.map(|max| ("too great", number(max + 1))));
        }
        Kind::Uint64 => {
            let number = |number: i64| Value::U64(number.try_into().expect("a bound of an unsigned number"));
            wrong.extend(rule.min.map(|min| ("too small", number(min - 1))));
            wrong.extend(rule.max.map(|max| ("too great", number(max + 1))));
        }
        Kind::Int64 => {
            wrong.extend(rule.min.map(|min| ("too small", Value::I64(min - 1))));
            wrong.extend(rule.max.map(|max| ("too great", Value::I64(max + 1))));
        }
        Kind::Message(of) => {
            let parts = |numbers: &[(&str, i64)]| Value::Message(of_numbers(&of, numbers));
            let wrong_ones: Vec<(&str, Vec<(&str, i64)>)> = match of.full_name() {
                "google.protobuf.Timestamp" => vec![
                    ("after the last year", vec![("seconds", 253_402_300_800)]),
                    ("before the first year", vec![("seconds", -62_135_596_801)]),
                    ("a second too full", vec![("seconds", 1), ("nanos", 1_000_000_000)]),
                    ("a negative part of a second", vec![("seconds", 1), ("nanos", -1)]),
                ],
                "google.type.Date" => vec![
                    ("on no calendar", vec![("year", 2026), ("month", 2), ("day", 29)]),
                    ("without its day", vec![("year", 2026), ("month", 2)]),
                    ("without its year", vec![("month", 2), ("day", 1)]),
                    ("in a thirteenth month", vec![("year", 2026), ("month", 13), ("day", 1)]),
                ],
                "google.protobuf.Duration" => vec![
                    ("too short", vec![("seconds", rule.min.expect("a bound") - 1)]),
                    ("too long", vec![("seconds", rule.max.expect("a bound") + 1)]),
                    ("of two signs", vec![("seconds", 1), ("nanos", -1)]),
                ],
                _ => Vec::new(),
            };
            wrong.extend(wrong_ones.into_iter().map(|(how, numbers)| (how, parts(&numbers))));
        }
        _ => {}
    }
    wrong
}

fn malformed(pattern: &str) -> &'static [(&'static str, &'static str)] {
    match pattern {
        "PATTERN_ID" | "PATTERN_LINE" => {
            &[("a bell", "ab\u{7}cd"), ("a line feed", "ab\ncd"), ("a control character of C1", "ab\u{85}cd")]
        }
        "PATTERN_TEXT" => &[("a null", "ab\0cd"), ("a delete", "ab\u{7f}cd")],
        "PATTERN_UUID" => &[
            ("no UUID", "not-a-uuid"),
            ("a UUID without hyphens", "0190a0000000700080000000000000ab"),
            ("the nil UUID", "00000000-0000-0000-0000-000000000000"),
        ],
        "PATTERN_LANGUAGE" => &[("an underscore", "fr_BE"), ("one letter", "f"), ("an empty part", "fr-")],
        "PATTERN_COUNTRY" => &[("small letters", "fr"), ("a digit", "F1"), ("one letter", "F")],
        "PATTERN_CURRENCY" => &[("small letters", "eur"), ("a digit", "EU1"), ("two letters", "EU")],
        "PATTERN_ZONE" => &[("an empty part", "Europe//Paris"), ("a space", "Europe/Par is")],
        other => panic!("values that break {other} stand here"),
    }
}

fn of_numbers(of: &MessageDescriptor, numbers: &[(&str, i64)]) -> DynamicMessage {
    let mut made = DynamicMessage::new(of.clone());
    for (name, number) in numbers {
        let field = of.get_field_by_name(name).expect("a field of Google's");
        let value = match field.kind() {
            Kind::Int64 => Value::I64(*number),
            _ => Value::I32(i32::try_from(*number).expect("a small number")),
        };
        made.set_field(&field, value);
    }
    made
}
