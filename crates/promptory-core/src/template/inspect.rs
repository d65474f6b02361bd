//! Reads a template without running it: its syntax, the variables it uses, what it may not use.

use minijinja::machinery::{Token, parse, tokenize};

use super::scope::Visitor;
use super::{brace, engine};
use crate::definition::Language;
use crate::include::IncludeRef;
use crate::limits::{CONTENT_BYTES, TEMPLATE_ELIFS, TEMPLATE_TAG_TOKENS};
use crate::violation::{Violation, position};

/// The first use of a variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What a text needs to be rendered.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// The variables that it uses and does not set itself, in order of first use.
    pub(crate) variables: Vec<Found>,
    /// Each place of an include; `pointer` is empty.
    pub(crate) includes: Vec<IncludeRef>,
}

/// The variables that a text uses and does not set itself, in order of first use. Refuses includes.
///
/// # Errors
/// See [`needs`].
pub(crate) fn inspect(language: Language, text: &str) -> Result<Vec<Found>, Vec<Violation>> {
    needs(language, text, false).map(|needs| needs.variables)
}

/// # Errors
/// Everything that keeps it from being rendered; `pointer` is empty, the caller knows where the text stands.
pub(crate) fn needs(language: Language, text: &str, accepts_includes: bool) -> Result<Needs, Vec<Violation>> {
    match language {
        Language::None => return Ok(Needs::default()),
        Language::SingleBrace => return Ok(Needs { variables: brace::uses(text), includes: Vec::new() }),
        Language::Jinja => {}
    }
    // Most texts have no tag at all, and some are large.
    if !["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
        return Ok(Needs::default());
    }
    check_tokens(text).map_err(|v| vec![v])?;
    let tree = parse(text, "", engine::syntax())
        .map_err(|error| vec![violation("template_syntax", &error, text)])?;
    let mut visitor = Visitor::new(text, accepts_includes);
    visitor.statement(&tree);
    if visitor.problems.is_empty() {
        Ok(Needs { variables: visitor.uses, includes: visitor.includes })
    } else {
        Err(visitor.problems)
    }
}

/// Parser and compiler use the stack: one frame per operator of an expression, one per `elif`.
fn check_tokens(text: &str) -> Result<(), Violation> {
    let refuse = |offset: usize, detail: String| {
        let (line, column) = position(text, offset);
        Err(Violation::new("template_limit", "", detail).at(line, column))
    };
    if text.len() > CONTENT_BYTES {
        return refuse(0, format!("The template has more than {CONTENT_BYTES} bytes."));
    }
    let (mut in_tag, mut elifs, mut previous_starts_block) = (0, 0, false);
    for token in tokenize(text, false, engine::syntax()) {
        // What the lexer refuses, the parser refuses with a better text.
        let Ok((token, span)) = token else { break };
        match token {
            Token::TemplateData(_) | Token::VariableStart | Token::BlockStart => in_tag = 0,
            Token::Ident("elif") if previous_starts_block => elifs += 1,
            _ => in_tag += 1,
        }
        previous_starts_block = matches!(token, Token::BlockStart);
        let offset = span.start_offset as usize;
        if in_tag > TEMPLATE_TAG_TOKENS {
            return refuse(
                offset,
                format!("The expression is too long; at most {TEMPLATE_TAG_TOKENS} tokens."),
            );
        }
        if elifs > TEMPLATE_ELIFS {
            return refuse(offset, format!("Too many elif; a template may have {TEMPLATE_ELIFS}."));
        }
    }
    Ok(())
}

/// What the engine says, with the place in the text.
pub(super) fn violation(code: &'static str, error: &minijinja::Error, text: &str) -> Violation {
    let said = said(error, text);
    let violation = Violation::new(code, "", format!("The template cannot be used: {said}."));
    match (error.range(), error.line()) {
        (Some(range), _) => {
            let (line, column) = position(text, range.start);
            violation.at(line, column)
        }
        (None, Some(line)) => violation.at(u32::try_from(line).unwrap_or(u32::MAX), 1),
        (None, None) => violation,
    }
}

/// The reason alone. Short, for details of the engine may quote values.
pub(super) fn said(error: &minijinja::Error, text: &str) -> String {
    let snippet = error.range().and_then(|range| text.get(range)).filter(|s| !s.is_empty() && s.len() <= 100);
    let said = match (error.kind(), error.detail()) {
        (minijinja::ErrorKind::UndefinedError, _) => match snippet {
            Some(snippet) => format!("`{snippet}` is undefined"),
            None => "something undefined is used".into(),
        },
        (minijinja::ErrorKind::SyntaxError, Some(detail)) => detail.to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    said.chars().take(300).collect()
}
