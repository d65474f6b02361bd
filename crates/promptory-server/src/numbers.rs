//! Numbers of versions between the store's columns and the domain's type.

use promptory_core::numbering::Number;

pub(crate) fn number_text(major: i64, minor: i64, patch: i64, pre: &str) -> String {
    if pre.is_empty() { format!("{major}.{minor}.{patch}") } else { format!("{major}.{minor}.{patch}-{pre}") }
}

/// Columns are never negative: they were written from a [`Number`].
pub(crate) fn number(major: i64, minor: i64, patch: i64, pre: &str) -> Number {
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    Number { major: part(major), minor: part(minor), patch: part(patch), pre: pre.to_owned() }
}

/// A part is at most 10^9.
pub(crate) fn column(part: u64) -> i64 {
    i64::try_from(part).unwrap_or(i64::MAX)
}
