//! What is read: files, standard input, JSON and variables on the command line.

use std::io::{IsTerminal, Read};

use serde_json::{Map, Value};

use crate::failure::Failure;

/// A file, or standard input for `-`, as text, byte for byte.
pub(crate) fn read_text(path: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = if path == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    read.map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", named(path))))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::Usage(format!("{} is not UTF-8 text (byte {at})", named(path)))
    })
}

/// Asked for at a terminal, without showing it; else the first line of standard input.
pub(crate) fn read_password(whose: &str) -> Result<String, Failure> {
    let unreadable = |error| Failure::Usage(format!("the password cannot be read: {error}"));
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return rpassword::prompt_password(format!("Password of {whose}: ")).map_err(unreadable);
    }
    let mut line = String::new();
    stdin.read_line(&mut line).map_err(unreadable)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn named(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

/// The content of a version: a file's text, or for chat its JSON list of messages.
pub(crate) fn read_content(path: &str, chat: bool) -> Result<Value, Failure> {
    let text = read_text(path)?;
    if !chat {
        return Ok(Value::String(text));
    }
    let value = parse_json(&text, named(path))?;
    if value.is_array() {
        return Ok(value);
    }
    Err(Failure::Usage(format!(
        "{} must hold a JSON list such as [{{\"role\": \"system\", \"content\": \"…\"}}]",
        named(path)
    )))
}

/// JSON that stands on the command line (it begins with `{` or `[`) or in the file that is named there.
pub(crate) fn json_or_file(argument: &str) -> Result<Value, Failure> {
    if argument.trim_start().starts_with(['{', '[']) {
        return parse_json(argument, "the JSON on the command line");
    }
    parse_json(&read_text(argument)?, named(argument))
}

/// As `json_or_file`, for an object.
pub(crate) fn object_or_file(argument: &str, what: &str) -> Result<Map<String, Value>, Failure> {
    match json_or_file(argument)? {
        Value::Object(map) => Ok(map),
        _ => Err(Failure::Usage(format!("{what} must be a JSON object"))),
    }
}

fn parse_json(text: &str, source: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::Usage(format!("{source} is not valid JSON: {error}")))
}

/// Variables from `--var name=value` and `--var-json name=JSON` (or `name=@FILE`); None when there are none.
pub(crate) fn variables(texts: &[String], jsons: &[String]) -> Result<Option<Map<String, Value>>, Failure> {
    let mut map = Map::new();
    for argument in texts {
        let (name, value) = split(argument)?;
        insert(&mut map, name, Value::String(value.to_owned()))?;
    }
    for argument in jsons {
        let (name, value) = split(argument)?;
        let value = match value.strip_prefix('@') {
            Some(path) => parse_json(&read_text(path)?, named(path))?,
            None => parse_json(value, &format!("the value of {name}"))?,
        };
        insert(&mut map, name, value)?;
    }
    Ok((!map.is_empty()).then_some(map))
}

fn split(argument: &str) -> Result<(&str, &str), Failure> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(Failure::Usage(format!("{argument:?} is not of the form name=value"))),
    }
}

fn insert(map: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Failure> {
    match map.insert(name.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(Failure::Usage(format!("the variable {name} is given twice"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn variables_are_strings_or_json() {
        let map = variables(&strings(&["a=1", "b=x=y", "c="]), &strings(&["d=1.50", "e=[{\"f\": null}]"]));
        let map = map.expect("valid").expect("some");
        assert_eq!(Value::Object(map).to_string(), r#"{"a":"1","b":"x=y","c":"","d":1.50,"e":[{"f":null}]}"#);
        assert!(variables(&[], &[]).expect("valid").is_none());
    }

    #[test]
    fn variables_that_cannot_be_meant_are_refused() {
        for bad in [["a", ""], ["=x", ""], ["a=1", "a=2"], ["a=1", "b={"], ["a=1", "b=@/no/such/file"]] {
            let jsons: Vec<_> = bad[1..].iter().filter(|text| !text.is_empty()).copied().collect();
            let failure = variables(&strings(&bad[..1]), &strings(&jsons)).expect_err("refused");
            assert_eq!(failure.code(), 2, "{bad:?}");
        }
    }

    #[test]
    fn json_on_the_command_line_keeps_order_and_numbers() {
        let value = json_or_file(r#" {"temperature": 0.70, "model": "m", "big": 123456789012345678901}"#);
        let text = value.expect("valid").to_string();
        assert_eq!(text, r#"{"temperature":0.70,"model":"m","big":123456789012345678901}"#);
        assert!(object_or_file("[]", "--settings").is_err());
        assert!(json_or_file("no-such-file.json").is_err());
    }
}
