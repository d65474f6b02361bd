//! Relative links in Markdown lead somewhere.

use super::{Violation, violation};

pub(crate) fn check(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        for target in targets(&without_code(line)) {
            let file = target.split(['#', '?']).next().unwrap_or_default();
            let elsewhere = file.is_empty() || file.contains(':') || file.starts_with('/');
            if !elsewhere && !resolve(path, file).is_some_and(|file| exists(&file)) {
                found.push(violation(path, index + 1, format!("link to `{target}`; there is no such file")));
            }
        }
    }
    found
}

/// The odd pieces between backticks are code.
fn without_code(line: &str) -> String {
    line.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// Of `[text](target "title")` and of `[name]: target`.
fn targets(line: &str) -> Vec<String> {
    let mut found: Vec<String> = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .map(|target| target.trim_matches(['<', '>']).to_owned())
        .collect();
    if let Some((_, target)) = line.strip_prefix('[').and_then(|rest| rest.split_once("]: ")) {
        found.extend(target.split(' ').next().map(str::to_owned));
    }
    found
}

/// `None` when the link leaves the repository.
fn resolve(path: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check("docs/a.md", text, |path| ["docs/b.md", "README.md", "docs/decisions"].contains(&path)).len()
    }

    #[test]
    fn relative_links_lead_to_files() {
        for good in [
            "[b](b.md) and [top](../README.md#install) ![x](./b.md \"title\")",
            "[web](https://example.com/x.md) [here](#part) [mail](mailto:a@example.com)",
            "[folder](decisions/)",
            "[b]: b.md",
            "`[code](nowhere.md)`",
            "```\n[code](nowhere.md)\n```",
        ] {
            assert_eq!(found(good), 0, "{good}");
        }
        for bad in
            ["[x](nowhere.md)", "[x](../../README.md)", "[x]: nowhere.md", "```\n```\n[x](nowhere.md#a)"]
        {
            assert_eq!(found(bad), 1, "{bad}");
        }
    }
}
