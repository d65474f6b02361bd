//! One thing that is wrong with what a caller sent, said so that it can be found and mended.

/// A problem in a request. Checks collect all of them before they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Stable, for programs: `required`, `template_syntax`, `secret` …
    pub code: &'static str,
    /// RFC 6901, into the body that was sent: `/content/2/content`, `/variables/0/schema`.
    pub pointer: String,
    /// For people: what is wrong and what to do about it.
    pub detail: String,
    /// Line in the text that `pointer` names, from 1.
    pub line: Option<u32>,
    /// Column in characters, from 1.
    pub column: Option<u32>,
}

impl Violation {
    pub fn new(code: &'static str, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code, pointer: pointer.into(), detail: detail.into(), line: None, column: None }
    }

    /// The same, at a place in a text.
    pub fn at(mut self, line: u32, column: u32) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }
}

/// Escapes one reference token of a JSON pointer.
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Line and column (from 1, column in characters) of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset.min(text.len())).unwrap_or(text);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// Places in one text, asked for mostly in order: each is found from the one before, so that many take one walk.
pub(crate) struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, offset: 0, line: 1, column: 1 }
    }

    /// The same as [`position`].
    pub(crate) fn position(&mut self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        let Some(between) = self.text.get(self.offset..offset) else { return position(self.text, offset) };
        for c in between.chars() {
            if c == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = offset;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let check = |text: &str, offset: usize, expected: (u32, u32)| {
            assert_eq!(position(text, offset), expected, "{text:?} at {offset}");
            assert_eq!(Cursor::new(text).position(offset), expected, "{text:?} at {offset}");
        };
        check("", 0, (1, 1));
        check("abc", 2, (1, 3));
        check("é\nüx", 5, (2, 2));
        check("a\n", 2, (2, 1));
        check("a", 99, (1, 2));
    }

    #[test]
    fn a_cursor_goes_back_too() {
        let text = "é\nüx\n\nabc";
        let mut cursor = Cursor::new(text);
        for offset in [0, 2, 3, 6, 8, 10, 3, 11, 0] {
            assert_eq!(cursor.position(offset), position(text, offset), "{offset}");
        }
    }

    #[test]
    fn tokens_are_escaped() {
        assert_eq!(pointer_token("a/b~c"), "a~1b~0c");
    }
}
