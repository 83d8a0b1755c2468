//! Writes a validator for every message that a request can hold, from the limits that stand in the contract.
//! A field without a limit is an error of the build, so that none can be forgotten.

mod field;
mod name;
mod reach;
mod rule;
mod words;

#[cfg(test)]
pub(crate) use reach::from_requests as reachable;

#[cfg(test)]
mod tests;

use prost_reflect::{DescriptorPool, MessageDescriptor};

/// Everything that is wrong with the contract's limits, one line each.
#[derive(Debug)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl std::fmt::Display for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the contract's limits are not complete:\n  {}", self.0.join("\n  "))
    }
}

impl std::error::Error for Faults {}

/// The source text of the validators of `package`, whose types stand in the Rust module `crate::v1`.
///
/// # Errors
/// Names every field without a limit and every limit that does not fit its field.
pub(crate) fn validators(pool: &DescriptorPool, package: &str) -> Result<String, Faults> {
    let options = rule::Options::find(pool, package)?;
    let mut faults = Vec::new();
    let mut source = String::new();
    for message in reach::from_requests(pool, package) {
        write_validator(&options, &message, &mut source, &mut faults);
    }
    for request in reach::requests(pool, package) {
        if !options.at_least_one(&request).is_empty() {
            faults.push(format!("{}: a request has no path of its own to name", request.full_name()));
        }
    }
    if faults.is_empty() { Ok(source) } else { Err(Faults(faults)) }
}

fn write_validator(
    options: &rule::Options,
    message: &MessageDescriptor,
    source: &mut String,
    faults: &mut Vec<String>,
) {
    let mut lines = String::new();
    for field in message.fields().filter(|field| !rule::in_oneof(field)) {
        match options.of_field(&field).and_then(|rule| field::check(&field, &rule)) {
            Ok(line) => lines.push_str(&line),
            Err(fault) => faults.push(fault),
        }
    }
    for oneof in message.oneofs().filter(|oneof| !oneof.is_synthetic()) {
        match field::check_oneof(options, message, &oneof) {
            Ok(line) => lines.push_str(&line),
            Err(found) => faults.extend(found),
        }
    }
    match field::check_whole(message, &options.at_least_one(message)) {
        Ok(line) => lines.push_str(&line),
        Err(fault) => faults.push(fault),
    }
    let (path, wrong) = if lines.is_empty() { ("_", "_") } else { ("path", "wrong") };
    source.push_str(&format!(
        "impl Validate for {} {{\n    fn validate(&self, {path}: &mut Path, {wrong}: &mut Vec<Violation>) {{\n{lines}    }}\n}}\n\n",
        name::of_type(message.full_name(), message.package_name()),
    ));
}
