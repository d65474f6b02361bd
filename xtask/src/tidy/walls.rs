//! What a crate or a room may know. `ARCHITECTURE.md` states the walls; manifests and this file hold them.

use super::source::{Kind, Source};
use super::{Violation, violation};
use serde_json::Value;
use std::path::Path;

const CORE_FORBIDDEN: [&str; 9] =
    ["tokio", "sqlx", "reqwest", "axum", "hyper", "uuid", "rand", "getrandom", "promptory-api"];
/// What an application would carry along without using it.
const SDK_FORBIDDEN: [&str; 6] =
    ["promptory-server", "promptory-store", "promptory", "axum", "hyper", "clap"];
const HTTP: &str = "crates/promptory-server/src/http";

/// Takes the answer of `cargo metadata`.
pub(crate) fn manifests(metadata: &Value, root: &Path) -> Vec<Violation> {
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let path = manifest.strip_prefix(root).unwrap_or(manifest).display().to_string();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            // The tests of the server break its database from outside; their SQL is excepted file by file.
            let tests_only = dependency["kind"] == "dev";
            let dependency = dependency["name"].as_str().unwrap_or_default();
            // The client is tested against the real server.
            let for_tests = [("promptory-server", "sqlx"), ("promptory-sdk", "promptory-server")];
            if tests_only && for_tests.contains(&(name, dependency)) {
                continue;
            }
            found.extend(
                forbidden(name, dependency)
                    .map(|why| violation(&path, 1, format!("{name} depends on {dependency}; {why}"))),
            );
        }
    }
    found
}

fn forbidden(package: &str, dependency: &str) -> Option<&'static str> {
    if package == "promptory-core" && CORE_FORBIDDEN.contains(&dependency) {
        return Some("core is pure: no I/O, clock or randomness, no wire types; hand values in");
    }
    if package == "promptory-api" && dependency == "promptory-core" {
        return Some("wire types and domain do not know each other; convert in the server");
    }
    if package == "promptory-sdk" && SDK_FORBIDDEN.contains(&dependency) {
        return Some(
            "the client is part of other people's programs: wire types, domain, HTTP, and no server",
        );
    }
    if matches!(package, "promptory-server" | "promptory-store" | "promptory")
        && dependency == "promptory-sdk"
    {
        return Some("the client is for applications; the server and its program do without it");
    }
    if package != "promptory-store" && dependency == "sqlx" {
        return Some("only the store speaks to a database; call a function of it");
    }
    None
}

/// A handler parses, calls one use case and renders.
pub(crate) fn http(source: &Source) -> Vec<Violation> {
    let path = source.path.as_str();
    let inside = path.strip_prefix(HTTP).is_some_and(|rest| rest.starts_with('/') || rest == ".rs");
    let mut found = Vec::new();
    for token in source.tokens.iter().filter(|token| inside && !source.is_test(token.line)) {
        let Kind::Path { segments, .. } = &token.kind else { continue };
        let store = segments[0] == "promptory_store";
        if store || segments.iter().any(|segment| segment == "sqlx") {
            let text = format!(
                "`{}` in a handler; call a use case of src/app, which calls the store",
                segments.join("::")
            );
            found.push(violation(path, token.line, text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_text;

    #[test]
    fn manifests_hold_the_walls() {
        let metadata = serde_json::json!({"packages": [
            {"name": "promptory-core", "manifest_path": "/r/crates/promptory-core/Cargo.toml",
             "dependencies": [{"name": "regex"}, {"name": "tokio", "kind": "dev"}, {"name": "promptory-api"}]},
            {"name": "promptory-api", "manifest_path": "/r/a/Cargo.toml", "dependencies": [{"name": "promptory-core"}]},
            {"name": "promptory-store", "manifest_path": "/r/s/Cargo.toml",
             "dependencies": [{"name": "sqlx"}, {"name": "promptory-core"}]},
            {"name": "promptory-server", "manifest_path": "/r/v/Cargo.toml", "dependencies": [{"name": "sqlx"}, {"name": "sqlx", "kind": "dev"}]},
            {"name": "promptory-sdk", "manifest_path": "/r/k/Cargo.toml",
             "dependencies": [{"name": "tokio"}, {"name": "promptory-store"}, {"name": "promptory-server", "kind": "dev"}]},
        ]});
        let found: Vec<String> =
            manifests(&metadata, Path::new("/r")).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 5, "{found:#?}");
        assert!(
            found[0]
                .starts_with("crates/promptory-core/Cargo.toml:1: promptory-core depends on tokio; core is")
        );
    }

    #[test]
    fn handlers_do_not_reach_past_the_use_cases() {
        let bad = "use promptory_store::prompt;";
        assert_eq!(check_text("crates/promptory-server/src/http/v1/prompt/get.rs", bad).len(), 1);
        assert_eq!(check_text("crates/promptory-server/src/http.rs", "fn f() -> sqlx::Error {}").len(), 1);
        assert_eq!(check_text("crates/promptory-server/src/app/prompt.rs", bad).len(), 0);
        let test = "#[cfg(test)] mod tests { use promptory_store::testing; }";
        assert_eq!(check_text("crates/promptory-server/src/http/a.rs", test).len(), 0);
    }
}
