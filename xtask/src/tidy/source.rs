//! What the rules need to know of a Rust file. Tokens, not lines: a word in a comment or a string is no call; and
//! tokens, not syntax, for calls and literals: the arguments of macros have no syntax.

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::str::FromStr;
use syn::visit::{self, Visit};

pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) lines: usize,
    pub(crate) tokens: Vec<Token>,
    pub(crate) functions: Vec<Function>,
    /// Files of `#[cfg(test)] mod name;`.
    test_files: Vec<String>,
    test_ranges: Vec<RangeInclusive<usize>>,
    all_test: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `a::b::c`; `open` when `::{` or `::*` follows.
    Path {
        segments: Vec<String>,
        open: bool,
    },
    Text(String),
    Punct(char),
    Open(Delimiter),
    Close(Delimiter),
}

pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

impl Token {
    pub(crate) fn is_punct(&self, punct: char) -> bool {
        self.kind == Kind::Punct(punct)
    }

    pub(crate) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Path { segments, .. } if matches!(&segments[..], [only] if only == word))
    }
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) body_lines: usize,
    pub(crate) public_async: bool,
}

impl Source {
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self> {
        let stream = TokenStream::from_str(text).map_err(|error| anyhow::anyhow!("{error}"))?;
        let file: syn::File = syn::parse2(stream.clone()).with_context(|| format!("cannot parse {path}"))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let mut items =
            Items { path, functions: Vec::new(), test_files: Vec::new(), test_ranges: Vec::new() };
        items.visit_file(&file);
        Ok(Self {
            path: path.to_owned(),
            lines: text.lines().count(),
            tokens,
            functions: items.functions,
            test_files: items.test_files,
            test_ranges: items.test_ranges,
            all_test: path.split('/').any(|part| part == "tests" || part == "tests.rs"),
        })
    }

    pub(crate) fn is_test(&self, line: usize) -> bool {
        self.all_test || self.test_ranges.iter().any(|range| range.contains(&line))
    }

    /// The last segments of all paths in tests, or anywhere: what a function would be called by.
    pub(crate) fn names(&self, only_tests: bool) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter(move |token| !only_tests || self.is_test(token.line)).filter_map(|token| {
            match &token.kind {
                Kind::Path { segments, .. } => segments.last().map(String::as_str),
                _ => None,
            }
        })
    }
}

pub(crate) fn mark_test_files(sources: &mut [Source]) {
    let files: BTreeSet<String> = sources.iter().flat_map(|source| source.test_files.clone()).collect();
    for source in sources {
        source.all_test |= files.contains(&source.path);
    }
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(ident) => {
                let mut segments = vec![ident.to_string()];
                let mut open = false;
                while !open && eat_colons(&mut trees) {
                    match trees.peek() {
                        Some(TokenTree::Ident(next)) => {
                            segments.push(next.to_string());
                            trees.next();
                        }
                        _ => open = true,
                    }
                }
                out.push(Token { line, kind: Kind::Path { segments, open } });
            }
            TokenTree::Group(group) => {
                // A doc comment is an attribute with a text; it is prose and no rule reads it.
                let documentation = group.delimiter() == Delimiter::Bracket
                    && out.last().is_some_and(|last| last.is_punct('#') || last.is_punct('!'))
                    && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc");
                if !documentation {
                    out.push(Token { line, kind: Kind::Open(group.delimiter()) });
                    flatten(group.stream(), out);
                    let line = group.span_close().start().line;
                    out.push(Token { line, kind: Kind::Close(group.delimiter()) });
                }
            }
            TokenTree::Punct(punct) => out.push(Token { line, kind: Kind::Punct(punct.as_char()) }),
            TokenTree::Literal(literal) => {
                if let Ok(syn::Lit::Str(text)) = syn::parse2(TokenTree::from(literal).into()) {
                    out.push(Token { line, kind: Kind::Text(text.value()) });
                }
            }
        }
    }
}

/// Takes `::`, and nothing when something else is next.
fn eat_colons(trees: &mut std::iter::Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    let joint = matches!(trees.peek(), Some(TokenTree::Punct(punct))
        if punct.as_char() == ':' && punct.spacing() == Spacing::Joint);
    if joint {
        trees.next();
        trees.next();
    }
    joint
}

struct Items<'a> {
    path: &'a str,
    functions: Vec<Function>,
    test_files: Vec<String>,
    test_ranges: Vec<RangeInclusive<usize>>,
}

impl Items<'_> {
    fn function(
        &mut self,
        visibility: Option<&syn::Visibility>,
        signature: &syn::Signature,
        block: &syn::Block,
    ) {
        let open = block.brace_token.span.open().start().line;
        let close = block.brace_token.span.close().start().line;
        self.functions.push(Function {
            name: signature.ident.to_string(),
            line: signature.fn_token.span.start().line,
            body_lines: close.saturating_sub(open + 1),
            public_async: signature.asyncness.is_some()
                && matches!(visibility, Some(syn::Visibility::Public(_))),
        });
    }
}

impl<'ast> Visit<'ast> for Items<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(Some(&item.vis), &item.sig, &item.block);
        if item.attrs.iter().any(is_test) {
            let last = item.block.brace_token.span.close().start().line;
            self.test_ranges.push(item.sig.fn_token.span.start().line..=last);
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(Some(&item.vis), &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(None, &item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if let Some((brace, _)) = &item.content {
            if item.attrs.iter().any(is_test) {
                let range = item.mod_token.span.start().line..=brace.span.close().start().line;
                self.test_ranges.push(range);
            }
        } else if item.attrs.iter().any(is_test) {
            let base = self.path.trim_end_matches(".rs");
            let base =
                ["/mod", "/lib", "/main"].iter().find_map(|end| base.strip_suffix(end)).unwrap_or(base);
            self.test_files.push(format!("{base}/{}.rs", item.ident));
            self.test_files.push(format!("{base}/{}/mod.rs", item.ident));
        }
        visit::visit_item_mod(self, item);
    }
}

/// `#[cfg(test)]`, `#[cfg(any(test, …))]`, `#[test]`, `#[tokio::test]`.
fn is_test(attribute: &syn::Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("cfg") {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        let words: Vec<String> =
            list.tokens.to_string().split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        return words.iter().any(|word| word == "test") && !words.iter().any(|word| word == "not");
    }
    path.segments.last().is_some_and(|last| last.ident == "test")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_prose_is_left_out() {
        let source =
            Source::parse("a.rs", "/// rand::x \"SELECT 1\"\nfn f() { m!(a::b::c(\"t\")); use x::{y}; }")
                .unwrap();
        let paths: Vec<String> = source
            .tokens
            .iter()
            .filter_map(|token| match &token.kind {
                Kind::Path { segments, open } => Some(segments.join("::") + if *open { "::" } else { "" }),
                _ => None,
            })
            .collect();
        assert_eq!(paths, ["fn", "f", "m", "a::b::c", "use", "x::", "y"]);
        let texts = source.tokens.iter().filter(|token| matches!(token.kind, Kind::Text(_))).count();
        assert_eq!(texts, 1);
    }

    #[test]
    fn tests_are_known_by_attribute_module_file_and_folder() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n#[tokio::test]\nasync fn c() {\n}\n";
        let source = Source::parse("src/a.rs", text).unwrap();
        let lines: Vec<usize> = (1..=8).filter(|line| source.is_test(*line)).collect();
        assert_eq!(lines, [3, 4, 5, 7, 8]);
        assert!(Source::parse("crates/x/tests/a.rs", "").unwrap().is_test(1));
        let mut sources = [
            Source::parse("src/lib.rs", "#[cfg(test)] mod props; #[cfg(not(test))] mod real;").unwrap(),
            Source::parse("src/props.rs", "").unwrap(),
            Source::parse("src/real.rs", "").unwrap(),
        ];
        mark_test_files(&mut sources);
        assert!(sources[1].is_test(1) && !sources[2].is_test(1));
    }
}
