//! What the generator refuses: limits that are forgotten or do not fit.

use prost_reflect::DescriptorPool;

use super::validators;
use crate::tests::compiled;

/// A contract of one call whose request holds `fields`.
fn pool(fields: &str) -> DescriptorPool {
    let source = format!(
        "syntax = \"proto3\";\npackage assent.v1;\nimport \"assent/v1/options.proto\";\n\
         import \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/any.proto\";\n\
         message Inner {{ string id = 1 [(rule) = {{max_bytes: 8, pattern: PATTERN_ID}}]; }}\n\
         message AskRequest {{ {fields} }}\nmessage AskResponse {{ string unruled = 1; }}\n\
         service Asking {{ rpc Ask(AskRequest) returns (AskResponse); }}\n"
    );
    compiled(&source)
}

fn faults(fields: &str) -> Vec<String> {
    validators(&pool(fields), "assent.v1").err().map(|faults| faults.0).unwrap_or_default()
}

#[test]
fn every_field_without_a_limit_is_named_at_once() {
    let named = faults(
        "string a = 1; bool b = 2; repeated Inner c = 3; google.protobuf.Timestamp d = 4;\
         oneof choice_of { uint32 e = 5; Inner f = 6; } optional bytes g = 7;",
    );
    let of = |name: &str| format!("assent.v1.AskRequest.{name}: states no (rule)");
    for field in ["a", "b", "c", "d", "e", "f", "g"] {
        assert!(named.contains(&of(field)), "{field} not in {named:?}");
    }
    assert!(named.contains(&"assent.v1.AskRequest.choice_of: states no (choice)".to_owned()), "{named:?}");
    assert_eq!(named.len(), 8);
}

#[test]
fn an_empty_rule_is_a_rule_and_answers_need_none() {
    let source =
        validators(&pool("bool a = 1 [(rule) = {}]; Inner b = 2 [(rule) = {}];"), "assent.v1").unwrap();
    assert!(source.contains("impl Validate for crate::v1::AskRequest"));
    assert!(source.contains("impl Validate for crate::v1::Inner"));
    assert!(!source.contains("AskResponse"));
}

#[test]
fn a_limit_that_does_not_fit_its_field_is_refused() {
    let cases = [
        ("uint32 a = 1 [(rule) = {max_bytes: 3}];", "max_bytes is for texts"),
        ("uint32 a = 1 [(rule) = {pattern: PATTERN_ID}];", "pattern is for texts"),
        ("string a = 1 [(rule) = {max_bytes: 3}];", "a text states a pattern"),
        ("string a = 1 [(rule) = {pattern: PATTERN_SHA256}];", "is a byte string"),
        ("bytes a = 1 [(rule) = {pattern: PATTERN_ID}];", "is SHA256"),
        ("bool a = 1 [(rule) = {min: 1}];", "for numbers and durations"),
        ("repeated Inner a = 1 [(rule) = {}];", "a list states max_items"),
        ("Inner a = 1 [(rule) = {max_items: 2}];", "max_items is for lists"),
        ("repeated uint32 a = 1 [(rule) = {max_items: 2, per_item: true}];", "lists of messages"),
        ("uint32 a = 1 [(rule) = {required: true}];", "needs `optional`"),
        ("optional bool a = 1 [(rule) = {required: true}];", "nothing requires a bool"),
        ("double a = 1 [(rule) = {}];", "no request holds fractions"),
        ("map<string, string> a = 1 [(rule) = {}];", "no request holds a map"),
        ("google.protobuf.Any a = 1 [(rule) = {}];", "no check is known"),
        ("option (whole) = {at_least_one: \"b\"}; bool a = 1 [(rule) = {}];", "has no field b"),
        ("option (whole) = {at_least_one: \"a\"}; bool a = 1 [(rule) = {}];", "no path of its own"),
    ];
    for (fields, why) in cases {
        let named = faults(fields);
        assert!(named.iter().any(|fault| fault.contains(why)), "{fields}: {named:?}");
    }
}
