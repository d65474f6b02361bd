//! Server-sent events, out of the bytes of an answer: for clients of the event stream.

use std::collections::VecDeque;

/// Far beyond an event of the server; another program's endless line must not fill the memory.
const EVENT_BYTES: usize = 1 << 20;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    pub name: String,
    pub data: String,
    /// Of a change, `<epoch>:<revision>`; only the last of a revision has one.
    pub id: Option<String>,
}

/// An event or a line without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endless;

/// Takes pieces that end anywhere, gives whole events.
#[derive(Debug, Default)]
pub struct Parser {
    rest: Vec<u8>,
    event: Event,
    ready: VecDeque<Event>,
}

impl Parser {
    /// # Errors
    /// This is no stream of events.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Endless> {
        let mut from = self.rest.len();
        self.rest.extend_from_slice(piece);
        let mut begin = 0;
        while let Some(length) =
            self.rest.get(from..).and_then(|bytes| bytes.iter().position(|b| *b == b'\n'))
        {
            let line = String::from_utf8_lossy(&self.rest[begin..from + length]).into_owned();
            self.line(line.trim_end_matches('\r'));
            begin = from + length + 1;
            from = begin;
        }
        self.rest.drain(..begin);
        if self.rest.len() + self.event.data.len() > EVENT_BYTES {
            return Err(Endless);
        }
        Ok(())
    }

    /// The next whole event.
    pub fn take(&mut self) -> Option<Event> {
        self.ready.pop_front()
    }

    fn line(&mut self, line: &str) {
        if line.is_empty() {
            let mut event = std::mem::take(&mut self.event);
            // Without data it is no event; so keep-alives end here.
            if event.data.pop().is_some() {
                self.ready.push_back(event);
            }
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.event.name),
            "data" => {
                self.event.data.push_str(value);
                self.event.data.push('\n');
            }
            "id" => self.event.id = Some(value.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "event: hello\ndata: {\"a\":\"\u{1f44b}\"}\nid: x:1\n\n:\n\n\
                          event:change\r\ndata: 1\r\ndata:2\r\n\r\nevent: nothing\n\ndata: cut";

    fn event(name: &str, data: &str, id: Option<&str>) -> Event {
        Event { name: name.to_owned(), data: data.to_owned(), id: id.map(str::to_owned) }
    }

    #[test]
    fn events_are_whole_wherever_pieces_end() {
        for size in 1..STREAM.len() {
            let mut parser = Parser::default();
            for piece in STREAM.as_bytes().chunks(size) {
                parser.push(piece).expect("taken");
            }
            assert_eq!(parser.take(), Some(event("hello", "{\"a\":\"\u{1f44b}\"}", Some("x:1"))), "{size}");
            assert_eq!(parser.take(), Some(event("change", "1\n2", None)), "{size}");
            assert_eq!(parser.take(), None, "{size}");
        }
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut parser = Parser::default();
        let piece = vec![b'x'; EVENT_BYTES / 2];
        assert!((0..3).any(|_| parser.push(&piece).is_err()));
    }
}
