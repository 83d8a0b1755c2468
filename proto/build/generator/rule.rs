//! Reads the limits that the contract states of its fields, oneofs and messages.

use prost_reflect::{
    DescriptorPool, DynamicMessage, ExtensionDescriptor, FieldDescriptor, MessageDescriptor, OneofDescriptor,
    ReflectMessage, Value,
};

use super::Faults;

/// The limits of one field, as `Rule` in options.proto explains them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) required: bool,
    pub(super) max_bytes: Option<u32>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) max_items: Option<u32>,
    pub(super) pattern: Option<Pattern>,
    pub(super) per_item: bool,
}

/// What a text or byte string must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Id,
    Line,
    Text,
    Uuid,
    Sha256,
    Language,
    Country,
    Zone,
    Currency,
}

impl Pattern {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "PATTERN_ID" => Self::Id,
            "PATTERN_LINE" => Self::Line,
            "PATTERN_TEXT" => Self::Text,
            "PATTERN_UUID" => Self::Uuid,
            "PATTERN_SHA256" => Self::Sha256,
            "PATTERN_LANGUAGE" => Self::Language,
            "PATTERN_COUNTRY" => Self::Country,
            "PATTERN_ZONE" => Self::Zone,
            "PATTERN_CURRENCY" => Self::Currency,
            _ => return None,
        })
    }
}

/// Where the contract states its limits.
pub(super) struct Options {
    rule: ExtensionDescriptor,
    choice: ExtensionDescriptor,
    whole: ExtensionDescriptor,
}

impl Options {
    pub(super) fn find(pool: &DescriptorPool, package: &str) -> Result<Self, Faults> {
        let find = |name: &str| {
            let full = format!("{package}.{name}");
            pool.get_extension_by_name(&full).ok_or_else(|| Faults(vec![format!("no option {full}")]))
        };
        Ok(Self { rule: find("rule")?, choice: find("choice")?, whole: find("whole")? })
    }

    /// The limits of a field; an error if it states none.
    pub(super) fn of_field(&self, field: &FieldDescriptor) -> Result<Rule, String> {
        let options = field.options();
        if !options.has_extension(&self.rule) {
            return Err(format!("{}: states no (rule)", field.full_name()));
        }
        let stated = options.get_extension(&self.rule);
        let stated =
            stated.as_message().ok_or_else(|| format!("{}: (rule) is no message", field.full_name()))?;
        Ok(Rule {
            required: truth(stated, "required"),
            max_bytes: count(stated, "max_bytes"),
            min: bound(stated, "min"),
            max: bound(stated, "max"),
            max_items: count(stated, "max_items"),
            pattern: pattern(stated).map_err(|number| {
                format!("{}: the generator does not know pattern {number}", field.full_name())
            })?,
            per_item: truth(stated, "per_item"),
        })
    }

    /// Whether a oneof must be set; an error if it does not say.
    pub(super) fn oneof_required(&self, oneof: &OneofDescriptor) -> Result<bool, String> {
        let options = oneof.options();
        if !options.has_extension(&self.choice) {
            return Err(format!("{}: states no (choice)", oneof.full_name()));
        }
        Ok(options.get_extension(&self.choice).as_message().is_some_and(|stated| truth(stated, "required")))
    }

    /// The fields and oneofs at least one of which must be set; none if there is no such demand.
    pub(super) fn at_least_one(&self, message: &MessageDescriptor) -> Vec<String> {
        let options = message.options();
        let stated = options.get_extension(&self.whole);
        let names = stated.as_message().and_then(|whole| whole.get_field_by_name("at_least_one"));
        let names = names.as_deref().and_then(Value::as_list).unwrap_or_default();
        names.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}

/// Whether the field is an arm of a oneof that the contract wrote (an `optional` one is not).
pub(super) fn in_oneof(field: &FieldDescriptor) -> bool {
    field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic())
}

fn truth(stated: &DynamicMessage, name: &str) -> bool {
    stated.get_field_by_name(name).and_then(|value| value.as_bool()).unwrap_or(false)
}

fn count(stated: &DynamicMessage, name: &str) -> Option<u32> {
    stated.get_field_by_name(name).and_then(|value| value.as_u32()).filter(|count| *count > 0)
}

fn bound(stated: &DynamicMessage, name: &str) -> Option<i64> {
    if !stated.has_field_by_name(name) {
        return None;
    }
    stated.get_field_by_name(name).and_then(|value| value.as_i64())
}

fn pattern(stated: &DynamicMessage) -> Result<Option<Pattern>, i32> {
    let number = stated.get_field_by_name("pattern").and_then(|value| value.as_enum_number()).unwrap_or(0);
    if number == 0 {
        return Ok(None);
    }
    let field = stated.descriptor().get_field_by_name("pattern");
    let kind = field.map(|field| field.kind());
    let value = kind.as_ref().and_then(|kind| kind.as_enum()).and_then(|kind| kind.get_value(number));
    value.and_then(|value| Pattern::named(value.name())).map(Some).ok_or(number)
}
