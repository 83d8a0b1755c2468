//! What is wrong with a request, field by field.
//!
//! The limits stand in the contract (`options.proto`); the build writes a [`Validate`] for every message that a
//! request can hold. What needs the clock, the database or two fields at once is not judged here.

pub(crate) mod check;
pub(crate) mod shape;

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;

/// What is wrong with one field. Holds no value of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: the field's path in the contract's names, such as `items[3].profile.id`.
    pub field: String,
    /// What is wrong with it.
    pub wrong: Wrong,
    /// What would be right.
    pub rule: Cow<'static, str>,
}

impl Violation {
    /// What is wrong and what would be right, for people.
    #[must_use]
    pub fn description(&self) -> String {
        format!("{}; expected: {}", self.wrong, self.rule)
    }
}

/// In what way a field is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// It is not set and must be.
    Missing,
    /// It is given and empty; what is not known must be left out.
    Empty,
    /// It has more bytes than it may.
    TooLong,
    /// It contains a control character.
    ControlCharacter,
    /// It does not look as it must.
    Malformed,
    /// It lies outside the numbers, instants or days that are taken.
    OutOfRange,
    /// The list holds more items than it may.
    TooMany {
        /// How many it may hold.
        max: usize,
    },
    /// The enum has no such number.
    UnknownNumber,
    /// It is given and must not be, beside what else is given.
    NotAllowed,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Empty => "is empty",
            Self::TooLong => "is too long",
            Self::ControlCharacter => "contains a control character",
            Self::Malformed => "is malformed",
            Self::OutOfRange => "is out of range",
            Self::TooMany { .. } => "holds too many items",
            Self::UnknownNumber => "is an unknown number",
            Self::NotAllowed => "is not allowed here",
        })
    }
}

/// Where in a request something stands, in the contract's names.
#[derive(Clone, Debug, Default)]
pub struct Path(String);

impl Path {
    /// The request itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// An item of a list of the request: `items[3]`.
    #[must_use]
    pub fn item(list: &str, index: usize) -> Self {
        let mut path = Self::root();
        path.push(Step::Item(list, index));
        path
    }

    /// The path of a field of what this path names: `items[3].facts`.
    #[must_use]
    pub fn field(&self, name: &str) -> Self {
        let mut path = self.clone();
        path.push(Step::Field(name));
        path
    }

    /// The path as errors name it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn push(&mut self, step: Step<'_>) {
        let (Step::Field(name) | Step::Item(name, _)) = step;
        if !self.0.is_empty() {
            self.0.push('.');
        }
        self.0.push_str(name);
        if let Step::Item(_, index) = step {
            // Writing to a string cannot fail.
            let _ = write!(self.0, "[{index}]");
        }
    }
}

/// One step down from a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// To a field.
    Field(&'a str),
    /// To an item of a list.
    Item(&'a str, usize),
}

/// A message whose limits the contract states.
pub trait Validate {
    /// Adds everything that is wrong with it to `wrong`, in the order of its fields. `path` says where it stands and is
    /// the same afterwards.
    ///
    /// Items that are judged one by one (`per_item` in the contract) are only counted: call each one's own `validate`.
    fn validate(&self, path: &mut Path, wrong: &mut Vec<Violation>);

    /// Everything that is wrong with it as a whole request.
    fn violations(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        self.validate(&mut Path::root(), &mut wrong);
        wrong
    }

    /// Everything that is wrong with it as an item of a list of a request.
    fn violations_as_item(&self, list: &str, index: usize) -> Vec<Violation> {
        let mut wrong = Vec::new();
        self.validate(&mut Path::item(list, index), &mut wrong);
        wrong
    }
}

/// The validators that the build wrote.
mod written {
    #![allow(clippy::all, unused_qualifications, reason = "generated")]
    use super::check::At;
    use super::{Path, Validate, Violation, shape};

    include!(concat!(env!("OUT_DIR"), "/validators.rs"));
}

#[cfg(test)]
mod tests;
