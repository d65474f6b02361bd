//! Names and blocks: what `this`, `../` and a bare name mean where they stand.

use std::collections::HashSet;

enum Block {
    If,
    Unless,
    Each,
}

pub(super) struct Scope<'a> {
    blocks: Vec<Block>,
    optional: &'a HashSet<&'a str>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(optional: &'a HashSet<&'a str>) -> Self {
        Self { blocks: Vec::new(), optional }
    }

    pub(super) fn closed(&self) -> Result<(), String> {
        match self.blocks.last() {
            None => Ok(()),
            Some(block) => Err(format!("A block `{{{{#{}}}}}` is not closed.", block.word())),
        }
    }

    /// A message begins and ends outside of blocks.
    pub(super) fn outside(&self, word: &str) -> Result<(), String> {
        match self.blocks.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "`{{{{{word}}}}}` in a block: which messages there are would depend on variables."
            )),
        }
    }

    pub(super) fn open_if(&mut self, rest: &str, not: bool) -> Result<String, String> {
        let test = self.test(rest)?;
        self.blocks.push(if not { Block::Unless } else { Block::If });
        Ok(if not { format!("if not ({test})") } else { format!("if {test}") })
    }

    pub(super) fn open_each(&mut self, rest: &str) -> Result<String, String> {
        if rest.contains(" as ") {
            return Err("`{{#each … as |name|}}` is not understood; use `this`.".to_owned());
        }
        let list = self.path(rest)?;
        let list = if self.is_optional(rest) { format!("{list} | default([])") } else { list };
        self.blocks.push(Block::Each);
        Ok(format!("for {} in {list}", item(self.depth())))
    }

    pub(super) fn otherwise(&mut self, rest: &str) -> Result<String, String> {
        match (self.blocks.last(), rest.split_once(char::is_whitespace)) {
            (None, _) => Err("`{{else}}` stands outside of a block.".to_owned()),
            (Some(_), None) if rest.is_empty() => Ok("else".to_owned()),
            (Some(Block::If), Some(("if", test))) => Ok(format!("elif {}", self.test(test.trim())?)),
            _ => Err(format!("`{{{{else {rest}}}}}` is not understood.")),
        }
    }

    pub(super) fn close(&mut self, word: &str) -> Result<&'static str, String> {
        let block = self.blocks.pop().ok_or(format!("`{{{{/{word}}}}}` closes nothing."))?;
        if block.word() != word {
            return Err(format!(
                "`{{{{/{word}}}}}` closes a block that began with `{{{{#{}}}}}`.",
                block.word()
            ));
        }
        Ok(if matches!(block, Block::Each) { "endfor" } else { "endif" })
    }

    pub(super) fn value(&self, text: &str) -> Result<String, String> {
        let path = self.path(text)?;
        Ok(if self.is_optional(text) { format!("{path} if {} is defined else ''", root(text)) } else { path })
    }

    fn test(&self, text: &str) -> Result<String, String> {
        let path = self.path(text)?;
        Ok(if self.is_optional(text) { format!("{} is defined and {path}", root(text)) } else { path })
    }

    fn is_optional(&self, text: &str) -> bool {
        let at_root = self.depth() == 0 || text.starts_with("@root.");
        at_root && self.optional.contains(root(text))
    }

    fn depth(&self) -> usize {
        self.blocks.iter().filter(|block| matches!(block, Block::Each)).count()
    }

    /// A name of Handlebars as one of Jinja. In a list, a bare name is a field of the item.
    pub(super) fn path(&self, text: &str) -> Result<String, String> {
        let mut depth = self.depth();
        let mut rest = text.trim();
        match rest {
            "@index" | "@first" | "@last" if depth > 0 => {
                return Ok(if rest == "@index" {
                    "loop.index0".to_owned()
                } else {
                    format!("loop.{}", &rest[1..])
                });
            }
            _ => {}
        }
        if let Some(from_root) = rest.strip_prefix("@root.") {
            depth = 0;
            rest = from_root;
        }
        while let Some(outer) = rest.strip_prefix("../") {
            depth = depth.checked_sub(1).ok_or(format!("{text:?} leads out of the template."))?;
            rest = outer;
        }
        let this = rest == "this" || rest == ".";
        let rest = rest.strip_prefix("this.").unwrap_or(rest);
        if this {
            return if depth > 0 {
                Ok(item(depth))
            } else {
                Err("`this` stands for all variables here; name one.".to_owned())
            };
        }
        let mut out = if depth > 0 { item(depth) } else { String::new() };
        for part in rest.split('.') {
            let index = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let name = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            match (out.is_empty(), index, name) {
                (true, _, true) => out.push_str(part),
                (false, true, _) => out.push_str(&format!("[{part}]")),
                (false, _, true) => out.push_str(&format!(".{part}")),
                _ => return Err(format!("{text:?} is no name that Jinja knows.")),
            }
        }
        Ok(out)
    }
}

impl Block {
    fn word(&self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Unless => "unless",
            Self::Each => "each",
        }
    }
}

fn root(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("@root.").unwrap_or(text);
    text.split('.').next().unwrap_or_default()
}

fn item(depth: usize) -> String {
    if depth == 1 { "item".to_owned() } else { format!("item{depth}") }
}
