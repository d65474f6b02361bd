//! Small pieces of text for people.

use std::borrow::Cow;

/// Control characters as `\u{…}`, so that stored text cannot steer a terminal. Line ends and tabs stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if harmless(c) { shown.push(c) } else { shown.extend(c.escape_unicode()) }
    }
    Cow::Owned(shown)
}

/// `2026-11-20T08:00:00.123Z` as `2026-11-20 08:00`; anything else as it is.
pub(crate) fn minute(at: &str) -> String {
    match (at.get(..10), at.get(10..11), at.get(11..16)) {
        (Some(day), Some("T"), Some(time)) if at.ends_with('Z') => format!("{day} {time}"),
        _ => at.to_owned(),
    }
}

/// `-` where there is nothing.
pub(crate) fn or_dash(text: &str) -> String {
    if text.is_empty() { "-".to_owned() } else { text.to_owned() }
}

/// `-` for a missing value too.
pub(crate) fn option_or_dash(text: Option<&str>) -> String {
    or_dash(text.unwrap_or_default())
}

/// At most `limit` characters, the last one an ellipsis when more were there.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Lines of `label  value`, the values under each other; empty values are left out.
pub(crate) fn facts(pairs: &[(&str, String)]) -> String {
    let shown: Vec<_> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    let width = shown.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, value) in shown {
        let indented = value.trim_end().replace('\n', &format!("\n{}", " ".repeat(width + 2)));
        text.push_str(&format!("{label:width$}  {indented}\n"));
    }
    text
}

/// A JSON object in one line: `version 1.1.0, from 1.0.0`. Values that are not plain stay JSON.
pub(crate) fn one_line_object(value: &serde_json::Value) -> String {
    let serde_json::Value::Object(fields) = value else {
        return if value.is_null() { String::new() } else { value.to_string() };
    };
    let shown = fields.iter().filter(|(_, value)| !value.is_null());
    let words = shown.map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown_not_obeyed() {
        assert_eq!(printable("a\tb\nü"), "a\tb\nü");
        assert_eq!(printable("\u{1b}[31mred\u{7}\u{9b}"), "\\u{1b}[31mred\\u{7}\\u{9b}");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(minute("2026-11-20T08:00:00.123Z"), "2026-11-20 08:00");
        assert_eq!(minute("yesterday"), "yesterday");
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("one two", 5), "one…");
    }

    #[test]
    fn facts_line_up_and_leave_out_nothing_to_say() {
        let text =
            facts(&[("name", "a".into()), ("owner", String::new()), ("description", "two\nlines".into())]);
        assert_eq!(text, "name         a\ndescription  two\n             lines\n");
    }

    #[test]
    fn objects_in_one_line() {
        let value = serde_json::json!({"version": "1.1.0", "from": null, "n": 2, "list": [1]});
        assert_eq!(one_line_object(&value), "version 1.1.0, n 2, list [1]");
        assert_eq!(one_line_object(&serde_json::Value::Null), "");
    }
}
