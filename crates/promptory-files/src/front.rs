//! Front matter: YAML between two lines of `---` at the beginning of a file.

use serde_json::Value;

use crate::yaml;

/// The fields, and the rest of the file byte for byte. Without front matter there are no fields.
pub(crate) struct Split<'a> {
    pub(crate) fields: Option<Value>,
    pub(crate) body: &'a str,
}

/// # Errors
/// Front matter that does not end, or is no YAML; the line is that of the file.
pub(crate) fn split(text: &str) -> Result<Split<'_>, String> {
    let Some(after) = opening(text) else { return Ok(Split { fields: None, body: text }) };
    let mut end = 0;
    for line in after.split_inclusive('\n') {
        if line.trim_end() == "---" {
            let fields = yaml::parse(&after[..end])
                .map_err(|error| format!("line {}: {}", error.line + 1, error.detail))?;
            return Ok(Split { fields: Some(fields), body: &after[end + line.len()..] });
        }
        end += line.len();
    }
    Err("The front matter that begins in line 1 has no end; close it with a line `---`.".to_owned())
}

fn opening(text: &str) -> Option<&str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (line, rest) = text.split_once('\n')?;
    (line.trim_end() == "---").then_some(rest)
}

pub(crate) fn join(fields: &Value, body: &str) -> String {
    format!("---\n{}---\n{body}", yaml::write(fields))
}
