//! A project as a folder of readable files, and such a folder as an archive.
//!
//! Pure: it reads and writes bytes that it is given. Who has files or a network uses it: the server for export and
//! import, the command line for folders. `docs/files.md` describes the format.
//!
//! ```text
//! promptory.yaml                     the project: format, name, environments
//! prompts/support/reply/
//!   prompt.yaml                      name, kind, description, tags, labels, what is live …
//!   1.0.0.md                         a version: front matter and text
//!   sample.ada.yaml                  saved variables
//! ```

pub mod archive;
mod body;
mod fields;
mod foreign;
mod front;
mod layout;
mod native;
mod project;
pub mod yaml;

pub use layout::{Form, Group, Layout, PROJECT_FILE, layout};
pub use native::{prompt_file, sample_file, version_file};
pub use project::{About, FORMAT, ProjectFile, Prompt, Refused, Sample, Version};

/// What a plain file without front matter is, unless its importer says otherwise.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `none` when absent.
    pub template: Option<String>,
}

/// Reads the files of one group.
///
/// A prompt of which some files cannot be read comes without them; each is named with the reason.
pub fn read(group: &Group, files: &[(String, Vec<u8>)], options: &Options) -> (Option<Prompt>, Vec<Refused>) {
    match group.form {
        Form::Native => native::read(group, files),
        form => foreign::read(form, files, options),
    }
}
