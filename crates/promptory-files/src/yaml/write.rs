use serde_json::{Map, Value};

/// Longer keys need the explicit form: parsers look no further for the colon.
const SIMPLE_KEY_BYTES: usize = 500;

/// A block of YAML that ends with a line feed; what an empty map or list gives is `{}` or `[]`.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut out, map, 0, false),
        Value::Array(items) if !items.is_empty() => write_list(&mut out, items, 0),
        other => {
            scalar(&mut out, other, 0);
            end_line(&mut out, other);
        }
    }
    out
}

/// `inline`: the first key stands on the line that is begun already.
fn write_map(out: &mut String, map: &Map<String, Value>, depth: usize, inline: bool) {
    for (i, (key, value)) in map.iter().enumerate() {
        if i > 0 || !inline {
            indent(out, depth);
        }
        // In one line whatever it holds: a key is no place for a block.
        let mut written = String::new();
        if is_plain(key) {
            written.push_str(key)
        } else {
            quoted(&mut written, key)
        };
        let simple = written.len() <= SIMPLE_KEY_BYTES;
        if !simple {
            out.push_str("? ");
        }
        out.push_str(&written);
        if !simple {
            out.push('\n');
            indent(out, depth);
        }
        out.push(':');
        nested(out, value, depth);
    }
}

fn nested(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            write_map(out, map, depth + 1, false);
        }
        Value::Array(items) if !items.is_empty() && items.iter().all(is_short) => {
            out.push(' ');
            short_list(out, items);
            out.push('\n');
        }
        Value::Array(items) if !items.is_empty() => {
            out.push('\n');
            write_list(out, items, depth + 1);
        }
        other => {
            out.push(' ');
            scalar(out, other, depth + 1);
            end_line(out, other);
        }
    }
}

fn write_list(out: &mut String, items: &[Value], depth: usize) {
    for item in items {
        indent(out, depth);
        out.push('-');
        match item {
            Value::Object(map) if !map.is_empty() => {
                out.push(' ');
                write_map(out, map, depth + 1, true);
            }
            other => nested(out, other, depth),
        }
    }
}

/// Tags, enums and such: they read best on one line.
fn is_short(item: &Value) -> bool {
    match item {
        Value::String(text) => {
            text.len() <= 40 && !text.contains(',') && (is_plain_in_flow(text) || text.is_empty())
        }
        Value::Array(_) | Value::Object(_) => false,
        _ => true,
    }
}

fn short_list(out: &mut String, items: &[Value]) {
    out.push('[');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        scalar(out, item, 0);
    }
    out.push(']');
}

fn scalar(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::String(text) if is_plain(text) => out.push_str(text),
        Value::String(text) if is_block(text) => block(out, text, depth),
        Value::String(text) => quoted(out, text),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
        other => out.push_str(&other.to_string()),
    }
}

/// A block ends its last line by itself.
fn end_line(out: &mut String, value: &Value) {
    let block = matches!(value, Value::String(text) if !is_plain(text) && is_block(text));
    if !block {
        out.push('\n');
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

/// Safe without quotes here and in parsers of YAML 1.1, which read `yes`, `1_000`, `12:30` and dates as other things.
fn is_plain(text: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let first =
        text.starts_with(|c: char| word(c) || c == '/') && !text.starts_with(|c: char| c.is_ascii_digit());
    let version =
        text.bytes().filter(|byte| *byte == b'.').count() == 2 && semver::Version::parse(text).is_ok();
    (first || version)
        && text.chars().all(|c| word(c) || " ./_-+*()$%=;!?<>@'\",&|~^".contains(c) || is_quiet_colon(c))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !is_a_word_of_yaml(text)
}

/// A colon with no blank behind it; [`is_plain`] looks for the others.
fn is_quiet_colon(c: char) -> bool {
    c == ':'
}

fn is_plain_in_flow(text: &str) -> bool {
    // Parsers differ over a dash beside a blank there.
    is_plain(text)
        && !text.contains([',', '[', ']', '{', '}', ':', '?'])
        && !text.contains(" -")
        && !text.contains("- ")
        && !text.ends_with('-')
}

fn is_a_word_of_yaml(text: &str) -> bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "nan", "inf"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Lines that a literal block gives back as they are.
fn is_block(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && text.chars().all(|c| c == '\n' || !is_special(c))
        && text.lines().all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
}

/// Control characters and all that some parser takes for the end of a line or drops.
fn is_special(c: char) -> bool {
    c.is_control() && c != '\t' || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn block(out: &mut String, text: &str, depth: usize) {
    let body = text.trim_end_matches('\n');
    let ends = text.len() - body.len();
    out.push_str(match ends {
        0 => "|-\n",
        1 => "|\n",
        _ => "|+\n",
    });
    for line in body.split('\n') {
        if !line.is_empty() {
            indent(out, depth.max(1));
            out.push_str(line);
        }
        out.push('\n');
    }
    out.extend(std::iter::repeat_n('\n', ends.saturating_sub(1)));
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_special(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}
