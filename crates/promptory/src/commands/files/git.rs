//! What Git knows of a folder. Without Git, or outside of a repository, it knows nothing.

use std::{collections::HashSet, path::Path, process::Command};

/// Files whose content is in the history or the index as it is: to overwrite them loses nothing.
pub(crate) struct Kept {
    tracked: HashSet<String>,
}

impl Kept {
    pub(crate) fn of(folder: &Path) -> Self {
        let list = |args: &[&str]| -> Option<HashSet<String>> {
            let output = Command::new("git").arg("-C").arg(folder).args(args).output().ok()?;
            let text = output.status.success().then(|| String::from_utf8(output.stdout).ok())??;
            Some(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
        };
        // Relative to the folder, both of them.
        let tracked = list(&["ls-files", "-z", "--", "."]).unwrap_or_default();
        let changed = list(&["ls-files", "-z", "--modified", "--deleted", "--others", "--", "."]);
        let tracked = match changed {
            Some(changed) => tracked.difference(&changed).cloned().collect(),
            None => HashSet::new(),
        };
        Self { tracked }
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.tracked.contains(path)
    }
}
