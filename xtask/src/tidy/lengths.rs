//! Files and functions that a reader can hold in mind.

use super::exceptions::{Exceptions, FILE_LENGTH, FUNCTION_LENGTH, PATH};
use super::source::Source;
use super::{Violation, violation};

const FILE_LINES: usize = 400;
const FILE_LINES_EVER: usize = 800;
const FUNCTION_LINES: usize = 70;

pub(crate) fn check(source: &Source, exceptions: &mut Exceptions) -> Vec<Violation> {
    let mut found = Vec::new();
    let path = &source.path;
    if source.lines > FILE_LINES_EVER {
        let text = format!("{} lines, more than {FILE_LINES_EVER}; no exception: split it", source.lines);
        found.push(violation(path, 1, text));
    } else if source.lines > FILE_LINES && !exceptions.allow(FILE_LENGTH, path) {
        let text = format!(
            "{} lines, more than {FILE_LINES}; split it by subject, or write `{FILE_LENGTH} {path} <reason>` in {PATH}",
            source.lines
        );
        found.push(violation(path, 1, text));
    }
    for function in source.functions.iter().filter(|function| function.body_lines > FUNCTION_LINES) {
        let place = format!("{path}::{}", function.name);
        if !exceptions.allow(FUNCTION_LENGTH, &place) {
            let text = format!(
                "`{}` has {} lines, more than {FUNCTION_LINES}; name its parts, or write \
                 `{FUNCTION_LENGTH} {place} <reason>` in {PATH}",
                function.name, function.body_lines
            );
            found.push(violation(path, function.line, text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, exceptions: &str) -> usize {
        let source = Source::parse("a.rs", text).unwrap();
        check(&source, &mut Exceptions::parse(exceptions)).len()
    }

    #[test]
    fn a_file_over_400_lines_needs_a_reason_and_none_may_have_over_800() {
        let excepted = "file-length a.rs generated table";
        assert_eq!(found(&"\n".repeat(400), ""), 0);
        assert_eq!(found(&"\n".repeat(401), ""), 1);
        assert_eq!(found(&"\n".repeat(800), excepted), 0);
        assert_eq!(found(&"\n".repeat(801), excepted), 1);
    }

    #[test]
    fn a_function_over_70_lines_needs_a_reason() {
        let function = |lines| format!("impl X {{ fn long() {{\n{}}} }}", "a();\n".repeat(lines));
        assert_eq!(found(&function(70), ""), 0);
        assert_eq!(found(&function(71), ""), 1);
        assert_eq!(found(&function(71), "function-length a.rs::long a flat match"), 0);
    }
}
