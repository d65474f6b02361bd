//! The filter `tojson`: JSON as it is. The engine's own writes `<` as `\u003c`, for web pages; a model would see it.

use std::io;

use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

const INDENT_MAX: usize = 16;

/// `{"a": 1, "b": [1, 2]}` on one line; with `indent` (a number of spaces, or true for 2) on several.
pub(super) fn tojson(value: &Value, indent: Option<Value>, named: Kwargs) -> Result<Value, Error> {
    let indent = match indent {
        Some(indent) => Some(indent),
        None => named.get::<Option<Value>>("indent")?,
    };
    named.assert_all_used()?;
    let width = match indent {
        None => None,
        Some(indent) if indent.is_none() => None,
        Some(indent) => match bool::try_from(indent.clone()) {
            Ok(yes) => yes.then_some(2),
            Err(_) => Some(usize::try_from(indent)?),
        },
    };
    let failed = |error: serde_json::Error| {
        Error::new(ErrorKind::BadSerialization, "the value cannot be written as JSON").with_source(error)
    };
    let mut out = Vec::new();
    match width {
        None => value.serialize(&mut Serializer::with_formatter(&mut out, Spaced)).map_err(failed)?,
        Some(width) if width <= INDENT_MAX => {
            let spaces = " ".repeat(width);
            let formatter = PrettyFormatter::with_indent(spaces.as_bytes());
            value.serialize(&mut Serializer::with_formatter(&mut out, formatter)).map_err(failed)?;
        }
        Some(_) => return Err(Error::new(ErrorKind::InvalidOperation, "the indent is at most 16")),
    }
    String::from_utf8(out).map(Value::from).map_err(|_| Error::from(ErrorKind::BadSerialization))
}

/// One line with a space after `,` and `:`, as Python and so Jinja write it.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
