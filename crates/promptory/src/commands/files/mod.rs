//! Projects as folders of files: `export`, `import`, `pull`, `push`, `diff`, `check`.

pub(crate) mod check;
pub(crate) mod diff;
pub(crate) mod export;
mod folder;
mod git;
pub(crate) mod import;
pub(crate) mod pull;
pub(crate) mod push;
mod transfer;
