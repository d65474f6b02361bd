//! Which file means what, from the paths alone.

use std::collections::BTreeMap;

use percent_encoding::{percent_decode_str, percent_encode_byte};
use sha2::{Digest, Sha256};

pub const PROJECT_FILE: &str = "promptory.yaml";
pub const PROMPTS: &str = "prompts";
pub const PROMPT_FILE: &str = "prompt.yaml";
const VERSION_ENDING: &str = ".md";
const SAMPLE_START: &str = "sample.";
const SAMPLE_ENDING: &str = ".yaml";
/// Of one folder's name; file systems take 255.
const SEGMENT_BYTES: usize = 180;
/// What a folder may not end in, because files do.
const ENDINGS: [&str; 5] = [".md", ".yaml", ".prompt", ".prompty", ".jsonl"];

/// How the files of a group are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A folder with `prompt.yaml`.
    Native,
    /// One `.md` file.
    Markdown,
    /// One `.prompt` file.
    Dotprompt,
    /// One `.prompty` file.
    Prompty,
    /// One `.jsonl` file: a version a line.
    History,
}

/// Files that make one prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub form: Form,
    pub paths: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    pub groups: Vec<Group>,
    /// Files that are none of ours.
    pub skipped: Vec<String>,
    /// `promptory.yaml`, where there is one.
    pub project: Option<String>,
}

/// Sorts files into prompts. A folder with `promptory.yaml` holds prompts below `prompts` only, so that it may also be
/// a repository with other things; in any other folder every file of a known ending is a prompt. Hidden files are left out.
pub fn layout<'a>(paths: impl IntoIterator<Item = &'a str>) -> Layout {
    let paths: Vec<&str> = paths.into_iter().collect();
    let project = paths.iter().find(|path| **path == PROJECT_FILE).map(|path| (*path).to_owned());
    let mut found = Layout { project, ..Layout::default() };
    let folders: std::collections::BTreeSet<&str> = paths
        .iter()
        .filter_map(|path| path.strip_suffix(PROMPT_FILE))
        .filter(|f| f.is_empty() || f.ends_with('/'))
        .collect();
    let mut native: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for path in paths {
        let (folder, file) = path.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        let outside = found.project.is_some() && !path.starts_with("prompts/");
        if path == PROJECT_FILE {
            continue;
        }
        if hidden || outside {
            found.skipped.push(path.to_owned());
        } else if folders.contains(folder) && is_native(file) {
            native.entry(folder).or_default().push(path.to_owned());
        } else if let Some(form) = foreign(file) {
            found.groups.push(Group { form, paths: vec![path.to_owned()] });
        } else {
            found.skipped.push(path.to_owned());
        }
    }
    let native = native.into_values().map(|paths| Group { form: Form::Native, paths });
    found.groups.splice(0..0, native);
    found.groups.sort_by(|a, b| a.paths.cmp(&b.paths));
    found
}

fn is_native(file: &str) -> bool {
    file == PROMPT_FILE || file.ends_with(VERSION_ENDING) || sample_name(file).is_some()
}

fn foreign(file: &str) -> Option<Form> {
    let (stem, ending) = file.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    match ending {
        "md" => Some(Form::Markdown),
        "prompt" => Some(Form::Dotprompt),
        "prompty" => Some(Form::Prompty),
        "jsonl" => Some(Form::History),
        _ => None,
    }
}

/// `sample.ada.yaml` is the sample `ada`.
pub(crate) fn sample_name(file: &str) -> Option<&str> {
    file.strip_prefix(SAMPLE_START)?.strip_suffix(SAMPLE_ENDING)
}

pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a prompt, from the top of the project.
pub(crate) fn folder(name: &str) -> String {
    let segments: Vec<String> = name.split('/').map(segment).collect();
    format!("{PROMPTS}/{}", segments.join("/"))
}

/// The name that the folder of a prompt, or the path of a plain file without its ending, means.
pub(crate) fn name(path: &str) -> String {
    let path = path.strip_prefix("prompts/").unwrap_or(path);
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

pub(crate) fn version_path(name: &str, number: &str) -> String {
    format!("{}/{number}{VERSION_ENDING}", folder(name))
}

pub(crate) fn sample_path(name: &str, sample: &str) -> String {
    format!("{}/{SAMPLE_START}{sample}{SAMPLE_ENDING}", folder(name))
}

pub(crate) fn prompt_path(name: &str) -> String {
    format!("{}/{PROMPT_FILE}", folder(name))
}

/// The number that the name of a version's file says, if it is one.
pub(crate) fn number_of(path: &str) -> Option<&str> {
    let stem = file_name(path).strip_suffix(VERSION_ENDING)?;
    semver::Version::parse(stem).is_ok().then_some(stem)
}

/// A part of a prompt's name as the name of a folder that every usual file system takes, and that is never one of the
/// files beside it. `prompt.yaml` has the name as it is.
fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.len() - text.chars().next_back().map_or(0, char::len_utf8);
    let dot_of_ending =
        ENDINGS.iter().find(|ending| text.to_lowercase().ends_with(**ending)).map(|e| text.len() - e.len());
    let reserved = is_reserved(text);
    for (i, c) in text.char_indices() {
        let forbidden = matches!(c, '%' | '<' | '>' | '"' | '\\' | '?' | '*' | '~');
        let at_the_ends = (i == 0 || i == last) && matches!(c, '.' | ' ');
        if c.is_ascii() && (forbidden || at_the_ends || dot_of_ending == Some(i) || (reserved && i == 0)) {
            out.push_str(percent_encode_byte(c as u8));
        } else {
            out.push(c);
        }
    }
    if out.len() <= SEGMENT_BYTES {
        return out;
    }
    let mut cut = SEGMENT_BYTES - 20;
    while !out.is_char_boundary(cut) {
        cut -= 1;
    }
    let digest = Sha256::digest(text);
    let mark: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}~{mark}", &out[..cut])
}

/// Names of devices, which one file system keeps for itself.
fn is_reserved(text: &str) -> bool {
    let stem = text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |word: &str| {
        stem.strip_prefix(word)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| (b'1'..=b'9').contains(&b)))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests;
