//! The pages of lists: how many rows a page has, and where the next one begins.

/// From how many on it is told how many were left out: fewer might point at somebody.
pub(crate) const LEFT_OUT_TOLD_FROM: u32 = 10;

/// How many rows a page has when a caller asks for `asked` (0: does not say), at most `max`.
pub(crate) fn size(asked: u32, max: u32) -> u32 {
    const UNSAID: u32 = 100;
    if asked == 0 { UNSAID.min(max) } else { asked.min(max) }
}

/// Cuts what was read to `size` rows; the key of the last one if there are more.
pub(crate) fn cut<T, K>(rows: &mut Vec<T>, size: u32, key: impl Fn(&T) -> K) -> Option<K> {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if rows.len() <= size {
        return None;
    }
    rows.truncate(size);
    rows.last().map(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_larger_than_its_most() {
        assert_eq!([0, 1, 200, 201, u32::MAX].map(|asked| size(asked, 200)), [100, 1, 200, 200, 200]);
        assert_eq!(size(0, 50), 50);
    }

    #[test]
    fn only_what_has_more_behind_it_names_where_to_go_on() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(cut(&mut rows, 3, |row| *row), None);
        assert_eq!(cut(&mut rows, 2, |row| *row), Some(2));
        assert_eq!(rows, [1, 2]);
    }
}
