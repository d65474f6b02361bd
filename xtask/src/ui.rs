//! The web UI: what it is made of, when it is built anew, and its own checks.

use crate::steps::Counts;
use crate::{console, workspace};
use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// As `engines` in `ui/package.json` says.
const NODE: (u32, u32) = (20, 19);
/// What is made, and what only tests read.
const NOT_BUILT_FROM: [&str; 6] =
    ["node_modules", "dist", "test-results", "shots", "e2e", "src/lib/api/schema.d.ts"];

/// For a server that is about to be built: it does without, and says so.
pub(crate) fn try_build(root: &Path) {
    if let Err(error) = build(root) {
        let kept = match root.join("ui/dist/index.html").is_file() {
            true => "with the web UI as it was built before",
            false => "without the web UI",
        };
        console::complain(&format!("xtask: {error:#}\nxtask: the server starts {kept}"));
    }
}

/// Into `ui/dist`, unless nothing changed since.
pub(crate) fn build(root: &Path) -> Result<()> {
    node()?;
    install(root)?;
    let folder = root.join("ui");
    let mut from = vec![root.join("openapi.json")];
    sources(&folder, &folder, &mut from)?;
    once(root, "built", &folder.join("dist/index.html"), &from, || npm(root, &["run", "-s", "build"]))
}

/// What a machine checks of the UI by itself.
pub(crate) fn check(root: &Path, counts: &mut Counts) -> Result<()> {
    build(root)?;
    npm(root, &["run", "-s", "check"])?;
    npm(root, &["run", "-s", "lint"])?;
    let report = workspace::target_dir(root)?.join("ui/vitest.json");
    let output = format!("--outputFile={}", report.display());
    let ran = npm(root, &["test", "--", "--reporter=default", "--reporter=json", &output]);
    let found = counted(&report, vitest)?;
    counts.add(found);
    ran?;
    found.must_have_run()
}

/// The real program, in the system's browser.
pub(crate) fn browse(root: &Path, chromium: &Path, postgres: &str, counts: &mut Counts) -> Result<()> {
    build(root)?;
    // As the tests build it: another choice of packages is another union of features, and rebuilds the world.
    let built = workspace::cargo(root).args(["test", "--workspace", "--no-run", "--quiet"]).status()?;
    ensure!(built.success(), "the program does not build");
    let target = workspace::target_dir(root)?;
    let report = target.join("ui/playwright.json");
    let ran = run(Command::new("npm")
        .args(["run", "-s", "e2e", "--", "--reporter=list,json"])
        .current_dir(root.join("ui"))
        .env("PLAYWRIGHT_JSON_OUTPUT_FILE", &report)
        .env("PROMPTORY_TEST_CHROMIUM", chromium)
        .env("PROMPTORY_TEST_POSTGRES", postgres)
        .env("PROMPTORY_TEST_PROGRAM", target.join("debug/promptory")));
    let found = counted(&report, playwright)?;
    counts.add(found);
    ran?;
    found.must_have_run()
}

/// The packages that the lock file pins.
fn install(root: &Path) -> Result<()> {
    let folder = root.join("ui");
    let pinned = [folder.join("package.json"), folder.join("package-lock.json")];
    once(root, "installed", &folder.join("node_modules"), &pinned, || {
        npm(root, &["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"])
    })
}

fn npm(root: &Path, args: &[&str]) -> Result<()> {
    run(Command::new("npm").args(args).current_dir(root.join("ui")))
        .with_context(|| format!("npm {} in ui/", args.join(" ")))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {name}"))?;
    ensure!(status.success(), "{name} failed with {status}");
    Ok(())
}

fn node() -> Result<()> {
    let said = Command::new("node").arg("--version").output().ok();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let (major, minor) = NODE;
    let help =
        format!("the web UI needs Node {major}.{minor} or newer with npm: https://nodejs.org/en/download");
    match said {
        Some(version) if version_of(&version).is_some_and(|version| version >= NODE) => {}
        Some(version) if !version.is_empty() => bail!("Node {version} is too old; {help}"),
        _ => bail!("Node is missing; {help}"),
    }
    ensure!(Command::new("npm").arg("--version").output().is_ok(), "npm is missing; {help}");
    Ok(())
}

/// Of `v20.19.1`.
fn version_of(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// Unless `made` is there and came from the very same files. The note of that is in the target folder.
fn once(
    root: &Path,
    what: &str,
    made: &Path,
    from: &[PathBuf],
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let notes = workspace::target_dir(root)?.join("ui");
    let (note, wanted) = (notes.join(what), digest(from)?);
    if made.exists() && std::fs::read_to_string(&note).is_ok_and(|held| held == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(&notes)?;
    // What fails halfway is not taken for made.
    std::fs::write(&note, "")?;
    make()?;
    std::fs::write(&note, wanted)?;
    Ok(())
}

fn digest(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file that the build may read, in an order of its own.
fn sources(ui: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    entries.sort();
    for path in entries {
        let name = path.strip_prefix(ui)?;
        if NOT_BUILT_FROM.iter().any(|other| name == Path::new(other)) {
            continue;
        }
        match path.is_dir() {
            true => sources(ui, &path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}

/// The report is taken away: it speaks of one run.
fn counted(report: &Path, read: fn(&Value) -> Option<Counts>) -> Result<Counts> {
    let text = std::fs::read(report).context("the tests did not end with a report")?;
    std::fs::remove_file(report)?;
    let report: Value = serde_json::from_slice(&text).context("the report of the tests is no JSON")?;
    read(&report).context("the report of the tests has no counts")
}

fn vitest(report: &Value) -> Option<Counts> {
    let count = |name: &str| report[name].as_u64();
    Some(Counts {
        passed: count("numPassedTests")?,
        failed: count("numFailedTests")?,
        ignored: count("numPendingTests")? + count("numTodoTests")?,
    })
}

/// One that passed only when it was tried again is not right: it is counted as failed.
fn playwright(report: &Value) -> Option<Counts> {
    let count = |name: &str| report["stats"][name].as_u64();
    let broken = report["errors"].as_array()?.len() as u64;
    Some(Counts {
        passed: count("expected")?,
        failed: count("unexpected")? + count("flaky")? + broken,
        ignored: count("skipped")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        for (version, enough) in [
            ("v20.19.0", true),
            ("v20.9.9", false),
            ("v18.19.1", false),
            ("v100.0.0", true),
            ("v24.1.0", true),
        ] {
            assert_eq!(version_of(version).unwrap() >= NODE, enough, "{version}");
        }
        assert_eq!(version_of("20.19.0"), None);
        assert_eq!(version_of("v20"), None);
    }

    #[test]
    fn the_build_is_read_from_sources_and_not_from_what_it_makes() {
        let place = std::env::temp_dir().join(format!("promptory-xtask-ui-{}", std::process::id()));
        let ui = place.join("ui");
        for folder in ["src/lib/api", "dist", "node_modules/x", "e2e"] {
            std::fs::create_dir_all(ui.join(folder)).unwrap();
        }
        let files = [
            "src/a.ts",
            "src/lib/api/schema.d.ts",
            "dist/index.html",
            "node_modules/x/y",
            "e2e/z.ts",
            "b.js",
        ];
        for file in files {
            std::fs::write(ui.join(file), "one").unwrap();
        }
        let read = || {
            let mut found = Vec::new();
            sources(&ui, &ui, &mut found).unwrap();
            found
        };
        assert_eq!(read(), [ui.join("b.js"), ui.join("src/a.ts")]);
        let before = digest(&read()).unwrap();
        std::fs::write(ui.join("dist/index.html"), "two").unwrap();
        assert_eq!(digest(&read()).unwrap(), before);
        std::fs::rename(ui.join("src/a.ts"), ui.join("src/c.ts")).unwrap();
        let renamed = digest(&read()).unwrap();
        assert_ne!(renamed, before);
        std::fs::write(ui.join("src/c.ts"), "two").unwrap();
        assert_ne!(digest(&read()).unwrap(), renamed);
        std::fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn both_reports_are_counted_and_nothing_is_passed_over() {
        let report =
            json!({"numPassedTests": 9, "numFailedTests": 1, "numPendingTests": 1, "numTodoTests": 1});
        assert_eq!(vitest(&report), Some(Counts { passed: 9, failed: 1, ignored: 2 }));
        let stats = json!({"expected": 5, "unexpected": 1, "flaky": 1, "skipped": 2});
        let report = json!({"errors": [{"message": "no server"}], "stats": stats});
        assert_eq!(playwright(&report), Some(Counts { passed: 5, failed: 3, ignored: 2 }));
        assert_eq!(playwright(&json!({})), None);
        assert_eq!(vitest(&json!({})), None);
    }
}
