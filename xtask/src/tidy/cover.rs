//! Every public function of the store is used by a test of both databases, or by the server, whose tests use it.

use super::source::Source;
use super::{Violation, violation};
use std::collections::BTreeSet;

const STORE: &str = "crates/promptory-store/src/";
const TESTS: [&str; 2] = ["crates/promptory-store/tests/", "crates/promptory-server/"];

pub(crate) fn check(sources: &[Source]) -> Vec<Violation> {
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for source in sources {
        if TESTS.iter().any(|folder| source.path.starts_with(folder)) {
            used.extend(source.names(false));
        } else if source.path.starts_with(STORE) {
            used.extend(source.names(true));
        }
    }
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with(STORE)) {
        for function in source.functions.iter().filter(|function| function.public_async) {
            if !source.is_test(function.line) && !used.contains(function.name.as_str()) {
                let text = format!(
                    "no test and no use case names `{}`; SQL that never ran on both databases is wrong on one: test \
                     it in crates/promptory-store/tests, or delete it",
                    function.name
                );
                found.push(violation(&source.path, function.line, text));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> usize {
        let sources: Vec<Source> =
            files.iter().map(|(path, text)| Source::parse(path, text).unwrap()).collect();
        check(&sources).len()
    }

    #[test]
    fn a_store_function_is_named_in_a_test_or_in_the_server() {
        let store = (
            "crates/promptory-store/src/prompt.rs",
            "impl T { pub async fn find(&self) {} }\npub fn pure() {}",
        );
        assert_eq!(found(&[store]), 1);
        assert_eq!(found(&[store, ("crates/promptory-store/tests/prompt.rs", "fn t() { tx.find(); }")]), 0);
        assert_eq!(
            found(&[store, ("crates/promptory-server/src/app/a.rs", "fn t() { store::find(x); }")]),
            0
        );
        assert_eq!(
            found(&[store, ("crates/promptory-server/src/app/a.rs", "// find\nfn t() { \"find\"; }")]),
            1
        );
        assert_eq!(found(&[store, ("crates/promptory-store/src/other.rs", "fn t() { x.find(); }")]), 1);
        let inner = "#[cfg(test)] mod tests { fn t() { x.find(); } }";
        assert_eq!(found(&[store, ("crates/promptory-store/src/other.rs", inner)]), 0);
    }
}
