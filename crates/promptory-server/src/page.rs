//! Pages: limits and cursors. A cursor is opaque: base64 of what the list is ordered by.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use promptory_core::{limits, time::Timestamp};

use crate::refusal::Refusal;

/// # Errors
/// Outside 1 to 200.
pub(crate) fn limit(given: Option<i64>) -> Result<i64, Refusal> {
    match given {
        None => Ok(limits::PAGE_ITEMS_DEFAULT),
        Some(limit) if (1..=limits::PAGE_ITEMS).contains(&limit) => Ok(limit),
        Some(limit) => {
            Err(Refusal::invalid("", format!("limit={limit}: a page has 1 to {} items.", limits::PAGE_ITEMS)))
        }
    }
}

/// A point in time of a query, in microseconds.
///
/// # Errors
/// Not RFC 3339.
pub(crate) fn time(name: &str, given: Option<&str>) -> Result<Option<i64>, Refusal> {
    let Some(text) = given else { return Ok(None) };
    let parsed = Timestamp::parse_rfc3339(text).map(|at| Some(at.micros()));
    parsed.ok_or_else(|| {
        Refusal::invalid("", format!("{name}={text}: use RFC 3339, such as 2026-11-20T10:00:00Z."))
    })
}

/// A moment that is looked back at. Answers have times in milliseconds, cut off: a caller who hands one back means the
/// whole of it.
///
/// # Errors
/// Not RFC 3339.
pub(crate) fn moment(name: &str, text: &str) -> Result<Timestamp, Refusal> {
    let micros = time(name, Some(text))?.unwrap_or_default();
    let rest = if micros.rem_euclid(1_000) == 0 { 999 } else { 0 };
    Ok(Timestamp::from_micros(micros).plus_micros(rest))
}

pub(crate) fn encode(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}

/// # Errors
/// Not a cursor of ours.
pub(crate) fn decode(cursor: &str) -> Result<String, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| Refusal::invalid("", "cursor: use the `next_cursor` of the page before, unchanged."))
}

/// A cursor over a number; `start` when there is none.
pub(crate) fn decode_number(cursor: Option<&str>, start: i64) -> Result<i64, Refusal> {
    let Some(cursor) = cursor else { return Ok(start) };
    decode(cursor)?
        .parse()
        .map_err(|_| Refusal::invalid("", "cursor: use the `next_cursor` of the page before, unchanged."))
}

/// A cursor over time and id.
pub(crate) fn decode_pair(cursor: Option<&str>, start: (i64, &str)) -> Result<(i64, String), Refusal> {
    let Some(cursor) = cursor else { return Ok((start.0, start.1.to_owned())) };
    let text = decode(cursor)?;
    text.split_once(' ')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())))
        .ok_or_else(|| Refusal::invalid("", "cursor: use the `next_cursor` of the page before, unchanged."))
}

/// Asked for one more than the page holds, a list knows whether there is a next page.
pub(crate) fn cut<T>(rows: &mut Vec<T>, limit: i64, position: impl FnOnce(&T) -> String) -> Option<String> {
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= keep {
        return None;
    }
    rows.truncate(keep);
    rows.last().map(|last| encode(&position(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_only_when_there_is_more() {
        let mut rows = vec![1, 2, 3];
        assert_eq!(cut(&mut rows, 3, |n| n.to_string()), None);
        let next = cut(&mut rows, 2, |n| n.to_string()).expect("more");
        assert_eq!((rows, decode_number(Some(&next), 0).expect("ours")), (vec![1, 2], 2));
    }

    #[test]
    fn strange_cursors_are_refused() {
        for cursor in ["%%%", "", "AA", "_w"] {
            assert!(decode_number(Some(cursor), 0).is_err(), "{cursor:?}");
            assert!(decode_pair(Some(cursor), (0, "")).is_err(), "{cursor:?}");
        }
    }
}
