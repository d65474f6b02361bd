//! What every client command has: the server to ask and the place to print.

use serde::de::DeserializeOwned;

use crate::cli::Connection;
use crate::client::{Answer, Client};
use crate::failure::Failure;
use crate::output::Output;

pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) out: Output,
}

impl Context {
    pub(crate) fn new(connection: &Connection) -> Result<Self, Failure> {
        Ok(Self { client: Client::new(connection)?, out: Output::new(connection.json) })
    }

    /// Prints the answer as JSON where that was asked for, else what `human` makes of it.
    pub(crate) fn show<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        human: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.out.is_json() {
            self.out.json(&answer.body)
        } else {
            self.out.block(&human(&answer.parse()?))
        }
    }

    /// After a change that the server answers without a body: words for people, nothing where JSON was asked for.
    pub(crate) fn say(&self, text: &str) -> Result<(), Failure> {
        if self.out.is_json() { Ok(()) } else { self.out.block(text) }
    }

    /// As `show` for a list: rows under a header, or what to do when there is nothing.
    pub(crate) fn show_list<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        header: &[&str],
        empty: &str,
        row: impl Fn(&T) -> Vec<String>,
    ) -> Result<(), Failure> {
        self.show(answer, |page: &promptory_api::page::Page<T>| {
            if page.items.is_empty() {
                return empty.to_owned();
            }
            let mut text = self.out.table(header, page.items.iter().map(row).collect());
            if page.next_cursor.is_some() {
                more(&mut text, page.items.len(), page.total);
            }
            text
        })
    }
}

/// Says below a list that it was cut.
pub(crate) fn more(text: &mut String, shown: usize, total: Option<i64>) {
    let count = match total {
        Some(total) => format!("{shown} of {total} shown"),
        None => format!("{shown} shown, there are more"),
    };
    text.truncate(text.trim_end().len());
    text.push_str(&format!("\n\n{count}; leave out --limit for all."));
}
