//! Standard output: tables for people, JSON for programs, bytes for pipes.

use std::io::{self, IsTerminal, Write};

use comfy_table::{ContentArrangement, Table, presets};

use crate::failure::Failure;
use crate::text::printable;

/// Of a terminal that does not say how wide it is.
const WIDTH: u16 = 80;

pub(crate) struct Output {
    json: bool,
    terminal: bool,
    /// None: no limit, nothing is wrapped.
    width: Option<u16>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|n| *n >= 20);
        Self { json, terminal, width: terminal.then(|| columns.unwrap_or(WIDTH)) }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The server's JSON: as it is, or indented for a person.
    pub(crate) fn json(&self, body: &str) -> Result<(), Failure> {
        if self.terminal
            && let Ok(value) = serde_json::from_str::<serde_json::Value>(body)
            && let Ok(pretty) = serde_json::to_string_pretty(&value)
        {
            return self.block(&pretty);
        }
        self.bytes(format!("{}\n", body.trim_end()).as_bytes())
    }

    /// Text for people, with a line's end. Control characters do nothing to the terminal.
    pub(crate) fn block(&self, text: &str) -> Result<(), Failure> {
        self.bytes(format!("{}\n", printable(text.trim_end_matches('\n'))).as_bytes())
    }

    /// A prompt: byte for byte into a pipe; readable and with a line's end on a terminal.
    pub(crate) fn prompt_text(&self, text: &str) -> Result<(), Failure> {
        if self.terminal { self.block(text) } else { self.bytes(text.as_bytes()) }
    }

    /// Exactly these bytes.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        stdout.flush()?;
        Ok(())
    }

    /// On stderr, beside what goes to a pipe.
    pub(crate) fn aside(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{}", printable(text));
    }

    pub(crate) fn table(&self, header: &[&str], rows: Vec<Vec<String>>) -> String {
        table(header, rows, self.width)
    }
}

/// Columns two spaces apart, without lines. Cells are wrapped only where a width is given.
fn table(header: &[&str], rows: Vec<Vec<String>>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header.to_vec());
    match width {
        Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    for row in rows {
        table.add_row(row.iter().map(|cell| one_line(cell)).collect::<Vec<_>>());
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.trim_fmt()
}

fn one_line(cell: &str) -> String {
    printable(&cell.replace(['\n', '\r', '\t'], " ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Vec<String>> {
        vec![vec!["a/b".into(), "1.0.0".into()], vec!["long/name".into(), "two\nlines".into()]]
    }

    #[test]
    fn columns_line_up_without_borders_or_spaces_at_the_end() {
        assert_eq!(
            table(&["PROMPT", "LATEST"], rows(), None),
            "PROMPT     LATEST\na/b        1.0.0\nlong/name  two lines"
        );
    }

    #[test]
    fn long_cells_are_wrapped_within_the_width() {
        let note = "word ".repeat(60);
        let text = table(&["VERSION", "NOTE"], vec![vec!["1.0.0".into(), note]], Some(80));
        assert!(text.lines().count() > 3, "{text}");
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }

    #[test]
    fn a_pipe_gets_one_line_per_row() {
        let note = "word ".repeat(60);
        let text = table(&["VERSION", "NOTE"], vec![vec!["1.0.0".into(), note]], None);
        assert_eq!(text.lines().count(), 2);
    }
}
