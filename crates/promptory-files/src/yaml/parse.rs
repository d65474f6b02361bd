use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Maps and lists inside each other.
const DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {detail}")]
pub struct YamlError {
    /// From 1.
    pub line: usize,
    pub detail: String,
}

/// What is being read: a list, or a map with the key whose value comes next.
enum Open {
    List(Vec<Value>),
    Map(Map<String, Value>, Option<String>),
}

/// One document; an empty one is null.
///
/// # Errors
/// No YAML, or more of it than is understood here; the line is within `text`.
pub fn parse(text: &str) -> Result<Value, YamlError> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut documents = 0;
    for step in Parser::new_from_str(text) {
        let (event, span) =
            step.map_err(|error| YamlError { line: error.marker().line(), detail: error.info().to_owned() })?;
        let at = span.start;
        let done = match event {
            Event::DocumentStart(_) => {
                documents += 1;
                if documents > 1 {
                    return refused(at, "There is a second document; one is allowed.");
                }
                continue;
            }
            Event::Alias(_) => {
                return refused(at, "Aliases (`*name`) are not understood; write the value out.");
            }
            Event::Scalar(text, style, anchor, tag) => {
                plainly(at, anchor, tag.is_some())?;
                let value = match style {
                    ScalarStyle::Plain if text == "<<" => {
                        return refused(at, "Merge keys (`<<`) are not understood; write the fields out.");
                    }
                    ScalarStyle::Plain => super::plain(&text),
                    _ => Value::String(text.into_owned()),
                };
                match open.last_mut() {
                    Some(Open::Map(map, key @ None)) => {
                        *key = Some(new_key(at, map, value)?);
                        continue;
                    }
                    _ => value,
                }
            }
            Event::SequenceStart(anchor, tag) => {
                begin(at, &open, anchor, tag.is_some())?;
                open.push(Open::List(Vec::new()));
                continue;
            }
            Event::MappingStart(anchor, tag) => {
                begin(at, &open, anchor, tag.is_some())?;
                open.push(Open::Map(Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(items)) => Value::Array(items),
                Some(Open::Map(map, _)) => Value::Object(map),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            Some(Open::List(items)) => items.push(done),
            Some(Open::Map(map, key)) => {
                if let Some(key) = key.take() {
                    map.insert(key, done);
                }
            }
            None => root = Some(done),
        }
    }
    Ok(root.unwrap_or(Value::Null))
}

fn refused<T>(at: Marker, detail: &str) -> Result<T, YamlError> {
    Err(YamlError { line: at.line(), detail: detail.to_owned() })
}

fn plainly(at: Marker, anchor: usize, tagged: bool) -> Result<(), YamlError> {
    if anchor != 0 {
        return refused(at, "Anchors (`&name`) are not understood; write the value out where it is used.");
    }
    if tagged {
        return refused(at, "Tags (`!name`) are not understood; put texts into quotes instead.");
    }
    Ok(())
}

fn begin(at: Marker, open: &[Open], anchor: usize, tagged: bool) -> Result<(), YamlError> {
    plainly(at, anchor, tagged)?;
    if open.len() >= DEPTH {
        return refused(at, "Lists and maps are too deep inside each other.");
    }
    if matches!(open.last(), Some(Open::Map(_, None))) {
        return refused(at, "A key is a text, not a list or a map. Put `{{` … `}}` into quotes.");
    }
    Ok(())
}

fn new_key(at: Marker, map: &Map<String, Value>, value: Value) -> Result<String, YamlError> {
    let key = match value {
        Value::String(text) => text,
        Value::Null => return refused(at, "A key is missing before the colon."),
        // `1: x` and `true: x` mean the texts, as everywhere in JSON.
        other => other.to_string(),
    };
    if map.contains_key(&key) {
        return refused(at, &format!("The key {key:?} stands twice in one map."));
    }
    Ok(key)
}
