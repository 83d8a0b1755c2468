//! What files are called.

use super::ExportError;
use crate::time::Instant;

/// The most bytes of a name before its ending.
const BYTES_MAX: usize = 100;

/// That it is a name, with no way out of its folder, in it or hidden in it.
pub(super) fn check(pattern: &str) -> Result<(), ExportError> {
    let bare = pattern.replace("$yyyyMMdd", "y").replace("$HHmmss", "H");
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let edges = [bare.chars().next(), bare.chars().last()];
    let fine = !bare.is_empty()
        && pattern.len() <= BYTES_MAX
        && bare.chars().all(fits)
        && edges.into_iter().flatten().all(|letter| letter != '.' && letter != '-');
    if fine { Ok(()) } else { Err(ExportError::NameWrong) }
}

/// The name of a run that began at that instant.
pub(super) fn stem(pattern: &str, at: Instant) -> Result<String, ExportError> {
    let digits: String = at.to_string().chars().filter(char::is_ascii_digit).collect();
    // 2026-11-22T14:30:05Z
    let (Some(day), Some(time)) = (digits.get(..8), digits.get(8..14)) else {
        return Err(ExportError::NameWrong);
    };
    Ok(pattern.replace("$yyyyMMdd", day).replace("$HHmmss", time))
}

/// The folder in which a run of that name works.
pub(super) fn work_folder(pattern: &str) -> String {
    format!(".{}.export", pattern.replace('$', ""))
}
