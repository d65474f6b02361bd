//! `cargo xtask tidy`: the rules of `docs/style.md` that the compiler and clippy cannot hold.

mod calls;
mod cover;
mod exceptions;
mod lengths;
mod links;
mod source;
mod sql;
mod walls;
mod web;
mod words;

use crate::{console, workspace};
use anyhow::{Context, Result, bail};
use source::Source;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// One broken rule, printed as `path:line: what; why / what to do`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    text: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.text)
    }
}

fn violation(path: &str, line: usize, text: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), line, text: text.into() }
}

pub(crate) fn command() -> Result<ExitCode> {
    run(&workspace::root()?)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn run(root: &Path) -> Result<()> {
    let files = workspace::files(root)?;
    let mut texts = Vec::new();
    for path in &files {
        let bytes = std::fs::read(root.join(path)).with_context(|| format!("cannot read {path}"))?;
        // What is not UTF-8 is a picture or the like, and no rule speaks of it.
        if let Ok(text) = String::from_utf8(bytes) {
            texts.push((path.clone(), text));
        }
    }
    let mut found = check(&texts, |path| root.join(path).exists());
    found.extend(walls::manifests(&workspace::metadata(root)?, root));
    for violation in &found {
        console::say(&violation.to_string());
    }
    if !found.is_empty() {
        bail!("{} rules broken; docs/style.md explains each", found.len());
    }
    console::say(&format!("{} files are tidy", texts.len()));
    Ok(())
}

/// All rules that need nothing but the texts; `exists` is asked for the targets of links.
fn check(texts: &[(String, String)], exists: impl Fn(&str) -> bool) -> BTreeSet<Violation> {
    let mut found = BTreeSet::new();
    let mut sources = Vec::new();
    for (path, text) in texts {
        found.extend(words::check(path, text));
        found.extend(web::check(path, text));
        if path.ends_with(".md") {
            found.extend(links::check(path, text, &exists));
        }
        if path.ends_with(".rs") {
            match Source::parse(path, text) {
                Ok(source) => sources.push(source),
                Err(error) => {
                    found.insert(violation(path, 1, format!("does not parse as Rust: {error}")));
                }
            }
        }
    }
    source::mark_test_files(&mut sources);
    let list = texts.iter().find(|(path, _)| path == exceptions::PATH).map_or("", |(_, text)| text);
    let mut exceptions = exceptions::Exceptions::parse(list);
    for source in &sources {
        found.extend(lengths::check(source, &mut exceptions));
        found.extend(calls::check(source, &mut exceptions));
        found.extend(sql::check(source, &mut exceptions));
        found.extend(walls::http(source));
    }
    found.extend(cover::check(&sources));
    found.extend(exceptions.complaints());
    found
}

#[cfg(test)]
pub(crate) fn check_text(path: &str, text: &str) -> Vec<String> {
    let found = check(&[(path.to_owned(), text.to_owned())], |_| true);
    found.iter().map(Violation::to_string).collect()
}
