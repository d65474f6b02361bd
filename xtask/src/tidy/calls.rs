//! Calls and macros that are at home in one room only, or nowhere.

use super::exceptions::{CLOCK, Exceptions, PATH};
use super::source::{Kind, Source, Token};
use super::{Violation, violation};
use proc_macro2::Delimiter;

/// Rooms where time, ids and randomness are handed in.
const PURE: [&str; 5] = [
    "crates/promptory-core/",
    "crates/promptory-api/",
    "crates/promptory-store/",
    "crates/promptory-server/",
    "crates/promptory-sdk/",
];
/// The doors through which they come in.
const DOORS: [&str; 3] = [
    "crates/promptory-server/src/clock.rs",
    "crates/promptory-server/src/ids.rs",
    "crates/promptory-sdk/src/clock.rs",
];
const IMPURE: [&[&str]; 6] = [
    &["SystemTime", "now"],
    &["Instant", "now"],
    &["Timestamp", "now"],
    &["Zoned", "now"],
    &["Uuid", "now_v7"],
    &["Uuid", "new_v4"],
];
const RANDOM_CRATES: [&str; 2] = ["rand", "getrandom"];
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];
const PRINTING: [&str; 4] = ["println", "print", "eprintln", "eprint"];
/// Programs that a person runs in a terminal.
const TALKING: [&str; 4] = ["crates/promptory/", "xtask/", "bench/", "sim/"];

pub(crate) fn check(source: &Source, exceptions: &mut Exceptions) -> Vec<Violation> {
    let tokens = &source.tokens;
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &tokens[index]);
        let after = tokens.get(index + 1);
        let text = match &token.kind {
            Kind::Path { segments, open } => {
                let macro_call = after.is_some_and(|token| token.is_punct('!'))
                    && tokens.get(index + 2).is_some_and(|token| matches!(token.kind, Kind::Open(_)));
                if macro_call {
                    bad_macro(source, token.line, segments)
                } else {
                    let called = after.is_some_and(|token| token.kind == Kind::Open(Delimiter::Parenthesis));
                    let method = before.is_some_and(|token| token.is_punct('.'));
                    impure(source, segments, *open, exceptions)
                        .or_else(|| sleeping(source, token.line, segments, called && !method))
                }
            }
            Kind::Open(Delimiter::Bracket) => bad_attribute(&tokens[..index], &tokens[index + 1..]),
            _ => None,
        };
        found.extend(text.map(|text| violation(&source.path, token.line, text)));
    }
    found
}

fn impure(source: &Source, segments: &[String], open: bool, exceptions: &mut Exceptions) -> Option<String> {
    let path = source.path.as_str();
    if !PURE.iter().any(|room| path.starts_with(room)) || DOORS.contains(&path) {
        return None;
    }
    let call = IMPURE.iter().any(|call| ends_with(segments, call));
    let random = RANDOM_CRATES.contains(&segments[0].as_str()) && (segments.len() > 1 || open);
    if !(call || random) || exceptions.allow(CLOCK, path) {
        return None;
    }
    Some(format!(
        "`{}`; time, ids and randomness are arguments (`now`, `ctx.now`, `ctx.ids`), so that a simulated clock is \
         exact; for real sockets and processes write `{CLOCK} {path} <reason>` in {PATH}",
        segments.join("::")
    ))
}

fn sleeping(source: &Source, line: usize, segments: &[String], called: bool) -> Option<String> {
    let name = segments.last()?;
    let known = ends_with(segments, &["thread", "sleep"]) || ends_with(segments, &["time", "sleep"]);
    let imported = called && segments.len() == 1 && name == "sleep";
    (source.is_test(line) && (known || imported)).then(|| {
        format!(
            "`{}` in a test; it is slow on a fast machine and wrong on a slow one: advance the simulated clock, or \
             wait for the event itself",
            segments.join("::")
        )
    })
}

fn bad_macro(source: &Source, line: usize, segments: &[String]) -> Option<String> {
    let name = segments.last()?.as_str();
    if UNFINISHED.contains(&name) {
        return Some(format!("`{name}!`; finish it, or return an error"));
    }
    let path = source.path.as_str();
    let talks = TALKING.iter().any(|room| path.starts_with(room))
        || path.ends_with("/build.rs")
        || path.contains("/examples/")
        || source.is_test(line);
    (PRINTING.contains(&name) && !talks)
        .then(|| format!("`{name}!` in a library; log with `tracing`: only programs talk to a terminal"))
}

/// `before` ends in front of the `[`, `inside` starts behind it.
fn bad_attribute(before: &[Token], inside: &[Token]) -> Option<String> {
    let first = inside.first()?;
    match before {
        [.., hash, bang] if hash.is_punct('#') && bang.is_punct('!') => first.is_word("allow").then(|| {
            "`#![allow`; it also hides what comes later: `#[expect(lint, reason = \"…\")]` on the one item".to_owned()
        }),
        [.., hash] if hash.is_punct('#') => {
            let end = inside.iter().position(|token| token.kind == Kind::Close(Delimiter::Bracket));
            let conditional = first.is_word("cfg_attr")
                && inside[..end.unwrap_or(inside.len())].iter().any(|token| token.is_word("ignore"));
            (first.is_word("ignore") || conditional)
                .then(|| "`#[ignore]`; a test that does not run proves nothing: repair or delete it".to_owned())
        }
        _ => None,
    }
}

fn ends_with(segments: &[String], end: &[&str]) -> bool {
    segments.len() >= end.len()
        && segments[segments.len() - end.len()..].iter().zip(end).all(|(segment, word)| segment == word)
}

#[cfg(test)]
mod tests {
    use crate::tidy::check_text;

    fn count(path: &str, text: &str) -> usize {
        check_text(path, text).len()
    }

    #[test]
    fn clocks_and_randomness_stay_behind_their_doors() {
        let calls = [
            "std::time::SystemTime::now()",
            "tokio::time::Instant::now()",
            "jiff::Timestamp::now()",
            "Zoned::now()",
            "Uuid::now_v7()",
            "uuid::Uuid::new_v4()",
            "rand::random::<u8>()",
            "getrandom::fill(&mut x)",
        ];
        for call in calls {
            let function = format!("fn f() {{ {call}; }}");
            let in_macro = format!("fn f() {{ m!({call}); }}");
            for path in [
                "crates/promptory-core/src/a.rs",
                "crates/promptory-server/tests/a.rs",
                "crates/promptory-sdk/src/a.rs",
            ] {
                assert_eq!(count(path, &function), 1, "{call}");
                assert_eq!(count(path, &in_macro), 1, "{call}");
            }
            for path in [
                "crates/promptory-server/src/clock.rs",
                "crates/promptory-sdk/src/clock.rs",
                "crates/promptory/src/a.rs",
                "bench/src/a.rs",
            ] {
                assert_eq!(count(path, &function), 0, "{call}");
            }
        }
        assert_eq!(count("crates/promptory-core/src/a.rs", "use rand::{Rng, thread};"), 1);
        assert_eq!(
            count(
                "crates/promptory-core/src/a.rs",
                "// Instant::now()\nfn now(rand: u8) { \"Instant::now()\"; }"
            ),
            0
        );
    }

    #[test]
    fn tests_do_not_sleep() {
        let test = |call: &str| format!("#[cfg(test)] mod tests {{ fn t() {{ {call}; }} }}");
        let bad =
            ["std::thread::sleep(x)", "tokio::time::sleep(x).await", "sleep(x)", "use tokio::time::sleep"];
        for call in bad {
            assert_eq!(count("crates/promptory/src/a.rs", &test(call)), 1, "{call}");
            assert_eq!(count("crates/promptory/src/a.rs", &format!("fn f() {{ {call}; }}")), 0, "{call}");
            assert_eq!(count("crates/promptory/tests/a.rs", &format!("fn f() {{ {call}; }}")), 1, "{call}");
        }
        assert_eq!(count("crates/promptory/src/a.rs", &test("clock.sleep(x)")), 0);
    }

    #[test]
    fn unfinished_and_ignored_things_are_found_everywhere() {
        for text in ["todo!()", "unimplemented!(\"x\")", "dbg!(x)"] {
            assert_eq!(count("xtask/src/a.rs", &format!("fn f() {{ {text}; }}")), 1, "{text}");
        }
        assert_eq!(count("a.rs", "#[test]\n#[ignore]\nfn f() {}"), 1);
        assert_eq!(count("a.rs", "#[ignore = \"slow\"]\nfn f() {}"), 1);
        assert_eq!(count("a.rs", "#[cfg_attr(windows, ignore)]\nfn f() {}"), 1);
        assert_eq!(count("a.rs", "fn ignore() { let todo = 1; if todo != (2) {} }"), 0);
    }

    #[test]
    fn libraries_do_not_print_and_no_file_lifts_a_lint_for_good() {
        assert_eq!(count("crates/promptory-core/src/a.rs", "fn f() { println!(\"x\"); }"), 1);
        assert_eq!(count("crates/promptory-core/src/a.rs", "#[test] fn f() {\n println!(\"x\"); }"), 0);
        assert_eq!(count("crates/promptory/src/a.rs", "fn f() { println!(\"x\"); }"), 0);
        assert_eq!(count("a.rs", "#![allow(dead_code)]"), 1);
        assert_eq!(count("a.rs", "#![deny(dead_code)]\n#[allow(dead_code)] fn f() {}"), 0);
    }
}
