//! Executions from a file, as they are sent: pieces of lines.

use std::io::BufRead;

use serde_json::value::RawValue;

use crate::failure::Failure;

/// Of one request.
const EXECUTIONS: usize = 1_000;
/// Of one request, about; the server takes twice as much.
const BYTES: usize = 16 * 1024 * 1024;

/// A line for each.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) lines: String,
    /// Where each came from.
    pub(super) places: Vec<Place>,
}

/// The first line and the first place in a list are 1, as people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Line(usize),
    Item(usize),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(n) => write!(f, "line {n}"),
            Self::Item(n) => write!(f, "item {n}"),
        }
    }
}

impl Batch {
    fn push(&mut self, text: &str, place: Place) {
        // Line ends inside of JSON are never part of a text.
        self.lines.extend(text.chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
        self.lines.push('\n');
        self.places.push(place);
    }

    fn is_full(&self) -> bool {
        self.places.len() >= EXECUTIONS || self.lines.len() >= BYTES
    }
}

/// What is read, piece by piece, so that a file may be larger than the memory; a list is read whole.
pub(super) struct Batches<R> {
    source: R,
    name: String,
    read: usize,
    waiting: std::vec::IntoIter<(String, Place)>,
    begun: bool,
}

impl<R: BufRead> Batches<R> {
    pub(super) fn new(source: R, name: &str) -> Self {
        Self { source, name: name.to_owned(), read: 0, waiting: Vec::new().into_iter(), begun: false }
    }

    /// None: that was all.
    pub(super) fn next(&mut self) -> Result<Option<Batch>, Failure> {
        let mut batch = Batch::default();
        while !batch.is_full()
            && let Some((text, place)) = self.one()?
        {
            batch.push(&text, place);
        }
        Ok((!batch.places.is_empty()).then_some(batch))
    }

    fn one(&mut self) -> Result<Option<(String, Place)>, Failure> {
        if let Some(waiting) = self.waiting.next() {
            return Ok(Some(waiting));
        }
        let Some(line) = self.line()? else { return Ok(None) };
        let place = Place::Line(self.read);
        if std::mem::replace(&mut self.begun, true) || serde_json::from_str::<Object<'_>>(&line).is_ok() {
            return Ok(Some((line, place)));
        }
        // It is not a line for each, unless the first is damaged: then the server says so of that one.
        let mut whole = line.clone();
        let rest = self.rest()?;
        rest.iter().for_each(|(line, _)| whole.extend(["\n", line]));
        if whole.trim_start().starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(&whole)
                .map_err(|error| Failure::Usage(format!("{} is not valid JSON: {error}", self.name)))?;
            let items = items.iter().zip(1..).map(|(item, n)| (item.get().to_owned(), Place::Item(n)));
            self.waiting = items.collect::<Vec<_>>().into_iter();
        } else if serde_json::from_str::<Object<'_>>(&whole).is_ok() {
            return Ok(Some((whole, place)));
        } else {
            self.waiting = [vec![(line, place)], rest].concat().into_iter();
        }
        Ok(self.waiting.next())
    }

    fn rest(&mut self) -> Result<Vec<(String, Place)>, Failure> {
        let mut lines = Vec::new();
        while let Some(line) = self.line()? {
            lines.push((line, Place::Line(self.read)));
        }
        Ok(lines)
    }

    /// The next line that is not empty.
    fn line(&mut self) -> Result<Option<String>, Failure> {
        loop {
            let mut line = String::new();
            self.read += 1;
            let read = self.source.read_line(&mut line);
            let read = read.map_err(|error| {
                Failure::Usage(format!("{}, line {} cannot be read: {error}", self.name, self.read))
            })?;
            if read == 0 {
                return Ok(None);
            }
            let line = line.trim().trim_start_matches('\u{feff}');
            if !line.is_empty() {
                return Ok(Some(line.to_owned()));
            }
        }
    }
}

/// Whether a text is one whole JSON object.
type Object<'a> = std::collections::BTreeMap<String, &'a RawValue>;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Batch> {
        let mut batches = Batches::new(text.as_bytes(), "it");
        std::iter::from_fn(|| batches.next().expect("readable")).collect()
    }

    fn one(text: &str) -> (String, Vec<String>) {
        let mut batches = read(text);
        assert_eq!(batches.len(), 1, "{text}");
        let Batch { lines, places } = batches.remove(0);
        (lines, places.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn an_object_a_list_or_a_line_for_each() {
        let check = |text: &str, lines: &str, places: &[&str]| {
            let (found, at) = one(text);
            assert_eq!((found.as_str(), at), (lines, places.iter().map(|at| (*at).to_owned()).collect()));
        };
        check("{\"a\":1}", "{\"a\":1}\n", &["line 1"]);
        check("\n{\n \"a\": [\n1]}\n", "{ \"a\": [ 1]}\n", &["line 2"]);
        check("{\"a\":1}\r\n\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n", &["line 1", "line 3"]);
        check("[{\"a\":1},\n{\"b\":\n2}]", "{\"a\":1}\n{\"b\": 2}\n", &["item 1", "item 2"]);
        check("\u{feff}{\"a\":1}", "{\"a\":1}\n", &["line 1"]);
        // The server says what is wrong with the first.
        check("{\"a\":\n{\"b\":2}", "{\"a\":\n{\"b\":2}\n", &["line 1", "line 2"]);
        assert!(read(" \n\n").is_empty() && read("[]").is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_wrong_use() {
        for bad in [&b"[{\"a\":1}"[..], b"{}\n\xff\n"] {
            let mut batches = Batches::new(bad, "it");
            let failure = std::iter::repeat_with(|| batches.next()).find_map(Result::err).expect("refused");
            assert_eq!(failure.code(), 2, "{}", failure.words());
        }
    }

    #[test]
    fn a_thousand_at_a_time() {
        let sizes = |n: usize| read(&"{}\n".repeat(n)).iter().map(|b| b.places.len()).collect::<Vec<_>>();
        assert_eq!(sizes(1_000), [1_000]);
        assert_eq!(sizes(2_001), [1_000, 1_000, 1]);
        let long = format!("{{\"a\":\"{}\"}}\n", "x".repeat(BYTES / 2)).repeat(3);
        assert_eq!(read(&long).iter().map(|b| b.places.len()).collect::<Vec<_>>(), [2, 1]);
    }
}
