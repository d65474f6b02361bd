//! Reads a template without running it: its syntax, the variables it uses, what it may not use.

use minijinja::machinery::{Token, parse, tokenize};

use super::engine;
use super::scope::Visitor;
use crate::definition::Language;
use crate::limits::{CONTENT_BYTES, TEMPLATE_ELIFS, TEMPLATE_TAG_TOKENS};
use crate::violation::{Violation, position};

/// The first use of a variable in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// The variables that a text uses and does not set itself, in order of first use.
///
/// # Errors
/// Everything that keeps it from being rendered; `pointer` is empty, the caller knows where the text stands.
pub(crate) fn inspect(language: Language, text: &str) -> Result<Vec<Found>, Vec<Violation>> {
    // Most texts have no tag at all, and some are large.
    if language == Language::None || !["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
        return Ok(Vec::new());
    }
    check_tokens(text).map_err(|v| vec![v])?;
    let tree = parse(text, "", engine::syntax())
        .map_err(|error| vec![violation("template_syntax", &error, text)])?;
    let mut visitor = Visitor::new(text);
    visitor.statement(&tree);
    if visitor.problems.is_empty() { Ok(visitor.uses) } else { Err(visitor.problems) }
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
    // Details of the engine may quote values.
    let said: String = said.chars().take(300).collect();
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
