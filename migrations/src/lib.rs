//! The schema, one change each, for both engines.
