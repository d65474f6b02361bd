//! Text and tags, with the line feeds that Handlebars swallows left out.

pub(super) enum Piece<'a> {
    Text(&'a str),
    Tag(Tag),
}

pub(super) struct Tag {
    pub(super) inner: String,
    /// Blanks before and after it go, as `~` says.
    pub(super) strip: (bool, bool),
    pub(super) line: usize,
}

/// # Errors
/// A tag without its end.
pub(super) fn pieces(text: &str) -> Result<Vec<Piece<'_>>, String> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|start| at + start) {
        let line = text[..start].matches('\n').count() + 1;
        let unended = || format!("line {line}: a tag that begins with {{{{ has no end.");
        if text[..start].ends_with('\\') {
            // `\{{` is the two braces themselves.
            found.push(Piece::Text(&text[at..start - 1]));
            found.push(Piece::Text("{{"));
            at = start + 2;
            continue;
        }
        let (inner, end) = inner(&text[start..]).ok_or_else(unended)?;
        let end = start + end;
        let comment = inner.starts_with('!');
        let block = comment
            || inner.starts_with(['#', '/', '^', '>'])
            || inner == "else"
            || inner.starts_with("else ");
        let (mut before, mut after) = (&text[at..start], end);
        if block && let Some((left, right)) = standalone(text, start, end) {
            before = before.get(..left.saturating_sub(at)).unwrap_or("");
            after = right;
        }
        found.push(Piece::Text(before));
        if !comment {
            let strip = (inner.starts_with('~'), inner.ends_with('~'));
            let inner = inner.trim_matches('~').trim().to_owned();
            found.push(Piece::Tag(Tag { inner, strip, line }));
        }
        at = after;
    }
    found.push(Piece::Text(&text[at..]));
    Ok(found)
}

/// What stands in the tag, and where it ends.
fn inner(text: &str) -> Option<(&str, usize)> {
    let (open, close) = if text.starts_with("{{!--") {
        ("{{", "--}}")
    } else if text.starts_with("{{{") {
        ("{{{", "}}}")
    } else {
        ("{{", "}}")
    };
    let end = text[open.len()..].find(close)? + open.len();
    Some((text[open.len()..end].trim(), end + close.len()))
}

/// A block alone on its line takes the line with it.
fn standalone(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let left = text[..start].rfind('\n').map_or(0, |feed| feed + 1);
    let right = text[end..].find('\n').map_or(text.len(), |feed| end + feed + 1);
    let alone = text[left..start].trim().is_empty() && text[end..right].trim().is_empty();
    alone.then_some((left, right))
}
