//! The text of a version below its front matter.
//!
//! The last line feed belongs to the file, not to the text: editors add one. A chat has a line before each message,
//! `=== user ===`, and one line for a placeholder, `=== placeholder: history ===`. The number of `=` is that of the
//! first line; one that no line of a message begins with is chosen.

use serde_json::{Value, json};

const FEWEST: usize = 3;

pub(crate) fn write(content: &Value) -> String {
    match content {
        Value::Array(parts) => chat(parts),
        other => format!("{}\n", other.as_str().unwrap_or_default()),
    }
}

fn chat(parts: &[Value]) -> String {
    let texts = || parts.iter().filter_map(|part| part["content"].as_str());
    let longest = texts().flat_map(str::lines).map(leading).max().unwrap_or(0);
    // A longer run than any in a text, unless none comes near.
    let bar = "=".repeat(if longest < FEWEST { FEWEST } else { longest + 1 });
    let mut out = String::new();
    for part in parts {
        if let Some(name) = part["placeholder"].as_str() {
            out.push_str(&format!("{bar} placeholder: {name} {bar}\n"));
            continue;
        }
        let (role, text) =
            (part["role"].as_str().unwrap_or_default(), part["content"].as_str().unwrap_or_default());
        out.push_str(&format!("{bar} {role} {bar}\n{text}\n"));
    }
    out
}

fn leading(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b'=').count()
}

/// # Errors
/// A chat that does not begin with the line of a message.
pub(crate) fn read(kind: &str, body: &str) -> Result<Value, String> {
    if kind != "chat" {
        return Ok(Value::from(body.strip_suffix('\n').unwrap_or(body)));
    }
    let bar = "=".repeat(leading(body).max(FEWEST));
    let mut parts: Vec<Value> = Vec::new();
    let mut text: Option<(String, String)> = None;
    for line in body.split_inclusive('\n') {
        let Some(marker) = marker(line, &bar) else {
            match &mut text {
                Some((_, text)) => text.push_str(line),
                None if line.trim().is_empty() => {}
                None => {
                    return Err(
                        "A chat begins with the line of its first message, such as `=== system ===`."
                            .to_owned(),
                    );
                }
            }
            continue;
        };
        close(&mut parts, text.take());
        match marker.strip_prefix("placeholder:") {
            Some(name) => parts.push(json!({"placeholder": name.trim()})),
            None => text = Some((marker.to_owned(), String::new())),
        }
    }
    close(&mut parts, text);
    Ok(Value::Array(parts))
}

fn close(parts: &mut Vec<Value>, text: Option<(String, String)>) {
    if let Some((role, text)) = text {
        parts.push(json!({"role": role, "content": text.strip_suffix('\n').unwrap_or(&text)}));
    }
}

/// What stands between the bars.
fn marker<'a>(line: &'a str, bar: &str) -> Option<&'a str> {
    let inner = line.trim_end().strip_prefix(bar)?.strip_suffix(bar)?;
    let word = inner.strip_prefix(' ')?.strip_suffix(' ')?.trim();
    (!word.is_empty() && !word.contains('=')).then_some(word)
}
