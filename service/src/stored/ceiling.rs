//! Ceilings as they are kept: by their names. The ordinary one is not said.

use assent_domain::ceiling::Ceiling;

/// The name of a ceiling; `None`: the ordinary one.
pub(super) fn said(ceiling: Ceiling) -> Option<String> {
    (ceiling != Ceiling::Default).then(|| ceiling.name().to_owned())
}

/// The ceiling that was said; `None`: nobody knows it.
pub(super) fn read(said: Option<&str>) -> Option<Ceiling> {
    said.map_or(Some(Ceiling::Default), Ceiling::named)
}
