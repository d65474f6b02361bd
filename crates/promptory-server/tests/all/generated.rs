//! Generated files are committed, made again here, and compared. `UPDATE_GOLDEN=1` writes them.

use std::{fmt::Write, path::Path};

use promptory_server::{http::router, refusal::Code};

/// A path in the repository, and what the file must hold.
#[track_caller]
pub(crate) fn golden(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(&file, text).expect("the file is written");
        return;
    }
    let held = std::fs::read_to_string(&file).unwrap_or_default();
    if held == text {
        return;
    }
    let differs = held.lines().zip(text.lines()).position(|(held, made)| held != made);
    let line = differs.unwrap_or_else(|| held.lines().count().min(text.lines().count()));
    panic!(
        "{path} is stale from line {}:\n  there: {}\n  made:  {}\nWrite it anew: UPDATE_GOLDEN=1 cargo test --workspace \
         --test all, look at the difference, commit it.",
        line + 1,
        held.lines().nth(line).unwrap_or("(the end)"),
        text.lines().nth(line).unwrap_or("(the end)"),
    );
}

#[test]
fn the_api_document_is_the_committed_one() {
    let document = router::document().to_pretty_json().expect("the document is JSON");
    golden("openapi.json", &format!("{}\n", document.trim_end()));
}

#[test]
fn every_code_of_a_problem_is_explained() {
    let mut page = String::from(
        "# Errors\n\nEvery error is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`,\n\
         `detail`, a stable `code`, and the `request_id` that the log has; `errors` lists every problem that was found, each\n\
         with a JSON pointer to its place. A server shows this page at `/api/docs/errors`.\n\n\
         This table is written by a test from `refusal.rs`: `UPDATE_GOLDEN=1 cargo test --workspace --test all`.\n\n\
         | code | status | title | what it means, what to do |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let explanation = code.explanation().trim();
        assert!(explanation.len() > 20 && explanation.ends_with('.'), "{code:?} is not explained");
        let (text, status, title) = (code.as_str(), code.status().as_u16(), code.title());
        writeln!(page, "| `{text}` | {status} | {title} | {explanation} |").expect("text");
    }
    golden("docs/errors.md", &page);
}

#[test]
fn codes_are_stable_words() {
    let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    for word in &words {
        assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{word}");
    }
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Code::ALL.len());
}
